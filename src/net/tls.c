/*
 * tls: contexts for servers and clients; see tls.h. Sockets are the business of net/conn.
 */
#include "net/tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "net/ecsign.h"

#define CIPHERS_TLS12 "ECDHE+AESGCM:ECDHE+CHACHA20"
#define NAME_MAX_BYTES 253u
/* Protocol names as TLS sends them: length, name. */
#define ALPN_HTTP "\x08http/1.1"

struct tls {
	SSL_CTX *ctx;
	struct ecsign *signer; /* of a server */
	struct buf cert_alpn;  /* of a server, in the form of ALPN; empty: not accepted */
	unsigned users;
	bool server;
};

/* Refuses encrypted PEM. Without this OpenSSL would ask for a password on the terminal. */
static int
no_password(char *p, int n, int writing, void *arg)
{
	(void)p;
	(void)n;
	(void)writing;
	(void)arg;
	return 0;
}

static BIO *
pem_bio(struct str pem)
{
	return BIO_new_mem_buf(pem.p, (int)pem.n);
}

static int
crypto_error(const char *what, struct errinfo *ei)
{
	const char *why = ERR_reason_error_string(ERR_peek_last_error());

	err_set(ei, "%s: %s", what, why != NULL ? why : "refused");
	return ERR_CRYPTO;
}

/* Makes a context with the rules that servers and clients share. */
static int
context_new(const SSL_METHOD *method, SSL_CTX **ret, struct errinfo *ei)
{
	SSL_CTX *ctx = SSL_CTX_new(method);

	if (ctx == NULL)
		return crypto_error("TLS context", ei);
	SSL_CTX_set_options(ctx,
	    SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
		SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	if (SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) != 1 ||
	    SSL_CTX_set_cipher_list(ctx, CIPHERS_TLS12) != 1 ||
	    SSL_CTX_set_num_tickets(ctx, 0) != 1) {
		SSL_CTX_free(ctx);
		return crypto_error("TLS context", ei);
	}
	*ret = ctx;
	return 0;
}

/* Sets the own certificate and its chain from a PEM, the leaf first. */
static int
use_chain(SSL_CTX *ctx, struct str pem, struct errinfo *ei)
{
	BIO *bio = pem_bio(pem);
	X509 *cert = NULL;
	int r = ERR_SYNTAX;

	if ((cert = PEM_read_bio_X509(bio, NULL, no_password, NULL)) == NULL) {
		err_set(ei, "not a certificate in PEM");
		goto out;
	}
	if (SSL_CTX_use_certificate(ctx, cert) != 1) {
		r = crypto_error("certificate", ei);
		goto out;
	}
	X509_free(cert);
	while ((cert = PEM_read_bio_X509(bio, NULL, no_password, NULL)) != NULL) {
		if (SSL_CTX_add1_chain_cert(ctx, cert) != 1) {
			r = crypto_error("certificate chain", ei);
			goto out;
		}
		X509_free(cert);
	}
	if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) {
		err_set(ei, "a certificate of the chain does not parse");
		goto out;
	}
	r = 0;
out:
	ERR_clear_error();
	X509_free(cert);
	BIO_free(bio);
	return r;
}

/* Trusts the certificates of a PEM, which must have at least one. */
static int
use_anchors(SSL_CTX *ctx, struct str pem, bool server, struct errinfo *ei)
{
	BIO *bio = pem_bio(pem);
	X509 *cert = NULL;
	int n = 0, r = ERR_SYNTAX;

	while ((cert = PEM_read_bio_X509(bio, NULL, no_password, NULL)) != NULL) {
		n++;
		if (X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), cert) != 1 ||
		    (server && SSL_CTX_add_client_CA(ctx, cert) != 1)) {
			r = crypto_error("trust anchor", ei);
			goto out;
		}
		X509_free(cert);
	}
	if (n == 0 || ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) {
		err_set(ei, "trust anchors are not certificates in PEM");
		goto out;
	}
	r = 0;
