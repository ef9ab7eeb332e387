/*
 * signer: see signer.h.
 */
#include "region/signer.h"

#include "base/alloc.h"
#include "base/b64.h"
#include "base/log.h"
#include "codec/blob.h"
#include "codec/pem.h"
#include "link/json.h"
#include "pki/cert.h"
#include "pki/cert_name.h"
#include "pki/ocsp.h"
#include "pki/privkey.h"
#include "region/later.h"
#include "store/store_pki.h"

#define CHAIN_MAX 3 /* leaf, intermediate, root */

struct link_cert {
	struct store_pki cert;
	struct store_pki_staple staple; /* of the certificate; may be empty */
};

/* A signer's certificate with those above it. */
struct chain {
	struct link_cert certs[CHAIN_MAX]; /* leaf first */
	size_t n;                          /* 0: there is no signer of this kind */
	struct str message;
};

struct signer {
	struct arena *arena;
	struct chain chains[SIGNER_KINDS];
};

/* What a kind of signer is elsewhere. */
static const struct kind {
	enum store_pki_key_kind stored;
	uint8_t key; /* enum privkey_kind */
	const char *name;
} kinds[SIGNER_KINDS] = {
	[SIGNER_RSA] = { STORE_PKI_RSA2048, PRIVKEY_RSA2048, "rsa" },
	[SIGNER_P256] = { STORE_PKI_P256, PRIVKEY_P256, "p256" },
};

_Static_assert(sizeof(((struct region *)NULL)->signer_keys) == SIGNER_KINDS * sizeof(void *),
    "region/state.h has a key under way for each kind");

/* The chain of a kind, or that of RSA, which is always there and is read by all. */
static const struct chain *
chain_of(const struct signer *s, enum signer_kind kind)
{
	return s->chains[kind].n > 0 ? &s->chains[kind] : &s->chains[SIGNER_RSA];
}

struct str
signer_id(const struct signer *s, enum signer_kind kind)
{
	return chain_of(s, kind)->certs[0].cert.cert_id;
}

struct str
signer_message(const struct signer *s, enum signer_kind kind)
{
	return chain_of(s, kind)->message;
}

void
signer_free(struct signer *s)
{
	if (s == NULL)
		return;
	arena_free(s->arena);
	xfree(s);
}

/* A staple in base64, in the signer's arena. */
static struct str
staple_text(struct signer *s, struct str der)
{
	struct str text;
	struct buf b;

	buf_init(&b, der.n / 3 * 4 + 4);
	b64_write(&b, der.p, der.n);
	text = arena_str(s->arena, buf_view(&b));
	buf_release(&b);
	return text;
}

static int
message_make(struct signer *s, enum signer_kind kind)
{
	struct link_message m = { .type = LINK_SIGNER,
		.signer = { .signer_id = signer_id(s, kind), .ecdsa = kind == SIGNER_P256 } };
	struct chain *c = &s->chains[kind];
	struct link_pair staples[CHAIN_MAX];
	struct buf pem, text;
	size_t i;
	int r;

	buf_init(&pem, LINK_MAX_CHAIN_BYTES);
	buf_init(&text, LINK_MAX_BYTES);
	for (i = 0; i < c->n; i++) {
		pem_write(&pem, "CERTIFICATE", c->certs[i].cert.cert_der);
		staples[i] = (struct link_pair){ c->certs[i].cert.cert_id,
			staple_text(s, c->certs[i].staple.ocsp_der) };
	}
	m.signer.chain = buf_view(&pem);
	m.signer.staples = (struct link_map){ staples, c->n };
	if ((r = buf_err(&pem)) == 0 && (r = link_json_write(&m, 0, &text)) == 0)
		c->message = arena_str(s->arena, buf_view(&text));
	buf_release(&pem);
	buf_release(&text);
	return r;
}

static int
staple_get(struct region *region, struct signer *s, struct link_cert *l)
{
	int r = store_pki_staple_get(region->store, s->arena, l->cert.cert_id, &l->staple);

	/* There is none yet. signer_renew makes it before anything is served. */
	if (r == ERR_NOTFOUND) {
		l->staple = (struct store_pki_staple){ .cert_id = l->cert.cert_id };
		return 0;
	}
	return r;
}

