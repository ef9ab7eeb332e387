/* conn_test: both ends of a socket pair in one loop, plain and TLS. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "net/conn.h"

#define QUEUE (256u << 10)
#define BIG (1u << 20)

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

/* ---- one end ---- */

struct rig {
	struct loop *loop;
	struct conn_io *io;
};

struct end {
	struct conn *c;
	int opened, ended, drained;
	int err;
	char why[201];
	struct buf got;
	/* what to do in callbacks */
	bool free_on_open, free_on_data, stop_on_data;
};

static void
on_open(void *ctx)
{
	struct end *e = ctx;

	e->opened++;
	if (e->free_on_open) {
		conn_free(e->c);
		e->c = NULL;
	}
}

static void
on_data(void *ctx, char *p, size_t n)
{
	struct end *e = ctx;

	assert_true(n > 0);
	buf_add(&e->got, p, n);
	memset(p, 0, n);
	if (e->stop_on_data)
		conn_read_want(e->c, false);
	if (e->free_on_data) {
		conn_free(e->c);
		e->c = NULL;
	}
}

static void
on_drained(void *ctx)
{
	struct end *e = ctx;

	e->drained++;
}

static void
on_end(void *ctx, int err, const struct errinfo *ei)
{
	struct end *e = ctx;

	e->ended++;
	e->err = err;
	snprintf(e->why, sizeof(e->why), "%s", ei->text);
	if (err != ERR_CLOSED) {
		conn_free(e->c);
		e->c = NULL;
	}
}

static const struct conn_ops ops = { on_open, on_data, on_drained, on_end };

static void
rig_init(struct rig *r)
{
	assert_int_equal(loop_new(clock_system(), &r->loop), 0);
	r->io = conn_io_new(r->loop);
}

static void
rig_release(struct rig *r)
{
	conn_io_free(r->io);
	loop_free(r->loop);
}

static void
end_init(struct end *e)
{
	memset(e, 0, sizeof(*e));
	buf_init(&e->got, 8u << 20);
}

static void
end_release(struct end *e)
{
	conn_free(e->c);
	buf_release(&e->got);
}

/* Turns until *flag is at least n. */
static void
until(struct rig *r, const int *flag, int n)
{
	int64_t deadline = loop_now_ms(r->loop) + 10000;

	while (*flag < n) {
		assert_true(loop_now_ms(r->loop) < deadline);
		assert_int_equal(loop_turn(r->loop, 100), 0);
	}
}

static void
until_got(struct rig *r, const struct end *e, size_t n)
{
	int64_t deadline = loop_now_ms(r->loop) + 10000;

	while (e->got.n < n) {
		assert_true(loop_now_ms(r->loop) < deadline);
		assert_int_equal(loop_turn(r->loop, 100), 0);
	}
}

static void
idle_turns(struct rig *r, int n)
{
	while (n-- > 0)
		assert_int_equal(loop_turn(r->loop, 0), 0);
}

static struct conn_opts
opts(struct rig *r, struct tls *tls, struct end *e)
{
	return (struct conn_opts){ .io = r->io, .tls = tls, .max_queue_bytes = QUEUE,
		.ops = &ops, .ctx = e };
}

static void
sockets(int fd[static 2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fd), 0);
}

static const struct addr nowhere = { .len = 0 };

/* Two ends of one connection; tls NULL for both: plain. */
static void
join(struct rig *r, struct end *server, struct tls *stls, struct end *client, struct tls *ctls,
    const char *name)
{
	struct conn_opts so = opts(r, stls, server), co = opts(r, ctls, client);
	int fd[2];

	end_init(server);
	end_init(client);
	sockets(fd);
	assert_int_equal(conn_accept(&so, fd[0], &nowhere, &server->c), 0);
	assert_int_equal(conn_connecting(&co, fd[1], &nowhere, str_of(name), &client->c), 0);
}

static char *
pattern(size_t n)
{
	char *p = xalloc(n);
	size_t i;

	for (i = 0; i < n; i++)
		p[i] = (char)(i * 7 + i / 251);
	return p;
}

/* ---- plain ---- */

