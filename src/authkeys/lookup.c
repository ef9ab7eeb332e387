/*
 * lookup: chooses the entries that fit, then verifies them; see lookup.h. Choosing is cheap and
 * comes first: when no entry fits, no certificate is verified.
 */
#include "authkeys/lookup.h"

#include "base/b64.h"
#include "base/date.h"
#include "codec/blob.h"
#include "codec/sshkey.h"
#include "pki/chain.h"

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

/* What is needed to verify an entry that was chosen. */
struct candidate {
	struct str signed_bytes;
	struct str signature;
};

static int
wrong(struct errinfo *ei, int r, const char *what)
{
	err_set(ei, "%s", what);
	return r;
}

/* ---- choosing ---- */

/*
 * Is e for the user who wants to log in? The path that it was asked for by is not signed: whoever
 * answers for the metadata service can serve the entry of one user under the name of another.
 */
static int
user_check(const struct lookup_input *in, const struct blob_entry *e, struct errinfo *ei)
{
	if (str_eq(e->user, in->user))
		return 0;
	if (e->user.n == 0)
		err_set(ei, "an entry does not say which user it is for; eicd has to be newer");
	else
		err_set(ei, "an entry is for user %.*s", STR_FMT(str_head(e->user, 64)));
	return ERR_DENIED;
}

/* Is e valid now? Not from far in the future either: then eicd's clock or this one is wrong. */
static bool
is_timely(const struct lookup_input *in, const struct blob_entry *e)
{
	return e->timestamp_s > in->now_s &&
	    e->timestamp_s - in->now_s <= BLOB_MAX_LIFE_S + LOOKUP_SKEW_S;
}

/* Fills ret from e. ERR_NOTFOUND when the entry's key is not the one that is asked for. */
static int
fits(struct arena *a, const struct lookup_input *in, const struct blob_entry *e,
    struct lookup_key *ret)
{
	char fingerprint[SSHKEY_FINGERPRINT_SIZE];
	struct sshkey key;
	int r;

	/* A key of a kind that this version does not know is skipped. */
	if ((r = sshkey_parse(a, e->key, &key)) != 0)
		return r == ERR_UNSUPPORTED ? ERR_NOTFOUND : r;
	if ((r = sshkey_fingerprint(key.blob, fingerprint)) != 0)
		return r;
	if (in->fingerprint.n > 0 && !str_eq_c(in->fingerprint, fingerprint))
		return ERR_NOTFOUND;
	*ret = (struct lookup_key){ .line = e->key,
		.request = e->request,
		.caller = e->caller,
		.fingerprint = arena_str(a, str_of(fingerprint)) };
	return 0;
}

static int
choose_one(struct arena *a, const struct lookup_input *in, const struct blob_entry *e,
    struct lookup_output *out, struct candidate *candidates)
{
	int r;

	if (out->n == LOOKUP_MAX_KEYS)
		return ERR_TOOBIG;
	if ((r = fits(a, in, e, &out->keys[out->n])) != 0)
		return r == ERR_NOTFOUND ? 0 : r;
	if (!is_timely(in, e)) {
		out->untimely_s = e->timestamp_s;
		return 0;
	}
	candidates[out->n].signed_bytes = e->signed_bytes;
	candidates[out->n].signature = arena_str(a, str_of_n(e->signature, e->signature_n));
	out->n++;
	return 0;
}

static int
choose(struct arena *a, const struct lookup_input *in, struct lookup_output *out,
    struct candidate *candidates, struct errinfo *ei)
{
	struct blob_entry *e = arena_alloc(a, sizeof(*e));
	struct rd rd;
	int r;

	if ((r = blob_open(in->bundle->active_keys, &rd)) != 0)
		goto out;
	while ((r = blob_next(&rd, e)) == 0) {
		if (!str_eq(e->instance, in->instance_id))
			continue;
		if ((r = user_check(in, e, ei)) != 0)
			return r;
		if ((r = choose_one(a, in, e, out, candidates)) != 0)
			break;
	}
	if (r == ERR_NOTFOUND)
		return 0;
out:
	err_set(ei, "active keys: %s", err_text(r));
	return r;
}

/* ---- proving ---- */

/* Makes the name that the signer's certificate must have:
 * managed-ssh-signer.<zone without its letter>.<domain> (wire.md 5.4). */
