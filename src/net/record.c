/*
 * record: TLS without a socket; see record.h. OpenSSL's error queue is cleared before every
 * call that may fail, as an old entry would be taken for a failure of this session.
 */
#include "net/record.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "base/alloc.h"

#define GATHER_MAX_BYTES (64u << 20)
/* More than head, tag and padding of a record take. */
#define RECORD_OVERHEAD_BYTES 64u

struct record {
	SSL *ssl;
	struct tls *tls;
	struct record_env *env;
};

/* ---- the BIO: reads from env->in, writes to env->out ---- */

static int
bio_read(BIO *b, char *p, size_t cap, size_t *ret_n)
{
	struct record_env *env = BIO_get_data(b);
	size_t n = cap < env->in.n ? cap : env->in.n;

	BIO_clear_retry_flags(b);
	if (n == 0) {
		BIO_set_retry_read(b);
		return 0;
	}
	memcpy(p, env->in.p, n);
	env->in = str_from(env->in, n);
	*ret_n = n;
	return 1;
}

static int
bio_write(BIO *b, const char *p, size_t n, size_t *ret_n)
{
	struct record_env *env = BIO_get_data(b);

	BIO_clear_retry_flags(b);
	buf_add(&env->out, p, n);
	if (buf_err(&env->out) != 0)
		return 0;
	*ret_n = n;
	return 1;
}

static long
bio_ctrl(BIO *b, int cmd, long number, void *p)
{
	(void)b;
	(void)number;
	(void)p;
	return cmd == BIO_CTRL_FLUSH;
}

static int
env_init(struct record_env *env)
{
	BIO_METHOD *m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "record");

	if (m == NULL || BIO_meth_set_read_ex(m, bio_read) != 1 ||
	    BIO_meth_set_write_ex(m, bio_write) != 1 || BIO_meth_set_ctrl(m, bio_ctrl) != 1) {
		BIO_meth_free(m);
		return ERR_CRYPTO;
	}
	*env = (struct record_env){ .method = m };
	buf_init(&env->out, GATHER_MAX_BYTES);
	return 0;
}

static void
env_release(struct record_env *env)
{
	BIO_meth_free(env->method);
	buf_release(&env->out);
}

/* ---- sessions ---- */

static int
session_open(struct record_env *env, struct tls *tls, struct str name, struct record **ret)
{
	struct record *r;
	SSL *ssl;
	BIO *bio;
	int err;

	if ((err = tls_session(tls, name, &ssl)) != 0)
		return err;
	if ((bio = BIO_new(env->method)) == NULL) {
		SSL_free(ssl);
		return ERR_CRYPTO;
	}
	BIO_set_data(bio, env);
	BIO_set_init(bio, 1);
	SSL_set_bio(ssl, bio, bio);
	r = xalloc(sizeof(*r));
	r->ssl = ssl;
	r->tls = tls_hold(tls);
	r->env = env;
	*ret = r;
	return 0;
}

static void
session_close(struct record *r)
{
	SSL_free(r->ssl);
	tls_free(r->tls);
	xfree(r);
}

/* Makes an error code, and a text in ei, from a failed SSL call that returned ret. */
static int
explain(const struct record *r, int ret, struct errinfo *ei)
{
	long verify = SSL_get_verify_result(r->ssl);
	const char *why;

	switch (SSL_get_error(r->ssl, ret)) {
	case SSL_ERROR_WANT_READ:
		return ERR_AGAIN;
	case SSL_ERROR_ZERO_RETURN:
		return ERR_CLOSED;
	default:
		break;
	}
	why = ERR_reason_error_string(ERR_peek_error());
	if (verify != X509_V_OK)
		why = X509_verify_cert_error_string(verify);
	err_set(ei, "TLS: %s", why != NULL ? why : "protocol error");
	ERR_clear_error();
	return ERR_CRYPTO;
}

static int
session_handshake(struct record *r, struct errinfo *ei)
{
	int ret;

	ERR_clear_error();
	if ((ret = SSL_do_handshake(r->ssl)) == 1)
		return 0;
	ret = explain(r, ret, ei);
	if (ret == ERR_CLOSED) {
		err_set(ei, "TLS: closed during the handshake");
		ret = ERR_CRYPTO;
	}
	return ret;
}

static int
session_read(struct record *r, char p[static RECORD_PLAIN_BYTES], size_t *ret_n, struct errinfo *ei)
{
	ERR_clear_error();
	if (SSL_read_ex(r->ssl, p, RECORD_PLAIN_BYTES, ret_n) == 1)
		return 0;
	return explain(r, 0, ei);
}

static int
session_write(struct record *r, struct str s)
{
	struct str in = r->env->in;
	size_t n = 0;
	int ok;

	if (s.n == 0)
		return 0;
	/* The input may belong to another session, and this one must not read it. */
	r->env->in = STR("");
	ERR_clear_error();
	ok = SSL_write_ex(r->ssl, s.p, s.n, &n);
	ERR_clear_error();
	r->env->in = in;
	return ok == 1 && n == s.n ? 0 : ERR_CRYPTO;
}

static size_t
session_sealed_bytes(size_t n)
{
	return n + (n / RECORD_PLAIN_BYTES + 1) * RECORD_OVERHEAD_BYTES;
}

static void
session_shutdown(struct record *r)
{
	ERR_clear_error();
	(void)SSL_shutdown(r->ssl);
	ERR_clear_error();
}

const struct record_ops record_ops = {
	.env_init = env_init,
	.env_release = env_release,
	.open = session_open,
	.close = session_close,
	.handshake = session_handshake,
	.read = session_read,
	.write = session_write,
	.sealed_bytes = session_sealed_bytes,
	.shutdown = session_shutdown,
};

/* ---- about the peer ---- */

struct str
record_version(const struct record *r)
{
	return str_of(SSL_get_version(r->ssl));
}

struct str
record_cipher(const struct record *r)
{
	return str_of(SSL_CIPHER_get_name(SSL_get_current_cipher(r->ssl)));
}

struct str
record_sni(const struct record *r)
{
	return str_of(SSL_get_servername(r->ssl, TLSEXT_NAMETYPE_host_name));
}

int
record_peer_cert(const struct record *r, struct buf *der)
{
	X509 *cert = SSL_get0_peer_certificate(r->ssl);
	unsigned char *p = NULL;
	int n;

	if (cert == NULL || SSL_get_verify_result(r->ssl) != X509_V_OK)
		return ERR_NOTFOUND;
	if ((n = i2d_X509(cert, &p)) <= 0)
		return ERR_NOTFOUND;
	buf_add(der, p, (size_t)n);
	OPENSSL_free(p);
	return buf_err(der);
}