out:
	ERR_clear_error();
	X509_free(cert);
	BIO_free(bio);
	return r;
}

/* Appends a name to a list of protocols in the form of ALPN. */
static int
alpn_add(struct buf *list, struct str name, struct errinfo *ei)
{
	if (name.n == 0 || name.n > TLS_ALPN_MAX) {
		err_set(ei, "the name of a protocol (ALPN) has 1 to 255 bytes");
		return ERR_RANGE;
	}
	buf_ch(list, (char)name.n);
	buf_str(list, name);
	return buf_err(list);
}

/* ---- servers ---- */

static int
use_remote_key(struct tls *t, const struct tls_server_opts *o, struct errinfo *ei)
{
	EVP_PKEY *public = X509_get0_pubkey(SSL_CTX_get0_certificate(t->ctx)), *key = NULL;
	char algorithms[] = "ECDSA+SHA256"; /* the macro casts const away */
	int r;

	if (public == NULL)
		return crypto_error("public key of the certificate", ei);
	if ((r = ecsign_new(public, o->sign, o->sign_ctx, &t->signer, &key)) != 0) {
		err_set(ei, "the key of a server certificate must be P-256");
		return r;
	}
	/* The signer can make no other signature. */
	if (SSL_CTX_set1_sigalgs_list(t->ctx, algorithms) != 1 ||
	    SSL_CTX_use_PrivateKey(t->ctx, key) != 1)
		r = crypto_error("key", ei);
	EVP_PKEY_free(key);
	return r;
}

/* Chooses the protocol. A client that asks for cert_alpn must show a certificate. */
static int
choose_alpn(SSL *ssl, const unsigned char **ret, unsigned char *ret_n, const unsigned char *in,
    unsigned int n, void *arg)
{
	static const unsigned char http[] = ALPN_HTTP;
	const struct tls *t = arg;
	const unsigned char *with_cert = (const unsigned char *)t->cert_alpn.p;
	unsigned char *found;

	if (t->cert_alpn.n > 0 &&
	    SSL_select_next_proto(&found, ret_n, with_cert, (unsigned int)t->cert_alpn.n, in, n) ==
		OPENSSL_NPN_NEGOTIATED) {
		SSL_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
		*ret = found;
		return SSL_TLSEXT_ERR_OK;
	}
	if (SSL_select_next_proto(&found, ret_n, http, sizeof(http) - 1, in, n) ==
	    OPENSSL_NPN_NEGOTIATED) {
		*ret = found;
		return SSL_TLSEXT_ERR_OK;
	}
	return SSL_TLSEXT_ERR_ALERT_FATAL;
}

int
tls_server_new(const struct tls_server_opts *o, struct tls **ret, struct errinfo *ei)
{
	struct tls *t = xalloc(sizeof(*t));
	int r;

	t->server = true;
	t->users = 1;
	buf_init(&t->cert_alpn, 1 + TLS_ALPN_MAX);
	ERR_clear_error();
	if ((r = context_new(TLS_server_method(), &t->ctx, ei)) != 0 ||
	    (r = use_chain(t->ctx, o->cert_pem, ei)) != 0 || (r = use_remote_key(t, o, ei)) != 0)
		goto out;
	if (o->client_ca_pem.n > 0) {
		if ((r = use_anchors(t->ctx, o->client_ca_pem, true, ei)) != 0 ||
		    (r = alpn_add(&t->cert_alpn, o->cert_alpn, ei)) != 0)
			goto out;
	}
	SSL_CTX_set_alpn_select_cb(t->ctx, choose_alpn, t);
	*ret = t;
	t = NULL;
out:
	tls_free(t);
	return r;
}

/* ---- clients ---- */

static int
use_own_key(SSL_CTX *ctx, struct str pem, struct errinfo *ei)
{
	BIO *bio = pem_bio(pem);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);
	int r = 0;

	if (key == NULL) {
		err_set(ei, "not a private key in PEM");
		r = ERR_SYNTAX;
	} else if (SSL_CTX_use_PrivateKey(ctx, key) != 1) {
		r = crypto_error("private key", ei);
	}
	EVP_PKEY_free(key);
	BIO_free(bio);
	ERR_clear_error();
	return r;
}

