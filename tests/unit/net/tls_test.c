/*
 * tls_test: tests connections with TLS: which peers accept each other, and that all bytes arrive.
 */
#include "conn_rig.h"
#include "net/tls.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#define BIG (1u << 20)
#define ALPN "with-cert/1"

/* ---- certificates ---- */

struct cert {
	EVP_PKEY *key;
	X509 *x509;
	char *pem, *key_pem;
};

static char *
bio_text(BIO *bio)
{
	char *p;
	long n = BIO_get_mem_data(bio, &p);

	p = str_dup(str_of_n(p, (size_t)n));
	BIO_free(bio);
	return p;
}

static void
extend(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	assert_non_null(e);
	assert_int_equal(X509_add_ext(x, e, -1), 1);
	X509_EXTENSION_free(e);
}

/* issuer NULL: self-signed. eku NULL: a CA. */
static struct cert
cert_new(const struct cert *issuer, const char *cn, const char *san, const char *eku, int days)
{
	struct cert c = { .key = EVP_EC_gen("P-256"), .x509 = X509_new() };
	X509_NAME *name = X509_get_subject_name(c.x509);
	BIO *bio;

	X509_set_version(c.x509, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(c.x509), rand() + 1L);
	X509_gmtime_adj(X509_getm_notBefore(c.x509), -2L * 86400);
	X509_gmtime_adj(X509_getm_notAfter(c.x509), (long)days * 86400);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)cn, -1, -1, 0);
	X509_set_issuer_name(c.x509, issuer != NULL ? X509_get_subject_name(issuer->x509) : name);
	X509_set_pubkey(c.x509, c.key);
	extend(c.x509, NID_basic_constraints, eku == NULL ? "critical,CA:TRUE" : "CA:FALSE");
	if (san != NULL)
		extend(c.x509, NID_subject_alt_name, san);
	if (eku != NULL)
		extend(c.x509, NID_ext_key_usage, eku);
	assert_true(X509_sign(c.x509, issuer != NULL ? issuer->key : c.key, EVP_sha256()) > 0);
	bio = BIO_new(BIO_s_mem());
	assert_int_equal(PEM_write_bio_X509(bio, c.x509), 1);
	c.pem = bio_text(bio);
	bio = BIO_new(BIO_s_mem());
	assert_int_equal(PEM_write_bio_PKCS8PrivateKey(bio, c.key, NULL, NULL, 0, NULL, NULL), 1);
	c.key_pem = bio_text(bio);
	return c;
}

static void
cert_release(struct cert *c)
{
	EVP_PKEY_free(c->key);
	X509_free(c->x509);
	xfree(c->pem);
	xfree(c->key_pem);
}

struct pki {
	struct cert ca, server, agent_ca, agent;
};

static int
pki_new(void **state)
{
	struct pki *p = xalloc(sizeof(*p));

	p->ca = cert_new(NULL, "Test CA", NULL, NULL, 10);
	p->server = cert_new(&p->ca, "server", "DNS:eic.test,IP:192.0.2.1", "serverAuth", 10);
	p->agent_ca = cert_new(NULL, "Agent CA", NULL, NULL, 10);
	p->agent = cert_new(&p->agent_ca, "agent-1", NULL, "clientAuth", 10);
	*state = p;
	return 0;
}

static int
pki_free(void **state)
{
	struct pki *p = *state;

	cert_release(&p->ca);
	cert_release(&p->server);
	cert_release(&p->agent_ca);
	cert_release(&p->agent);
	xfree(p);
	return 0;
}

/* What keyd does. */
struct signer {
	EVP_PKEY *key;
	int calls;
	int err;
	bool garbage;
};

static int
sign(void *ctx, const uint8_t digest[static 32], uint8_t ret_sig[static TLS_SIGNATURE_MAX],
    size_t *ret_n)
{
	struct signer *s = ctx;
	EVP_PKEY_CTX *pc = EVP_PKEY_CTX_new(s->key, NULL);

	s->calls++;
	*ret_n = TLS_SIGNATURE_MAX;
	assert_int_equal(EVP_PKEY_sign_init(pc), 1);
	assert_int_equal(EVP_PKEY_sign(pc, ret_sig, ret_n, digest, 32), 1);
	EVP_PKEY_CTX_free(pc);
	if (s->garbage)
		memset(ret_sig, 0x55, *ret_n);
	return s->err;
}

/* ---- TLS ---- */

static struct tls *
server_tls(const struct pki *p, const struct cert *cert, struct signer *s)
{
	struct tls_server_opts o = { .cert_pem = str_of(cert->pem),
		.client_ca_pem = str_of(p->agent_ca.pem),
		.cert_alpn = STR(ALPN),
		.sign = sign,
		.sign_ctx = s };
	struct errinfo ei = { "" };
	struct tls *t = NULL;

	s->key = cert->key;
	assert_int_equal(tls_server_new(&o, &t, &ei), 0);
	return t;
}