static void
plain_talk(void **state)
{
	struct end a, b;
	struct rig r;

	(void)state;
	rig_init(&r);
	join(&r, &a, NULL, &b, NULL, "");
	assert_int_equal(a.opened, 0);
	assert_int_equal(conn_write(a.c, STR("early")), ERR_BADSTATE);
	until(&r, &a.opened, 1);
	until(&r, &b.opened, 1);
	assert_int_equal(conn_write(a.c, STR("hello")), 0);
	until_got(&r, &b, 5);
	assert_true(str_eq_c(buf_view(&b.got), "hello"));
	assert_int_equal(conn_tls_version(a.c).n, 0);
	/* The end of one direction leaves the other. */
	conn_finish(b.c, 5000);
	assert_int_equal(conn_write(b.c, STR("late")), ERR_BADSTATE);
	until(&r, &a.ended, 1);
	assert_int_equal(a.err, ERR_CLOSED);
	assert_int_equal(conn_write(a.c, STR("ignored")), 0);
	idle_turns(&r, 3);
	assert_int_equal(b.got.n, 5);
	assert_int_equal(b.ended, 0);
	conn_finish(a.c, 5000);
	until(&r, &b.ended, 1);
	assert_int_equal(b.err, ERR_CLOSED);
	until(&r, &a.ended, 2);
	end_release(&a);
	end_release(&b);
	rig_release(&r);
}

static void
finish_does_not_wait_for_ever(void **state)
{
	struct end a, b;
	struct rig r;

	(void)state;
	rig_init(&r);
	join(&r, &a, NULL, &b, NULL, "");
	until(&r, &a.opened, 1);
	conn_finish(a.c, 20);
	until(&r, &a.ended, 1);
	assert_int_equal(a.err, ERR_TIMEOUT);
	end_release(&a);
	end_release(&b);
	rig_release(&r);
}

static void
queue_is_bounded(void **state)
{
	char *big = pattern(QUEUE);
	struct end a, b;
	struct rig r;
	size_t sent = 0;
	int err;

	(void)state;
	rig_init(&r);
	join(&r, &a, NULL, &b, NULL, "");
	until(&r, &a.opened, 1);
	until(&r, &b.opened, 1);
	conn_read_want(b.c, false);
	while ((err = conn_write(a.c, str_of_n(big, 65536))) == 0)
		sent += 65536;
	assert_int_equal(err, ERR_FULL);
	assert_true(conn_queued(a.c) > QUEUE - 65536 && conn_queued(a.c) <= QUEUE);
	assert_int_equal(conn_write(a.c, str_of_n(big, QUEUE + 1)), ERR_FULL);
	idle_turns(&r, 5);
	assert_int_equal(b.got.n, 0);
	assert_int_equal(a.drained, 0);
	conn_read_want(b.c, true);
	until(&r, &a.drained, 1);
	until_got(&r, &b, sent);
	assert_int_equal(b.got.n, sent);
	assert_int_equal(conn_queued(a.c), 0);
	for (; sent > 0; sent -= 65536)
		assert_memory_equal(b.got.p + sent - 65536, big, 65536);
	end_release(&a);
	end_release(&b);
	rig_release(&r);
	xfree(big);
}

static void
finish_sends_what_is_queued(void **state)
{
	char *big = pattern(QUEUE);
	struct end a, b;
	struct rig r;

	(void)state;
	rig_init(&r);
	join(&r, &a, NULL, &b, NULL, "");
	until(&r, &a.opened, 1);
	until(&r, &b.opened, 1);
	conn_read_want(b.c, false);
	assert_int_equal(conn_write(a.c, str_of_n(big, QUEUE)), 0);
	assert_int_equal(conn_write(a.c, str_of_n(big, QUEUE / 2)), 0);
	assert_true(conn_queued(a.c) > 0);
	conn_finish(a.c, 5000);
	conn_read_want(b.c, true);
	until(&r, &b.ended, 1);
	assert_int_equal(b.err, ERR_CLOSED);
	assert_int_equal(b.got.n, QUEUE + QUEUE / 2);
	conn_free(b.c);
	b.c = NULL;
	until(&r, &a.ended, 1);
	assert_int_equal(a.err, ERR_CLOSED);
	end_release(&a);
	end_release(&b);
	rig_release(&r);
	xfree(big);
}

static void
write_to_the_dead_is_told(void **state)
{
	struct end a, b;
	struct rig r;

	(void)state;
	rig_init(&r);
	join(&r, &a, NULL, &b, NULL, "");
	until(&r, &a.opened, 1);
	conn_read_want(a.c, false);
	conn_free(b.c);
	b.c = NULL;
	idle_turns(&r, 5);
	assert_int_equal(a.ended, 0);
	assert_int_equal(conn_write(a.c, STR("x")), 0);
	assert_int_equal(a.ended, 0);
	assert_int_equal(conn_write(a.c, STR("x")), ERR_BADSTATE);
	until(&r, &a.ended, 1);
	assert_int_equal(a.err, ERR_SYS);
	assert_string_equal(a.why, "Broken pipe");
	end_release(&a);
	end_release(&b);
	rig_release(&r);
}