int
tls_client_new(const struct tls_client_opts *o, struct tls **ret, struct errinfo *ei)
{
	struct tls *t = xalloc(sizeof(*t));
	bool own = o->cert_pem.n > 0;
	struct buf protocols;
	int r;

	t->users = 1;
	buf_init(&protocols, 1 + TLS_ALPN_MAX + sizeof(ALPN_HTTP));
	ERR_clear_error();
	if ((r = context_new(TLS_client_method(), &t->ctx, ei)) != 0)
		goto out;
	SSL_CTX_set_verify(t->ctx, SSL_VERIFY_PEER, NULL);
	if (o->ca_pem.n > 0)
		r = use_anchors(t->ctx, o->ca_pem, false, ei);
	else if (SSL_CTX_set_default_verify_paths(t->ctx) != 1)
		r = crypto_error("the system's trust anchors", ei);
	if (r != 0)
		goto out;
	if (own &&
	    ((r = use_chain(t->ctx, o->cert_pem, ei)) != 0 ||
		(r = use_own_key(t->ctx, o->key_pem, ei)) != 0 ||
		(r = alpn_add(&protocols, o->cert_alpn, ei)) != 0))
		goto out;
	buf_c(&protocols, ALPN_HTTP);
	/* Unlike OpenSSL's other calls, this one returns 0 for success. */
	if (SSL_CTX_set_alpn_protos(t->ctx, (const unsigned char *)protocols.p,
		(unsigned int)protocols.n) != 0) {
		r = crypto_error("ALPN", ei);
		goto out;
	}
	*ret = t;
	t = NULL;
out:
	buf_release(&protocols);
	tls_free(t);
	return r;
}

int
tls_certificate(const struct tls *t, struct buf *out)
{
	X509 *cert = SSL_CTX_get0_certificate(t->ctx);
	unsigned char *der = NULL;
	int n;

	if (cert == NULL)
		return ERR_NOTFOUND;
	if ((n = i2d_X509(cert, &der)) < 0)
		return ERR_CRYPTO;
	buf_add(out, der, (size_t)n);
	OPENSSL_free(der);
	return buf_err(out);
}

/* ---- both ---- */

struct tls *
tls_hold(struct tls *t)
{
	t->users++;
	return t;
}

void
tls_free(struct tls *t)
{
	if (t == NULL || --t->users > 0)
		return;
	SSL_CTX_free(t->ctx);
	ecsign_free(t->signer);
	buf_release(&t->cert_alpn);
	xfree(t);
}

/* Sets the name that the server's certificate must have: an IP address or a host name. */
static int
expect_name(SSL *ssl, struct str name)
{
	char text[NAME_MAX_BYTES + 1];
	struct in6_addr scratch;

	if (name.n == 0 || str_copy(text, sizeof(text), name) != 0)
		return ERR_CRYPTO;
	if (inet_pton(AF_INET, text, &scratch) == 1 || inet_pton(AF_INET6, text, &scratch) == 1)
		return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), text) == 1 ? 0
										     : ERR_CRYPTO;
	SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	if (SSL_set1_host(ssl, text) != 1 || SSL_set_tlsext_host_name(ssl, text) != 1)
		return ERR_CRYPTO;
	return 0;
}

int
tls_session(struct tls *t, struct str name, struct ssl_st **ret)
{
	SSL *ssl;

	ERR_clear_error();
	if ((ssl = SSL_new(t->ctx)) == NULL)
		return ERR_CRYPTO;
	if (t->server) {
		SSL_set_accept_state(ssl);
	} else {
		SSL_set_connect_state(ssl);
		if (expect_name(ssl, name) != 0) {
			SSL_free(ssl);
			return ERR_CRYPTO;
		}
	}
	*ret = ssl;
	return 0;
}
