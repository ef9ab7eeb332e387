/*
 * credentials: see credentials.h.
 */
#include "agent/credentials.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/log.h"
#include "codec/pem.h"
#include "pki/cert.h"
#include "pki/cert_name.h"
#include "pki/possession.h"

#define WORK_BYTES 65536
#define KEEP_MS 60000 /* a pair that is to be kept has come back by then, or was not kept */
#define PAIR_BEGIN "-----BEGIN PRIVATE KEY-----\n"
#define PAIR_END "-----END CERTIFICATE-----\n"

/* In the order in which they are tried. */
enum { OWN_RENEWED, OWN_BEFORE, OWN_SET, N_OWN };
static const char *const own_names[N_OWN] = { "renewed", "renewed before", "certificate" };

/* A certificate with its key. */
struct own {
	struct tls *tls;      /* NULL: it cannot be used */
	char fingerprint[65]; /* cert_name_sha256 */
	struct buf pair;      /* both in PEM, as they stand in `renewed`; empty for OWN_SET */
};

struct credentials {
	struct own own[N_OWN];
	size_t at;             /* the one to connect with */
	char connecting[65];   /* the fingerprint that the last attempt to connect was made with */
	char connected[65];    /* the same of the last connection that stood; empty: none yet */
	struct privkey *fresh; /* a key that is to be certified, or NULL */
	struct buf public_key, proof;
	char keeping[65];         /* the fingerprint of a certified pair that has not come back */
	int64_t keeping_until_ms; /* when the next one may be made though it did not */
	bool renewed;             /* it came with the last credentials_load */
};

struct credentials *
credentials_new(void)
{
	struct credentials *c = xalloc(sizeof(*c));
	size_t i;

	for (i = 0; i < N_OWN; i++)
		buf_init(&c->own[i].pair, 0);
	buf_init(&c->public_key, PRIVKEY_MAX_DER_BYTES);
	buf_init(&c->proof, PRIVKEY_MAX_SIGNATURE_BYTES);
	return c;
}

static void
own_release(struct own *o)
{
	tls_free(o->tls);
	buf_wipe(&o->pair);
}

void
credentials_free(struct credentials *c)
{
	size_t i;

	if (c == NULL)
		return;
	for (i = 0; i < N_OWN; i++)
		own_release(&c->own[i]);
	privkey_free(c->fresh);
	buf_release(&c->public_key);
	buf_release(&c->proof);
	xfree(c);
}

/* ---- what there is ---- */

static int
own_make(const char *name, struct str ca, struct str certificate, struct str key, struct own *ret)
{
	const struct tls_client_opts o = { .ca_pem = ca,
		.cert_pem = certificate,
		.key_pem = key,
		.cert_alpn = STR(LINK_ALPN) };
	struct errinfo ei = { "" };
	struct buf der;
	int r;

	buf_init(&der, CERT_MAX_DER_BYTES);
	if ((r = tls_client_new(&o, &ret->tls, &ei)) == 0 &&
	    (r = tls_certificate(ret->tls, &der)) == 0)
		cert_name_sha256(buf_view(&der), ret->fingerprint);
	if (r != 0) {
		log_error("certificate", log_c("file", name), log_e(r), log_c("why", ei.text));
		tls_free(ret->tls);
		ret->tls = NULL;
	}
	buf_release(&der);
	return r;
}

/* Takes a pair off the front of text: a key, then its certificate. What is within their boundaries
 * is own_make's to judge. Only the last line of the text may lack its LF. */
static int
pair_take(struct str *text, struct str *ret)
{
	const struct str end = STR(PAIR_END);
	size_t n, line;

	if (!str_starts(*text, STR(PAIR_BEGIN)))
		return ERR_SYNTAX;
	for (n = 0; n < text->n; n += line) {
		const struct str rest = str_from(*text, n);

		line = str_index(rest, '\n') + 1;
		if (str_starts(rest, end) || str_eq(rest, str_head(end, end.n - 1))) {
			*ret = str_head(*text, n + line);
			*text = str_from(*text, n + line);
			return 0;
		}
	}
	return ERR_SYNTAX;
}

/* One pair, or two. */
static int
pairs_split(struct str text, struct str ret[static 2])
{
	int r;

	ret[1] = STR("");
	if ((r = pair_take(&text, &ret[0])) == 0 && text.n > 0)
		r = pair_take(&text, &ret[1]);
	return r == 0 && text.n > 0 ? ERR_SYNTAX : r;
}

static void
renewed_make(const struct credentials_files *f, struct own *ret)
{
	struct str pairs[2];
	size_t i;
	int r;

	if (f->renewed.n == 0)
		return;
	if ((r = pairs_split(f->renewed, pairs)) != 0) {
		log_error("certificate", log_c("file", own_names[OWN_RENEWED]), log_e(r));
		return;
	}
	for (i = OWN_RENEWED; i <= OWN_BEFORE && pairs[i].n > 0; i++) {
		if (own_make(own_names[i], f->ca, pairs[i], pairs[i], &ret[i]) != 0)
			continue;
		buf_init(&ret[i].pair, pairs[i].n);
		buf_str(&ret[i].pair, pairs[i]);
	}
}