static void
refused_connection_is_told(void **state)
{
	struct addr a = { .u.in = { .sin_family = AF_INET }, .len = sizeof(a.u.in) };
	struct conn_opts o;
	struct end e;
	struct rig r;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	(void)state;
	/* A port that is bound but does not listen refuses. */
	a.u.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, &a.u.sa, a.len), 0);
	assert_int_equal(getsockname(fd, &a.u.sa, &a.len), 0);
	rig_init(&r);
	end_init(&e);
	o = opts(&r, NULL, &e);
	assert_int_equal(conn_connect(&o, &a, STR(""), &e.c), 0);
	until(&r, &e.ended, 1);
	assert_int_equal(e.err, ERR_SYS);
	assert_string_equal(e.why, "Connection refused");
	assert_int_equal(e.opened, 0);
	close(fd);
	end_release(&e);
	rig_release(&r);
}

static void
freed_in_callbacks(void **state)
{
	struct end a, b;
	struct rig r;

	(void)state;
	rig_init(&r);
	join(&r, &a, NULL, &b, NULL, "");
	a.free_on_open = true;
	b.free_on_data = true;
	until(&r, &a.opened, 1);
	assert_null(a.c);
	until(&r, &b.ended, 1);
	end_release(&a);
	end_release(&b);
	join(&r, &a, NULL, &b, NULL, "");
	b.free_on_data = true;
	until(&r, &a.opened, 1);
	assert_int_equal(conn_write(a.c, STR("x")), 0);
	until(&r, &a.ended, 1);
	assert_null(b.c);
	end_release(&a);
	end_release(&b);
	rig_release(&r);
}

/* ---- TLS ---- */

static struct tls *
server_tls(const struct pki *p, const struct cert *cert, struct signer *s)
{
	struct tls_server_opts o = { .cert_pem = str_of(cert->pem),
		.client_ca_pem = str_of(p->agent_ca.pem), .sign = sign, .sign_ctx = s };
	struct errinfo ei = { "" };
	struct tls *t = NULL;

	s->key = cert->key;
	assert_int_equal(tls_server_new(&o, &t, &ei), 0);
	return t;
}

static struct tls *
client_tls(const struct cert *ca, const struct cert *own)
{
	struct tls_client_opts o = { .ca_pem = str_of(ca->pem) };
	struct errinfo ei = { "" };
	struct tls *t = NULL;

	if (own != NULL) {
		o.cert_pem = str_of(own->pem);
		o.key_pem = str_of(own->key_pem);
	}
	assert_int_equal(tls_client_new(&o, &t, &ei), 0);
	return t;
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
	/* Who is connected goes on although the context is replaced. */
	tls_free(st);
	tls_free(ct);
	until(&r, &a.opened, 1);
	until(&r, &b.opened, 1);
	assert_int_equal(s.calls, 1);
	assert_true(str_eq_c(conn_tls_version(a.c), "TLSv1.3"));
	assert_true(str_starts(conn_tls_cipher(a.c), STR("TLS_")));
	assert_true(str_eq_c(conn_sni(a.c), "eic.test"));
	buf_init(&der, 4096);
	assert_int_equal(conn_peer_cert(a.c, &der), ERR_NOTFOUND);
	buf_release(&der);
	for (at = 0; at < BIG; at += 32768) {
		assert_int_equal(conn_write(a.c, str_of_n(big + at, 32768)), 0);
		assert_int_equal(conn_write(b.c, str_of_n(big + at, 32768)), 0);
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
	assert_int_equal(conn_sni(a.c).n, 0);
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
	assert_int_equal(conn_peer_cert(a.c, &der), 0);
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
		{ &p->server, &p->ca, NULL, "eic.test", { .err = ERR_UNAVAIL }, true, "TLS: EVP lib" },
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
	struct pki *p = *state;
	struct tls_server_opts so = { .sign = sign };
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
	co.cert_pem = str_of(p->agent.pem);
	co.key_pem = str_of(p->server.key_pem);
	assert_int_equal(tls_client_new(&co, &t, &ei), ERR_CRYPTO);
	co.key_pem = STR("nothing");
	assert_int_equal(tls_client_new(&co, &t, &ei), ERR_SYNTAX);
	assert_null(t);
	buf_release(&half);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_talk),
		cmocka_unit_test(finish_does_not_wait_for_ever),
		cmocka_unit_test(queue_is_bounded),
		cmocka_unit_test(finish_sends_what_is_queued),
		cmocka_unit_test(write_to_the_dead_is_told),
		cmocka_unit_test(refused_connection_is_told),
		cmocka_unit_test(freed_in_callbacks),
		cmocka_unit_test(tls_talk),
		cmocka_unit_test(tls_stop_and_go),
		cmocka_unit_test(tls_uplink),
		cmocka_unit_test(tls_freed_in_callbacks),
		cmocka_unit_test(tls_refusals),
		cmocka_unit_test(tls_gets_garbage),
		cmocka_unit_test(contexts_refuse),
	};

	return cmocka_run_group_tests(tests, pki_new, pki_free);
}