static struct tls *
client_tls_alpn(const struct cert *ca, const struct cert *own, struct str alpn)
{
	struct tls_client_opts o = { .ca_pem = str_of(ca->pem) };
	struct errinfo ei = { "" };
	struct tls *t = NULL;

	if (own != NULL) {
		o.cert_pem = str_of(own->pem);
		o.key_pem = str_of(own->key_pem);
		o.cert_alpn = alpn;
	}
	assert_int_equal(tls_client_new(&o, &t, &ei), 0);
	return t;
}

static struct tls *
client_tls(const struct cert *ca, const struct cert *own)
{
	return client_tls_alpn(ca, own, STR(ALPN));
}

static void
tls_talk(void **state)
{
	struct pki *p = *state;
	struct signer s = { 0 };
	struct tls *st = server_tls(p, &p->server, &s), *ct = client_tls(&p->ca, NULL);
	char *big = pattern(BIG);
	struct end a, b;
	struct buf der;
	struct rig r;
	size_t at;

	rig_init(&r);
	join(&r, &a, st, &b, ct, "eic.test");
	/* Connections outlive the context that they were made with. */
	tls_free(st);
	tls_free(ct);
	until(&r, &a.opened, 1);
	until(&r, &b.opened, 1);
	assert_int_equal(s.calls, 1);
	assert_true(str_eq_c(conn_tls_version(a.c), "TLSv1.3"));
	assert_true(str_starts(conn_tls_cipher(a.c), STR("TLS_")));
	assert_true(str_eq_c(conn_tls_sni(a.c), "eic.test"));
	buf_init(&der, 4096);
	assert_int_equal(conn_tls_peer_cert(a.c, &der), ERR_NOTFOUND);
	buf_release(&der);
	for (at = 0; at < BIG; at += 32768) {
		assert_int_equal(conn_write(a.c, str_of_n(big + at, 32768)), 0);
		assert_int_equal(conn_write(b.c, str_of_n(big + at, 32768)), 0);
		/* An error that other code left in OpenSSL's queue does not end this connection. */
		ERR_raise(ERR_LIB_USER, 1);
		until_got(&r, &a, at + 32768);
		until_got(&r, &b, at + 32768);
	}
	assert_memory_equal(a.got.p, big, BIG);
	assert_memory_equal(b.got.p, big, BIG);
	conn_finish(b.c, 5000);
	until(&r, &a.ended, 1);
	assert_int_equal(a.err, ERR_CLOSED);
	conn_finish(a.c, 5000);
	until(&r, &b.ended, 1);
	assert_int_equal(b.err, ERR_CLOSED);
	end_release(&a);
	end_release(&b);
	rig_release(&r);
	xfree(big);
}

/* What arrived before reading was stopped is kept, and comes in order later. */
static void
tls_stop_and_go(void **state)
{
	struct pki *p = *state;
	struct signer s = { 0 };
	struct tls *st = server_tls(p, &p->server, &s), *ct = client_tls(&p->ca, NULL);
	char *big = pattern(QUEUE);
	struct end a, b;
	struct rig r;
	size_t sent = 0, got;

	rig_init(&r);
	join(&r, &a, st, &b, ct, "192.0.2.1");
	until(&r, &a.opened, 1);
	until(&r, &b.opened, 1);
	assert_int_equal(conn_tls_sni(a.c).n, 0);
	a.stop_on_data = true;
	while (conn_write(b.c, str_of_n(big + sent, 20000)) == 0 && sent + 40000 < QUEUE)
		sent += 20000;
	assert_true(sent > 100000);
	for (got = 0; got < sent;) {
		idle_turns(&r, 10);
		assert_true(a.got.n > got && a.got.n <= got + 20000);
		got = a.got.n;
		conn_read_want(a.c, true);
	}
	assert_memory_equal(a.got.p, big, sent);
	end_release(&a);
	end_release(&b);
	tls_free(st);
	tls_free(ct);
	rig_release(&r);
	xfree(big);
}

/* A client that does not offer the server's cert_alpn is not asked for a certificate, even if it
 * has one. */