int
credentials_load(struct credentials *c, const struct credentials_files *f)
{
	struct own fresh[N_OWN] = { { .tls = NULL } };
	size_t i;
	int r;

	for (i = 0; i < N_OWN; i++)
		buf_init(&fresh[i].pair, 0);
	r = own_make(own_names[OWN_SET], f->ca, f->certificate, f->key, &fresh[OWN_SET]);
	renewed_make(f, fresh);
	for (i = 0; i < N_OWN && fresh[i].tls == NULL; i++)
		;
	if (i == N_OWN)
		return r;
	c->at = i;
	for (i = 0; i < N_OWN; i++)
		own_release(&c->own[i]);
	memcpy(c->own, fresh, sizeof(fresh));
	c->renewed = fresh[OWN_RENEWED].tls != NULL &&
	    strcmp(fresh[OWN_RENEWED].fingerprint, c->keeping) == 0;
	if (c->renewed) {
		c->keeping[0] = '\0';
		c->keeping_until_ms = 0;
	}
	return 0;
}

bool
credentials_renewed(const struct credentials *c)
{
	return c->renewed;
}

struct tls *
credentials_tls(const struct credentials *c)
{
	return c->own[c->at].tls;
}

void
credentials_connecting(struct credentials *c)
{
	memcpy(c->connecting, c->own[c->at].fingerprint, sizeof(c->connecting));
}

void
credentials_opened(struct credentials *c)
{
	memcpy(c->connected, c->connecting, sizeof(c->connected));
}

void
credentials_refused(struct credentials *c)
{
	size_t next = c->at;

	/* What was not taken is not what comes next, as the files were read again meanwhile. */
	if (strcmp(c->own[next].fingerprint, c->connecting) != 0)
		return;
	do
		next = (next + 1) % N_OWN;
	while (next != c->at && c->own[next].tls == NULL);
	if (next == c->at)
		return;
	c->at = next;
	log_warn("certificate", log_c("file", own_names[next]),
	    log_c("why", "eicd did not take the one before; the next attempt is with this one"));
}

/* ---- a new key ---- */

int
credentials_renew(struct credentials *c, int64_t now_ms, struct link_renewal *ret)
{
	int r;

	if (c->connected[0] == '\0')
		return ERR_BADSTATE;
	if (now_ms < c->keeping_until_ms)
		return ERR_AGAIN;
	privkey_free(c->fresh);
	c->fresh = NULL;
	buf_clear(&c->public_key);
	buf_clear(&c->proof);
	if ((r = privkey_generate(PRIVKEY_P256, &c->fresh)) != 0 ||
	    (r = possession_prove(c->fresh, str_of(c->connected), &c->public_key, &c->proof)) != 0)
		return r;
	*ret = (struct link_renewal){ buf_view(&c->public_key), buf_view(&c->proof) };
	return 0;
}

/* The renewed pair that eicd is known to take stays behind the new one, which it may have lost by
 * the time that the agent comes with it. That of the settings is in its own files. */
static void
connected_write(const struct credentials *c, struct buf *ret_file)
{
	size_t i;

	for (i = OWN_RENEWED; i <= OWN_BEFORE; i++)
		if (c->own[i].tls != NULL && strcmp(c->own[i].fingerprint, c->connected) == 0) {
			buf_str(ret_file, buf_view(&c->own[i].pair));
			return;
		}
}

int
credentials_certified(struct credentials *c, struct str pem, int64_t now_ms, struct buf *ret_file)
{
	struct arena *a = arena_new(WORK_BYTES);
	struct pem_block block = { .der = STR("") };
	size_t n;
	int r;

	if (c->fresh == NULL)
		r = ERR_BADSTATE;
	else if (pem_parse(a, pem, &block, 1, &n) != 0 || !str_eq_c(block.label, "CERTIFICATE"))
		r = ERR_SYNTAX;
	else if (!cert_is_of(block.der, c->fresh))
		r = ERR_DENIED;
	else
		r = privkey_pem_write(c->fresh, ret_file);
	if (r == 0) {
		buf_str(ret_file, pem);
		if (!str_ends(pem, STR("\n")))
			buf_ch(ret_file, '\n');
		connected_write(c, ret_file);
		r = buf_err(ret_file);
		privkey_free(c->fresh);
		c->fresh = NULL;
		cert_name_sha256(block.der, c->keeping);
		c->keeping_until_ms = now_ms + KEEP_MS;
	}
	arena_free(a);
	return r;
}