static int
signer_name(struct arena *a, const struct bundle *b, struct str *ret)
{
	struct str zone = b->availability_zone, domain = b->domain;
	size_t n = zone.n;

	if (n < 4 || n > 64 || !str_all_in(zone, LOWER DIGITS "-") ||
	    !str_all_in(str_from(zone, n - 1), LOWER) ||
	    !str_all_in(str_head(str_from(zone, n - 2), 1), DIGITS))
		return ERR_SYNTAX;
	if (domain.n < 1 || domain.n > 64 || !str_all_in(domain, LOWER DIGITS ".-"))
		return ERR_SYNTAX;
	*ret = arena_fmt(a, "managed-ssh-signer.%.*s.%.*s", STR_FMT(str_head(zone, n - 1)),
	    STR_FMT(domain));
	return 0;
}

/* Decodes base 64 in one line or in several (wire.md 5.5). */
static int
staple_decode(struct arena *a, struct str base64, struct str *ret)
{
	struct buf text, der;
	size_t i;
	int r;

	buf_init(&text, base64.n);
	buf_init(&der, base64.n);
	for (i = 0; i < base64.n; i++) {
		if (base64.p[i] != '\n' && base64.p[i] != '\r')
			buf_ch(&text, base64.p[i]);
	}
	if ((r = b64_parse(buf_view(&text), &der)) == 0)
		*ret = arena_str(a, buf_view(&der));
	buf_release(&text);
	buf_release(&der);
	return r;
}

/* Says why the chain is refused. What is wrong with its times may be wrong with this clock. */
static void
fault_explain(const struct lookup_input *in, enum chain_fault fault, struct errinfo *ei)
{
	struct buf now;

	buf_init(&now, 40);
	if (fault == CHAIN_NOT_YET || fault == CHAIN_EXPIRED || fault == CHAIN_STAPLE_FUTURE ||
	    fault == CHAIN_STAPLE_STALE) {
		buf_c(&now, "; here it is ");
		date_iso_write(&now, in->now_s);
	}
	err_set(ei, "signer not trusted: %s%.*s", chain_fault_text(fault), STR_FMT(buf_view(&now)));
	buf_release(&now);
}

static int
chain_open(struct arena *a, const struct lookup_input *in, struct chain **ret, struct errinfo *ei)
{
	const struct bundle *b = in->bundle;
	struct chain_staple staples[BUNDLE_MAX_STAPLES];
	struct chain_input ci = { .pem = b->signer_cert,
		.staples = staples,
		.n_staples = b->n_staples,
		.root = in->root,
		.now_s = in->now_s };
	enum chain_fault fault = CHAIN_OK;
	size_t i;
	int r;

	if (signer_name(a, b, &ci.common_name) != 0)
		return wrong(ei, ERR_SYNTAX, "availability zone or domain is malformed");
	for (i = 0; i < b->n_staples; i++) {
		staples[i].name = b->staples[i].name;
		if (staple_decode(a, b->staples[i].base64, &staples[i].der) != 0)
			return wrong(ei, ERR_SYNTAX, "a staple is not base 64");
	}
	if ((r = chain_verify(&ci, ret, &fault)) != 0)
		fault_explain(in, fault, ei);
	return r;
}

static int
prove(struct arena *a, const struct lookup_input *in, const struct candidate *candidates, size_t n,
    struct errinfo *ei)
{
	struct chain *chain = NULL;
	size_t i;
	int r;

	r = chain_open(a, in, &chain, ei);
	for (i = 0; r == 0 && i < n; i++) {
		r = chain_blob_verify(chain, candidates[i].signed_bytes, candidates[i].signature);
		if (r != 0)
			err_set(ei, "the signature of an entry is wrong");
	}
	chain_free(chain);
	return r;
}

int
lookup_run(struct arena *a, const struct lookup_input *in, struct lookup_output *ret,
    struct errinfo *ei)
{
	struct candidate *candidates = arena_array(a, LOOKUP_MAX_KEYS, sizeof(struct candidate));
	int r;

	ret->n = 0;
	ret->untimely_s = 0;
	if (in->bundle->active_keys.n == 0)
		return 0;
	/* Another instance may be answering at the metadata address. Somebody may be allowed to
	 * push keys to that one, and they would verify. */
	if (!str_eq(in->instance_id, in->bundle->instance_id))
		return wrong(ei, ERR_DENIED, "metadata is that of another instance");
	if ((r = choose(a, in, ret, candidates, ei)) == 0 && ret->n > 0)
		r = prove(a, in, candidates, ret->n, ei);
	if (r != 0)
		ret->n = 0;
	return r;
}