/* Loads a chain from the leaf up to the root, which has no issuer in the store. */
static int
chain_load(struct region *region, struct signer *s, enum signer_kind kind,
    const struct store_pki *leaf)
{
	struct chain *c = &s->chains[kind];
	struct str issuer;
	size_t i;
	int r;

	c->certs[0].cert = *leaf;
	for (c->n = 1; c->certs[c->n - 1].cert.issuer_id.n > 0; c->n++) {
		if (c->n == CHAIN_MAX)
			return ERR_NOTFOUND;
		issuer = c->certs[c->n - 1].cert.issuer_id;
		r = store_pki_get(region->store, s->arena, issuer, &c->certs[c->n].cert);
		if (r != 0)
			return r;
	}
	for (i = 0; i < c->n; i++) {
		if ((r = staple_get(region, s, &c->certs[i])) != 0)
			return r;
	}
	return 0;
}

/* An earlier version kept the root's key in the store. keyd opens no key that it has sealed. */
static bool
root_key_is_here(const struct chain *c)
{
	return c->certs[c->n - 1].cert.sealed_key.n > 0;
}

/* Loads the chain of the newest active signer of each kind. */
static int
chains_load(struct region *region, struct signer *s)
{
	struct store_pki *signers;
	size_t i, n;
	int kind, r;

	r = store_pki_list_active(region->store, s->arena, STORE_PKI_SIGNER, &signers, &n);
	for (kind = 0; r == 0 && kind < SIGNER_KINDS; kind++) {
		for (i = 0; i < n && signers[i].key_kind != kinds[kind].stored; i++)
			;
		if (i == n)
			continue;
		r = chain_load(region, s, (enum signer_kind)kind, &signers[i]);
		/* Without this one everybody has RSA, until it is made anew. */
		if (kind != SIGNER_RSA && r == ERR_NOTFOUND) {
			log_warn("signer-chain", log_s("signer", signers[i].cert_id),
			    log_c("key", kinds[kind].name), log_e(r));
			s->chains[kind].n = 0;
			r = 0;
		}
	}
	if (r == 0 && s->chains[SIGNER_RSA].n == 0)
		r = ERR_NOTFOUND;
	return r == 0 && root_key_is_here(&s->chains[SIGNER_RSA]) ? ERR_BADSTATE : r;
}

static int
load(struct region *region, struct signer *s, struct errinfo *ei)
{
	int kind, r;

	if ((r = chains_load(region, s)) == ERR_NOTFOUND)
		err_set(ei, "the store has no whole chain of a signer: run eicd init");
	else if (r == ERR_BADSTATE)
		err_set(ei, "the keys are those of an earlier version: run eicd keys upgrade");
	else if (r != 0)
		store_error(region->store, ei);
	for (kind = 0; r == 0 && kind < SIGNER_KINDS; kind++) {
		if (s->chains[kind].n > 0)
			r = message_make(s, (enum signer_kind)kind);
	}
	return r;
}

int
signer_new(struct region *region, struct signer **ret, struct errinfo *ei)
{
	struct signer *s = xalloc(sizeof(*s));
	int r;

	s->arena = arena_new(1u << 20);
	if ((r = load(region, s, ei)) != 0) {
		signer_free(s);
		return r;
	}
	*ret = s;
	return 0;
}

int
signer_reload(struct region *region, struct errinfo *ei)
{
	struct signer *fresh;
	int r;

	if ((r = signer_new(region, &fresh, ei)) != 0)
		return r;
	signer_free(region->signer);
	region->signer = fresh;
	return 0;
}

int
signer_entry_begin(struct region *region, enum signer_kind kind, const struct store_active_key *v,
    struct arena *a, struct signer_entry *ret)
{
	/* What lives longer, because the clock was set back since, keyd would not sign. */
	int64_t latest = clock_wall_s(region->clock) + region->settings->key_lifetime_s;
	const struct blob_entry e = {
		.timestamp_s = v->expires_at < latest ? v->expires_at : latest,
		.instance = v->instance_id,
		.caller = v->caller_arn,
		.request = v->request_id,
		.user = v->os_user,
		.key = v->public_key,
	};
	struct buf bytes;
	int r;