static void
tls_other_alpn(void **state)
{
	static const char *const names[] = { "with-cert/2", "with-cert/", "with-cert/11" };
	struct pki *p = *state;
	struct signer s = { 0 };
	struct tls *st = server_tls(p, &p->server, &s), *ct;
	struct end a, b;
	struct buf der;
	struct rig r;
	size_t i;

	rig_init(&r);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		ct = client_tls_alpn(&p->ca, &p->agent, str_of(names[i]));
		join(&r, &a, st, &b, ct, "eic.test");
		until(&r, &a.opened, 1);
		buf_init(&der, 4096);
		assert_int_equal(conn_tls_peer_cert(a.c, &der), ERR_NOTFOUND);
		buf_release(&der);
		end_release(&a);
		end_release(&b);
		tls_free(ct);
	}
	tls_free(st);
	rig_release(&r);
}

static void
tls_uplink(void **state)
{
	struct pki *p = *state;
	struct signer s = { 0 };
	struct tls *st = server_tls(p, &p->server, &s), *ct = client_tls(&p->ca, &p->agent);
	unsigned char *want = NULL;
	int n = i2d_X509(p->agent.x509, &want);
	struct end a, b;
	struct buf der;
	struct rig r;

	rig_init(&r);
	join(&r, &a, st, &b, ct, "eic.test");
	until(&r, &a.opened, 1);
	buf_init(&der, 4096);
	assert_int_equal(conn_tls_peer_cert(a.c, &der), 0);
	assert_int_equal(der.n, n);
	assert_memory_equal(der.p, want, der.n);
	OPENSSL_free(want);
	buf_release(&der);
	end_release(&a);
	end_release(&b);
	tls_free(st);
	tls_free(ct);
	rig_release(&r);
}

static void
tls_freed_in_callbacks(void **state)
{
	struct pki *p = *state;
	struct signer s = { 0 };
	struct tls *st = server_tls(p, &p->server, &s), *ct = client_tls(&p->ca, NULL);
	struct end a, b;
	struct rig r;

	rig_init(&r);
	join(&r, &a, st, &b, ct, "eic.test");
	a.free_on_open = true;
	until(&r, &a.opened, 1);
	assert_null(a.c);
	until(&r, &b.ended, 1);
	end_release(&a);
	end_release(&b);
	join(&r, &a, st, &b, ct, "eic.test");
	a.free_on_data = true;
	until(&r, &b.opened, 1);
	assert_int_equal(conn_write(b.c, STR("one")), 0);
	assert_int_equal(conn_write(b.c, STR("two")), 0);
	until(&r, &b.ended, 1);
	assert_true(str_eq_c(buf_view(&a.got), "one"));
	end_release(&a);
	end_release(&b);
	tls_free(st);
	tls_free(ct);
	rig_release(&r);
}

