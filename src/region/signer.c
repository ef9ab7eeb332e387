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
#include "region/newkey.h"
#include "store/store_pki.h"

#define CHAIN_MAX 3 /* leaf, intermediate, root */
/* Certificates are valid from some time before they are made, for hosts whose clock is behind,
 * and in case the clock of this machine is set back. */
#define BACKDATE_S 86400

struct link_cert {
	struct store_pki cert;
	struct store_pki_staple staple; /* of the certificate; may be empty */
};

struct signer {
	struct arena *arena;
	struct link_cert chain[CHAIN_MAX]; /* leaf first */
	size_t n;
	struct str message;
};

struct str
signer_id(const struct signer *s)
{
	return s->chain[0].cert.cert_id;
}

struct str
signer_message(const struct signer *s)
{
	return s->message;
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
message_make(struct signer *s)
{
	struct link_message m = { .type = LINK_SIGNER, .signer = { .signer_id = signer_id(s) } };
	struct link_pair staples[CHAIN_MAX];
	struct buf chain, text;
	size_t i;
	int r;

	buf_init(&chain, LINK_MAX_CHAIN_BYTES);
	buf_init(&text, LINK_MAX_BYTES);
	for (i = 0; i < s->n; i++) {
		pem_write(&chain, "CERTIFICATE", s->chain[i].cert.cert_der);
		staples[i] = (struct link_pair){ s->chain[i].cert.cert_id,
			staple_text(s, s->chain[i].staple.ocsp_der) };
	}
	m.signer.chain = buf_view(&chain);
	m.signer.staples = (struct link_map){ staples, s->n };
	if ((r = buf_err(&chain)) == 0 && (r = link_json_write(&m, 0, &text)) == 0)
		s->message = arena_str(s->arena, buf_view(&text));
	buf_release(&chain);
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

/* Loads the chain from the leaf up to the root, which has no issuer in the store. */
static int
chain_load(struct region *region, struct signer *s)
{
	struct store_pki *signers;
	struct str issuer;
	size_t n;
	int r;

	r = store_pki_list_active(region->store, s->arena, STORE_PKI_SIGNER, &signers, &n);
	if (r != 0)
		return r;
	if (n == 0)
		return ERR_NOTFOUND;
	s->chain[0].cert = signers[0];
	for (s->n = 1; s->chain[s->n - 1].cert.issuer_id.n > 0; s->n++) {
		if (s->n == CHAIN_MAX)
			return ERR_NOTFOUND;
		issuer = s->chain[s->n - 1].cert.issuer_id;
		r = store_pki_get(region->store, s->arena, issuer, &s->chain[s->n].cert);
		if (r != 0)
			return r;
	}
	for (n = 0; n < s->n; n++) {
		if ((r = staple_get(region, s, &s->chain[n])) != 0)
			return r;
	}
	return 0;
}

static int
load(struct region *region, struct signer *s, struct errinfo *ei)
{
	int r;

	if ((r = chain_load(region, s)) == 0)
		return message_make(s);
	if (r == ERR_NOTFOUND)
		err_set(ei, "the store has no whole chain of a signer: run eicd init");
	else
		store_error(region->store, ei);
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
signer_entry_begin(struct region *region, const struct store_active_key *v, struct arena *a,
    struct signer_entry *ret)
{
	const struct blob_entry e = {
		.timestamp_s = v->expires_at,
		.instance = v->instance_id,
		.caller = v->caller_arn,
		.request = v->request_id,
		.key = v->public_key,
	};
	struct buf bytes;
	int r;

	buf_init(&bytes, 4 * BLOB_MAX_LINE);
	if ((r = blob_write_signed(&bytes, &e)) == 0) {
		ret->bytes = arena_str(a, buf_view(&bytes));
		ret->question = region->keyd->sign_blob_begin(region->keyd->ctx,
		    region->signer->chain[0].cert.sealed_key, ret->bytes);
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
	r = region->keyd->sign_blob_finish(region->keyd->ctx, e->question, &signature);
	if (r == 0)
		r = blob_write_entry(out, e->bytes, buf_view(&signature));
	buf_release(&signature);
	return r;
}

int
signer_entry_write(struct region *region, const struct store_active_key *v, struct arena *a,
    struct buf *out)
{
	struct signer_entry e;
	int r;

	if ((r = signer_entry_begin(region, v, a, &e)) != 0)
		return r;
	return signer_entry_finish(region, &e, out);
}

/* ---- renewal ---- */

/* Has an OCSP response for cert signed by its issuer, and stores it. */
static int
staple_renew(struct region *region, const struct store_pki *cert, const struct store_pki *issuer)
{
	int64_t now = clock_wall_s(region->clock);
	const struct keyd_ocsp rq = {
		.sealed_issuer_key = issuer->sealed_key,
		.issuer_der = issuer->cert_der,
		.subject_der = cert->cert_der,
		.this_update_s = now,
		.next_update_s = now + region->settings->ocsp_lifetime_s,
	};
	struct store_pki_staple v = { .cert_id = cert->cert_id,
		.this_update_at = rq.this_update_s,
		.next_update_at = rq.next_update_s };
	struct buf der;
	int r;

	buf_init(&der, OCSP_MAX_DER_BYTES);
	if ((r = region->keyd->ocsp(region->keyd->ctx, &rq, &der)) == 0) {
		v.ocsp_der = buf_view(&der);
		r = store_pki_staple_set(region->store, &v);
	}
	buf_release(&der);
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

/* Makes a new signer under the same issuer and retires the old one. ERR_AGAIN: keyd is still making
 * its key, and nothing has changed. If hosts do not accept the old one now, it waits for the key.
 */
static int
rotate(struct region *region, struct buf *sealed, struct buf *public, struct buf *der)
{
	const struct store_pki *issuer = &region->signer->chain[1].cert;
	int64_t now = clock_wall_s(region->clock);
	struct keyd_issue rq = { .sealed_issuer_key = issuer->sealed_key,
		.issuer_der = issuer->cert_der,
		.profile = CERT_SIGNER,
		.not_before_s = now - BACKDATE_S,
		.not_after_s = now + region->settings->signer_lifetime_s };
	struct store_pki v = { .kind = STORE_PKI_SIGNER,
		.state = STORE_PKI_ACTIVE,
		.issuer_id = issuer->cert_id,
		.not_before_at = rq.not_before_s,
		.not_after_at = rq.not_after_s };
	char name[256], id[41];
	int r;

	if (rq.not_after_s > issuer->not_after_at)
		rq.not_after_s = v.not_after_at = issuer->not_after_at;
	snprintf(name, sizeof(name), "managed-ssh-signer.%.*s.%.*s", STR_FMT(region->name),
	    STR_FMT(region->domain));
	rq.common_name = str_of(name);
	if ((r = newkey_take(region, &region->signer_key,
		 !is_valid(&region->signer->chain[0].cert, now), sealed, public)) != 0)
		return r;
	rq.public_key = buf_view(public);
	if ((r = region->keyd->issue(region->keyd->ctx, &rq, der)) != 0)
		return r;
	cert_name_sha1(buf_view(der), id);
	v.cert_id = str_of(id);
	v.sealed_key = buf_view(sealed);
	v.cert_der = buf_view(der);
	if ((r = store_pki_add(region->store, &v)) != 0 ||
	    (r = staple_renew(region, &v, issuer)) != 0)
		return r;
	log_info("signer", log_c("new", id), log_s("old", signer_id(region->signer)));
	if (v.not_after_at == issuer->not_after_at)
		log_warn("signer-ends-with-issuer", log_s("issuer", issuer->cert_id),
		    log_i("not_after", v.not_after_at));
	return store_pki_retire(region->store, signer_id(region->signer));
}

/* Does the signer last as long as its issuer? Then a new one could not last longer. */
static bool
ends_with_issuer(const struct signer *s)
{
	return s->n > 1 && s->chain[0].cert.not_after_at >= s->chain[1].cert.not_after_at;
}

static bool
rotation_due(const struct region *region)
{
	const struct store_pki *leaf = &region->signer->chain[0].cert;
	int64_t now = clock_wall_s(region->clock);

	if (region->signer->n < 2)
		return false;
	/* The clock was set back. Hosts do not accept a certificate that is not valid yet. */
	if (leaf->not_before_at > now)
		return true;
	return !ends_with_issuer(region->signer) &&
	    leaf->not_after_at - now < region->settings->signer_rotate_before_s;
}

int
signer_renew(struct region *region, bool *ret_changed)
{
	struct signer *s = region->signer;
	struct buf sealed, public, der;
	size_t i, issuer, first = 0;
	int r = 0;

	*ret_changed = false;
	buf_init(&sealed, 2 * PRIVKEY_MAX_DER_BYTES);
	buf_init(&public, PRIVKEY_MAX_DER_BYTES);
	buf_init(&der, CERT_MAX_DER_BYTES);
	if (rotation_due(region)) {
		r = rotate(region, &sealed, &public, &der);
		if (r != 0 && r != ERR_AGAIN)
			goto out;
		/* Until the new one is there, the responses of the present one stay fresh. */
		first = r == 0 ? 1 : 0;
		*ret_changed = r == 0;
		r = 0;
	}
	for (i = first; i < s->n; i++) {
		if (!staple_due(region, &s->chain[i].staple))
			continue;
		issuer = i + 1 < s->n ? i + 1 : i;
		/* The key of this issuer is not here (an offline root), so its responses are
		 * made elsewhere. */
		if (s->chain[issuer].cert.sealed_key.n == 0)
			continue;
		*ret_changed = true;
		if ((r = staple_renew(region, &s->chain[i].cert, &s->chain[issuer].cert)) != 0)
			goto out;
	}
out:
	buf_release(&sealed);
	buf_release(&public);
	buf_release(&der);
	return r;
}