	buf_init(&bytes, 4 * BLOB_MAX_LINE);
	if ((r = blob_write_signed(&bytes, &e)) == 0) {
		ret->bytes = arena_str(a, buf_view(&bytes));
		ret->question = region->keyd->sign_entry_begin(region->keyd->ctx,
		    chain_of(region->signer, kind)->certs[0].cert.sealed_key, ret->bytes);
	}
	buf_release(&bytes);
	return r;
}

int
signer_entry_finish(struct region *region, const struct signer_entry *e, struct buf *out)
{
	struct buf signature;
	int r;

	buf_init(&signature, BLOB_MAX_SIGNATURE);
	r = region->keyd->sign_entry_finish(region->keyd->ctx, e->question, &signature);
	if (r == 0)
		r = blob_write_entry(out, e->bytes, buf_view(&signature));
	buf_release(&signature);
	return r;
}

int
signer_entry_write(struct region *region, enum signer_kind kind, const struct store_active_key *v,
    struct arena *a, struct buf *out)
{
	struct signer_entry e;
	int r;

	if ((r = signer_entry_begin(region, kind, v, a, &e)) != 0)
		return r;
	return signer_entry_finish(region, &e, out);
}

/* ---- renewal ---- */

/* Has an OCSP response for cert signed by its issuer, and stores it. */
static int
staple_renew(struct region *region, const struct store_pki *cert, const struct store_pki *issuer)
{
	const struct keyd_ocsp rq = { .sealed_issuer_key = issuer->sealed_key,
		.issuer_der = issuer->cert_der,
		.subject_der = cert->cert_der };
	struct store_pki_staple v = { .cert_id = cert->cert_id };
	struct keyd_staple made = { .this_update_s = 0 };
	int r;

	buf_init(&made.der, OCSP_MAX_DER_BYTES);
	if ((r = region->keyd->ocsp(region->keyd->ctx, &rq, &made)) == 0) {
		v.this_update_at = made.this_update_s;
		v.next_update_at = made.next_update_s;
		v.ocsp_der = buf_view(&made.der);
		r = store_pki_staple_set(region->store, &v);
	}
	buf_release(&made.der);
	return r;
}

/* A response is due when there is none, when half of its lifetime is over, and when it begins in
 * the future because the clock was set back. */
static bool
staple_due(struct region *region, const struct store_pki_staple *s)
{
	int64_t now = clock_wall_s(region->clock);

	return s->ocsp_der.n == 0 || s->this_update_at > now ||
	    now - s->this_update_at > region->settings->ocsp_lifetime_s / 2 ||
	    s->next_update_at - now < (s->next_update_at - s->this_update_at) / 2;
}

/* Do hosts accept the certificate now? */
static bool
is_valid(const struct store_pki *leaf, int64_t now)
{
	return leaf->not_before_at <= now && now < leaf->not_after_at;
}

/* Has keyd make a new signer of a kind under the issuer of all; nothing is stored yet, and v has
 * views of made. ERR_AGAIN: keyd is still making its key. If hosts do not accept the old one now,
 * it waits for the key. */
static int
make(struct region *region, enum signer_kind kind, struct store_pki *v,
    struct keyd_hash_answer *made)
{
	const struct store_pki *issuer = &region->signer->chains[SIGNER_RSA].certs[1].cert;
	const struct chain *old = &region->signer->chains[kind];
	int64_t now = clock_wall_s(region->clock);
	struct keyd_hash wanted = { .kind = KEYD_NEW_KEY,
		.profile = CERT_SIGNER,
		.key_kind = kinds[kind].key,
		.sealed = issuer->sealed_key,
		.certificate = issuer->cert_der };
	char place[256];
	int r;