/* Handshakes that must fail, and what the side that finds out is told. */
static void
tls_refusals(void **state)
{
	struct pki *p = *state;
	struct cert expired = cert_new(&p->ca, "server", "DNS:eic.test", "serverAuth", -1);
	struct cert stranger = cert_new(&p->ca, "agent-1", NULL, "clientAuth", 10);
	struct cert misused = cert_new(&p->agent_ca, "agent-1", NULL, "serverAuth", 10);
	const struct {
		const struct cert *server, *trust, *own;
		const char *name;
		struct signer signer;
		bool server_finds_out;
		const char *why;
	} rows[] = {
		{ &p->server, &p->ca, NULL, "other.test", { 0 }, false, "TLS: hostname mismatch" },
		{ &p->server, &p->ca, NULL, "192.0.2.2", { 0 }, false, "TLS: IP address mismatch" },
		{ &p->server, &p->agent_ca, NULL, "eic.test", { 0 }, false,
		    "TLS: unable to get local issuer certificate" },
		{ &expired, &p->ca, NULL, "eic.test", { 0 }, false,
		    "TLS: certificate has expired" },
		{ &p->server, &p->ca, &stranger, "eic.test", { 0 }, true,
		    "TLS: unable to get local issuer certificate" },
		{ &p->server, &p->ca, &misused, "eic.test", { 0 }, true,
		    "TLS: unsuitable certificate purpose" },
		{ &p->server, &p->ca, NULL, "eic.test", { .err = ERR_UNAVAIL }, true,
		    "TLS: EVP lib" },
		{ &p->server, &p->ca, NULL, "eic.test", { .garbage = true }, false,
		    "TLS: bad signature" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct signer s = rows[i].signer;
		struct tls *st = server_tls(p, rows[i].server, &s);
		struct tls *ct = client_tls(rows[i].trust, rows[i].own);
		struct end a, b, *finder = rows[i].server_finds_out ? &a : &b;
		struct rig r;

		rig_init(&r);
		join(&r, &a, st, &b, ct, rows[i].name);
		until(&r, &a.ended, 1);
		until(&r, &b.ended, 1);
		assert_int_equal(finder->err, ERR_CRYPTO);
		assert_int_equal(finder->opened, 0);
		assert_string_equal(finder->why, rows[i].why);
		assert_int_equal(a.opened, 0);
		end_release(&a);
		end_release(&b);
		tls_free(st);
		tls_free(ct);
		rig_release(&r);
	}
	cert_release(&expired);
	cert_release(&stranger);
	cert_release(&misused);
}

static void
tls_gets_garbage(void **state)
{
	static const char *const garbage[] = { "GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01",
		"\x16\x03\x01\xff\xff\x01\x02\x03\x04", "\x80\x2e\x01\x00\x02" };
	struct pki *p = *state;
	struct signer s = { 0 };
	struct tls *st = server_tls(p, &p->server, &s);
	struct rig r;
	size_t i;

	rig_init(&r);
	for (i = 0; i < sizeof(garbage) / sizeof(garbage[0]); i++) {
		struct conn_opts o;
		struct end a;
		int fd[2];

		end_init(&a);
		o = opts(&r, st, &a);
		sockets(fd);
		assert_int_equal(conn_accept(&o, fd[0], &nowhere, &a.c), 0);
		assert_int_equal(write(fd[1], garbage[i], strlen(garbage[i])), strlen(garbage[i]));
		assert_int_equal(shutdown(fd[1], SHUT_WR), 0);
		until(&r, &a.ended, 1);
		assert_int_equal(a.err, ERR_CRYPTO);
		assert_int_equal(a.opened, 0);
		close(fd[1]);
		end_release(&a);
	}
	assert_int_equal(s.calls, 0);
	tls_free(st);
	rig_release(&r);
}

static void
contexts_refuse(void **state)
{
	static const char long_name[TLS_ALPN_MAX + 1];
	struct pki *p = *state;
	struct signer s = { .key = p->server.key };
	struct tls_server_opts so = { .sign = sign, .sign_ctx = &s };
	struct tls_client_opts co = { .ca_pem = str_of(p->ca.pem) };
	struct errinfo ei = { "" };
	struct tls *t = NULL;
	struct buf half;

	so.cert_pem = STR("");
	assert_int_equal(tls_server_new(&so, &t, &ei), ERR_SYNTAX);
	assert_string_equal(ei.text, "not a certificate in PEM");
	so.cert_pem = str_of(p->server.key_pem);
	assert_int_equal(tls_server_new(&so, &t, &ei), ERR_SYNTAX);
	buf_init(&half, 65536);
	buf_c(&half, p->server.pem);
	buf_str(&half, str_head(str_of(p->ca.pem), 200));
	so.cert_pem = buf_view(&half);
	assert_int_equal(tls_server_new(&so, &t, &ei), ERR_SYNTAX);
	so.cert_pem = str_of(p->server.pem);
	so.client_ca_pem = STR("none");
	assert_int_equal(tls_server_new(&so, &t, &ei), ERR_SYNTAX);
	assert_string_equal(ei.text, "trust anchors are not certificates in PEM");
	so.client_ca_pem = str_of(p->agent_ca.pem);
	assert_int_equal(tls_server_new(&so, &t, &ei), ERR_RANGE);
	assert_string_equal(ei.text, "the name of a protocol (ALPN) has 1 to 255 bytes");
	so.cert_alpn = str_of_n(long_name, TLS_ALPN_MAX + 1);
	assert_int_equal(tls_server_new(&so, &t, &ei), ERR_RANGE);
	co.cert_pem = str_of(p->agent.pem);
	co.key_pem = str_of(p->server.key_pem);
	assert_int_equal(tls_client_new(&co, &t, &ei), ERR_CRYPTO);
	co.key_pem = STR("nothing");
	assert_int_equal(tls_client_new(&co, &t, &ei), ERR_SYNTAX);
	co.key_pem = str_of(p->agent.key_pem);
	assert_int_equal(tls_client_new(&co, &t, &ei), ERR_RANGE);
	co.cert_alpn = str_of_n(long_name, TLS_ALPN_MAX + 1);
	assert_int_equal(tls_client_new(&co, &t, &ei), ERR_RANGE);
	assert_null(t);
	co.cert_alpn = str_of_n(long_name, TLS_ALPN_MAX);
	assert_int_equal(tls_client_new(&co, &t, &ei), 0);
	tls_free(t);
	buf_release(&half);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tls_talk),
		cmocka_unit_test(tls_stop_and_go),
		cmocka_unit_test(tls_uplink),
		cmocka_unit_test(tls_other_alpn),
		cmocka_unit_test(tls_freed_in_callbacks),
		cmocka_unit_test(tls_refusals),
		cmocka_unit_test(tls_gets_garbage),
		cmocka_unit_test(contexts_refuse),
	};

	return cmocka_run_group_tests(tests, pki_new, pki_free);
}
