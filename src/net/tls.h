/*
 * tls: what all TLS connections of one kind share: certificate, trust, rules.
 * TLS 1.2 and 1.3 only, ALPN http/1.1, no renegotiation, no compression, no
 * session tickets (a resumed session would skip the check of a client
 * certificate, and a ticket key is a secret that front must not hold).
 *
 * A server's private key is not in this process: each handshake asks for one
 * signature. Connections are made by net/conn.
 */
#ifndef NET_TLS_H
#define NET_TLS_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct tls;

#define TLS_SIGNATURE_MAX 128

/*
 * The protocol (ALPN, RFC 7301) by which an agent tells, in its first message,
 * that it has a certificate. Only then is one asked for, and then demanded: some
 * clients, the AWS CLI's WebSocket among them, cannot be trusted to survive
 * being asked. HTTP/1.1 is spoken either way.
 */
#define TLS_ALPN_UPLINK "openeic-uplink/1"

/*
 * Signs a SHA-256 digest with the P-256 key of the server certificate. May block.
 * ret_sig: ECDSA signature, DER. Any error ends the handshake.
 */
typedef int (*tls_sign_fn)(void *ctx, const uint8_t digest[static 32],
    uint8_t ret_sig[static TLS_SIGNATURE_MAX], size_t *ret_n);

struct tls_server_opts {
	struct str cert_pem;      /* leaf first; P-256 */
	struct str client_ca_pem; /* whom to trust for TLS_ALPN_UPLINK; empty:
				   * that protocol is not offered */
	tls_sign_fn sign;
	void *sign_ctx;
};

/* ERR_SYNTAX (a PEM does not parse), ERR_UNSUPPORTED (not P-256), ERR_CRYPTO. */
int tls_server_new(const struct tls_server_opts *o, struct tls **ret,
    struct errinfo *ei) MUST_CHECK;

struct tls_client_opts {
	struct str ca_pem;   /* trust anchors; empty: the system's */
	struct str cert_pem; /* own certificate, leaf first; empty: none. With
			      * one, TLS_ALPN_UPLINK is asked for */
	struct str key_pem;  /* its private key */
};

/* ERR_SYNTAX, ERR_CRYPTO (key and certificate do not belong together). */
int tls_client_new(const struct tls_client_opts *o, struct tls **ret,
    struct errinfo *ei) MUST_CHECK;

/* Connections under way keep what they need. NULL is fine. */
void tls_free(struct tls *t);

/* ---- for net/conn ---- */
struct ssl_st;
/* A session before its handshake; t must live until it is freed: tls_hold, and
 * tls_free when done. name: see conn_connect; clients only. ERR_CRYPTO. */
int tls_session(struct tls *t, struct str name, struct ssl_st **ret) MUST_CHECK;
struct tls *tls_hold(struct tls *t);

#endif