	snprintf(place, sizeof(place), "%.*s.%.*s", STR_FMT(region->name), STR_FMT(region->domain));
	wanted.text = str_of(place);
	r = later_take(region, &wanted, &region->signer_keys[kind],
	    old->n > 0 && !is_valid(&old->certs[0].cert, now), made);
	*v = (struct store_pki){ .kind = STORE_PKI_SIGNER,
		.state = STORE_PKI_ACTIVE,
		.key_kind = kinds[kind].stored,
		.issuer_id = issuer->cert_id,
		.sealed_key = buf_view(&made->first),
		.cert_der = buf_view(&made->second),
		.not_before_at = made->not_before_s,
		.not_after_at = made->not_after_s };
	return r;
}

/* Stores a new signer with its OCSP response, and retires the old one. */
static int
keep(struct region *region, enum signer_kind kind, struct store_pki *v)
{
	const struct store_pki *issuer = &region->signer->chains[SIGNER_RSA].certs[1].cert;
	const struct chain *old = &region->signer->chains[kind];
	struct str old_id = old->n > 0 ? old->certs[0].cert.cert_id : STR("");
	char id[41];
	int r;

	cert_name_sha1(v->cert_der, id);
	v->cert_id = str_of(id);
	if ((r = store_pki_add(region->store, v)) != 0 ||
	    (r = staple_renew(region, v, issuer)) != 0)
		return r;
	log_info("signer", log_c("new", id), log_s("old", old_id), log_c("key", kinds[kind].name));
	if (v->not_after_at == issuer->not_after_at)
		log_warn("signer-ends-with-issuer", log_s("issuer", issuer->cert_id),
		    log_i("not_after", v->not_after_at));
	return old->n > 0 ? store_pki_retire(region->store, old_id) : 0;
}

/* Does the signer last as long as its issuer? Then a new one could not last longer. */
static bool
ends_with_issuer(const struct chain *c)
{
	return c->certs[0].cert.not_after_at >= c->certs[1].cert.not_after_at;
}

static bool
rotation_due(const struct region *region, enum signer_kind kind)
{
	const struct chain *rsa = &region->signer->chains[SIGNER_RSA];
	const struct chain *c = &region->signer->chains[kind];
	const struct store_pki *leaf = &c->certs[0].cert;
	int64_t now = clock_wall_s(region->clock);

	if (rsa->n < 2)
		return false;
	/* Of a store of an earlier version, unless the key of the issuer is not here. */
	if (c->n == 0)
		return rsa->certs[1].cert.sealed_key.n > 0;
	/* The clock was set back. Hosts do not accept a certificate that is not valid yet. */
	if (leaf->not_before_at > now)
		return true;
	return !ends_with_issuer(c) &&
	    leaf->not_after_at - now < region->settings->signer_rotate_before_s;
}

/* The responses of a chain that are due, from certificate number first on. */
static int
staples_renew(struct region *region, const struct chain *c, size_t first, bool *ret_changed)
{
	size_t i, issuer;
	int r;

	for (i = first; i < c->n; i++) {
		if (!staple_due(region, &c->certs[i].staple))
			continue;
		issuer = i + 1 < c->n ? i + 1 : i;
		/* The key of this issuer is not here (an offline root), so its responses are
		 * made elsewhere. */
		if (c->certs[issuer].cert.sealed_key.n == 0)
			continue;
		*ret_changed = true;
		if ((r = staple_renew(region, &c->certs[i].cert, &c->certs[issuer].cert)) != 0)
			return r;
	}
	return 0;
}

int
signer_renew(struct region *region, enum signer_kind kind, bool *ret_changed)
{
	struct keyd_hash_answer made = { .right = false };
	struct store_pki v;
	size_t first = 0;
	int r = 0;

	*ret_changed = false;
	if (rotation_due(region, kind)) {
		if ((r = make(region, kind, &v, &made)) == 0) {
			first = 1;
			*ret_changed = true;
			r = keep(region, kind, &v);
		} else {
			/* The present one is still good, if its responses stay fresh. */
			if (r != ERR_AGAIN)
				log_error("signer-key", log_c("key", kinds[kind].name), log_e(r));
			r = 0;
		}
	}
	if (r == 0)
		r = staples_renew(region, &region->signer->chains[kind], first, ret_changed);
	buf_wipe(&made.first);
	buf_wipe(&made.second);
	return r;
}
