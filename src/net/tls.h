/*
 * tls: what the TLS connections of a server, or of a client, share: certificate, trust and
 * rules. TLS 1.2 and 1.3 only, ALPN, no renegotiation, no compression. There are no session
 * tickets: a resumed session would skip the check of a client certificate, and a ticket key is
 * a secret that front must not hold.
 *
 * A server's private key is not in this process: for each handshake a callback asks another
 * process for one signature. net/conn makes the connections.
 */
#ifndef NET_TLS_H
#define NET_TLS_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct tls;

#define TLS_SIGNATURE_MAX 128

/*
 * The options of both sides name an ALPN protocol (RFC 7301), cert_alpn, with which a client
 * says in its first message that it has a certificate. The server asks for a certificate only
 * then, and then demands one: other clients, such as the WebSocket of the AWS CLI, might fail
 * when they are asked. The protocol spoken inside is HTTP/1.1 in any case. The name has 1 to
 * TLS_ALPN_MAX bytes.
 */
#define TLS_ALPN_MAX 255

/*
 * Signs a SHA-256 digest with the P-256 key of the server certificate. May block. ret_sig gets
 * an ECDSA signature in DER, *ret_n its bytes. Any error ends the handshake.
 */
typedef int (*tls_sign_fn)(void *ctx, const uint8_t digest[static 32],
    uint8_t ret_sig[static TLS_SIGNATURE_MAX], size_t *ret_n);

struct tls_server_opts {
	struct str cert_pem;      /* leaf first; P-256 */
	struct str client_ca_pem; /* the CA whose clients may use cert_alpn; empty: that
				   * protocol is not accepted */
	struct str cert_alpn;     /* not looked at without client_ca_pem */
	tls_sign_fn sign;
	void *sign_ctx;
};

/* ERR_SYNTAX (a PEM does not parse), ERR_UNSUPPORTED (the certificate's key is not P-256),
 * ERR_RANGE (the length of cert_alpn), ERR_CRYPTO (OpenSSL refuses); ei says why. */
int tls_server_new(const struct tls_server_opts *o, struct tls **ret,
    struct errinfo *ei) MUST_CHECK;

struct tls_client_opts {
	struct str ca_pem;    /* trust anchors; empty: the system's */
	struct str cert_pem;  /* own certificate, leaf first; empty: none. With one, the
			       * client offers cert_alpn */
	struct str key_pem;   /* its private key */
	struct str cert_alpn; /* not looked at without cert_pem */
};

/* ERR_SYNTAX (a PEM does not parse), ERR_RANGE (the length of cert_alpn), ERR_CRYPTO (OpenSSL
 * refuses, for example because key and certificate do not match); ei says why. */
int tls_client_new(const struct tls_client_opts *o, struct tls **ret,
    struct errinfo *ei) MUST_CHECK;

/* Appends a client's own certificate as DER. ERR_NOTFOUND (it has none), ERR_CRYPTO, ERR_TOOBIG. */
int tls_certificate(const struct tls *t, struct buf *out) MUST_CHECK;

/* Releases the caller's hold on t; open connections have their own. NULL is fine. */
void tls_free(struct tls *t);

/* ---- for net/conn ---- */
struct ssl_st;
/* Makes a session before its handshake, which the caller frees with SSL_free. t must live
 * until then: the caller takes a hold with tls_hold and gives it back with tls_free. name is
 * only for clients; see conn_connect. ERR_CRYPTO. */
int tls_session(struct tls *t, struct str name, struct ssl_st **ret) MUST_CHECK;
struct tls *tls_hold(struct tls *t);

#endif
