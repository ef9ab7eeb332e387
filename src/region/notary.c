/*
 * notary: see notary.h. Expired certificates stay active in the store, because the lines of older
 * digests are exported with them.
 */
#include "region/notary.h"

#include "base/log.h"
#include "pki/attest.h"
#include "pki/cert.h"
#include "pki/cert_name.h"
#include "pki/privkey.h"
#include "region/newkey.h"
#include "store/store_audit.h"
#include "store/store_pki.h"
#include "trail/digest.h"

#define DAY INT64_C(86400)
#define CERT_LIFETIME_S (5 * 365 * DAY)
#define CERT_RENEW_S (30 * DAY)
#define BACKDATE_S DAY
#define WORK_BYTES (1u << 20)

/* ---- the key ---- */

static int
issuer_get(struct region *region, struct arena *a, struct store_pki *ret)
{
	struct store_pki *v;
	size_t n;
	int r;

	r = store_pki_list_active(region->store, a, STORE_PKI_INTERMEDIATE, &v, &n);
	if (r == 0 && n == 0)
		r = ERR_NOTFOUND;
	if (r == 0)
		*ret = v[0];
	return r;
}

static int
key_issue(struct region *region, const struct store_pki *issuer, bool wait, struct store_pki *v,
    struct buf *sealed, struct buf *public, struct buf *der)
{
	struct keyd_issue rq = { .sealed_issuer_key = issuer->sealed_key,
		.issuer_der = issuer->cert_der,
		.profile = CERT_AUDIT,
		.not_before_s = v->not_before_at,
		.not_after_s = v->not_after_at };
	char name[256];
	int r;

	snprintf(name, sizeof(name), ATTEST_NAME "%.*s.%.*s", STR_FMT(region->name),
	    STR_FMT(region->domain));
	rq.common_name = str_of(name);
	if ((r = newkey_take(region, PRIVKEY_RSA2048, &region->notary_key, wait, sealed, public)) !=
	    0)
		return r;
	rq.public_key = buf_view(public);
	return region->keyd->issue(region->keyd->ctx, &rq, der);
}

static int
key_make(struct region *region, struct arena *a, const struct store_pki *issuer, bool wait,
    struct store_pki *ret)
{
	int64_t now = clock_wall_s(region->clock);
	struct store_pki v = { .kind = STORE_PKI_AUDIT,
		.state = STORE_PKI_ACTIVE,
		.key_kind = STORE_PKI_RSA2048,
		.issuer_id = issuer->cert_id,
		.not_before_at = now - BACKDATE_S,
		.not_after_at = now + CERT_LIFETIME_S };
	struct buf sealed, public, der;
	char id[41];
	int r;

	if (v.not_after_at > issuer->not_after_at)
		v.not_after_at = issuer->not_after_at;
	buf_init(&sealed, 2 * PRIVKEY_MAX_DER_BYTES);
	buf_init(&public, PRIVKEY_MAX_DER_BYTES);
	buf_init(&der, CERT_MAX_DER_BYTES);
	if ((r = key_issue(region, issuer, wait, &v, &sealed, &public, &der)) != 0)
		goto out;
	v.sealed_key = arena_str(a, buf_view(&sealed));
	v.cert_der = arena_str(a, buf_view(&der));
	cert_name_sha1(v.cert_der, id);
	v.cert_id = arena_str(a, str_of(id));
	if ((r = store_pki_add(region->store, &v)) == 0) {
		log_info("audit-signer", log_c("new", id));
		*ret = v;
	}
out:
	buf_release(&sealed);
	buf_release(&public);
	buf_release(&der);
	return r;
}

/* May the certificate sign now? It is replaced some time before it ends, unless it ends together
 * with its issuer: then a new one could not last longer. */
static bool
is_usable(const struct store_pki *v, const struct store_pki *issuer, int64_t now)
{
	return v->not_before_at <= now &&
	    now < v->not_after_at - (v->not_after_at < issuer->not_after_at ? CERT_RENEW_S : 0);
}

/* The key that signs digests now. ERR_AGAIN: it is being made; never with wait. */
static int
key_get(struct region *region, struct arena *a, bool wait, struct store_pki *ret)
{
	struct store_pki issuer = { .kind = STORE_PKI_INTERMEDIATE }, *v;
	size_t n;
	int r;

	if ((r = issuer_get(region, a, &issuer)) != 0 ||
	    (r = store_pki_list_active(region->store, a, STORE_PKI_AUDIT, &v, &n)) != 0)
		return r;
	if (n > 0 && is_usable(&v[0], &issuer, clock_wall_s(region->clock))) {
		*ret = v[0];
		return 0;
	}
	return key_make(region, a, &issuer, wait, ret);
}

/* ---- digests ---- */

/* How long after the last digest the next one is due. The last digest promises an interval, so a
 * longer one, set since, counts only after the next digest. */
static int64_t
interval(const struct region *region, const struct store_digest *last, struct arena *a)
{
	int64_t set = region->settings->audit_digest_interval_s;
	struct digest d;

	if (last->seq > 0 && digest_parse(last->digest, a, &d) == 0 && d.interval_s < set)
		return d.interval_s;
	return set;
}

/* A digest is also due when the last one is in the future because the clock was set back. */
static bool
is_due(const struct region *region, const struct store_digest *last, struct arena *a)
{
	int64_t now = clock_wall_s(region->clock);

	return last->seq == 0 || now < last->created_at ||
	    now - last->created_at >= interval(region, last, a);
}

/* Sets where the stretch of the new digest begins: where the last one ended or, for the first
 * digest, at the first record. */
static int
start_set(struct region *region, struct arena *a, const struct store_digest *last, struct digest *d)
{
	struct store_audit_event *v;
	size_t n;
	int r;

	d->start_at = last->created_at;
	if (last->last_hash.n == AUDITCHAIN_BYTES) {
		memcpy(d->first_previous, last->last_hash.p, AUDITCHAIN_BYTES);
		return 0;
	}
	r = store_audit_stretch(region->store, a, STORE_NODE_ONLY, d->first_seq, 1, &v, &n);
	if (r != 0 || n == 0 || v[0].prev_hash.n != AUDITCHAIN_BYTES)
		return r != 0 ? r : ERR_STORE;
	d->start_at = v[0].event_at;
	memcpy(d->first_previous, v[0].prev_hash.p, AUDITCHAIN_BYTES);
	return 0;
}

static int
digest_add(struct region *region, struct arena *a, bool wait, const struct store_digest *last,
    const struct store_audit_head *head)
{
	int64_t now = clock_wall_s(region->clock), seq = 0;
	struct digest d = { .account_id = str_of(region->settings->account_id),
		.region = region->name,
		.seq = last->seq + 1,
		.end_at = now,
		.interval_s = region->settings->audit_digest_interval_s,
		.first_seq = last->last_seq + 1,
		.last_seq = head->seq,
		.previous_signature = last->signature };
	struct store_digest v = { .created_at = now,
		.first_seq = d.first_seq,
		.last_seq = d.last_seq,
		.previous_signature = last->signature };
	struct keyd_question *q;
	struct buf text, signature;
	struct store_pki key;
	char fingerprint[65];
	int r;

	buf_init(&text, DIGEST_MAX_TEXT_BYTES);
	buf_init(&signature, PRIVKEY_MAX_SIGNATURE_BYTES);
	memcpy(d.last_hash, head->hash, sizeof(d.last_hash));
	if ((r = key_get(region, a, wait, &key)) != 0 || (r = start_set(region, a, last, &d)) != 0)
		goto out;
	cert_name_sha256(key.cert_der, fingerprint);
	d.fingerprint = str_of(fingerprint);
	if ((r = digest_write(&text, &d)) != 0)
		goto out;
	q = region->keyd->sign_blob_begin(region->keyd->ctx, key.sealed_key, buf_view(&text));
	if ((r = region->keyd->sign_blob_finish(region->keyd->ctx, q, &signature)) != 0)
		goto out;
	v.last_hash = str_of_n(head->hash, sizeof(head->hash));
	v.digest = buf_view(&text);
	v.signature = buf_view(&signature);
	if ((r = store_digest_add(region->store, &v, &seq)) == 0 && seq != d.seq)
		r = ERR_STORE;
out:
	buf_release(&text);
	buf_release(&signature);
	return r;
}

int
notary_digest(struct region *region, bool now, bool *ret_made)
{
	struct arena *a = arena_new(WORK_BYTES);
	struct store_audit_head head = { .seq = 0 };
	struct store_digest last = { .seq = 0 };
	int r;

	*ret_made = false;
	r = store_digest_last(region->store, a, STORE_NODE_ONLY, &last);
	if ((r == 0 || r == ERR_NOTFOUND) &&
	    (r = store_audit_head(region->store, STORE_NODE_ONLY, &head)) == 0 &&
	    head.seq > last.last_seq && (now || is_due(region, &last, a))) {
		r = digest_add(region, a, now, &last, &head);
		*ret_made = r == 0;
	}
	arena_free(a);
	return r;
}

/* ---- the line ---- */

/* Collects the certificate that signed a digest and those of its issuers, without the root. */
static int
certificates_get(struct region *region, struct arena *a, struct str fingerprint,
    struct digest_line *l)
{
	struct store_pki *v, cert = { .kind = STORE_PKI_AUDIT };
	char name[65];
	size_t i, n;
	int r;

	if ((r = store_pki_list_active(region->store, a, STORE_PKI_AUDIT, &v, &n)) != 0)
		return r;
	for (i = 0; i < n; i++) {
		cert_name_sha256(v[i].cert_der, name);
		if (str_eq_c(fingerprint, name))
			break;
	}
	if (i == n)
		return ERR_NOTFOUND;
	for (cert = v[i]; cert.issuer_id.n > 0 && l->n_certificates < DIGEST_MAX_CERTS;) {
		l->certificates[l->n_certificates++] = cert.cert_der;
		if ((r = store_pki_get(region->store, a, cert.issuer_id, &cert)) != 0)
			return r;
	}
	return 0;
}

int
notary_line_write(struct region *region, const struct store_digest *v, struct buf *out)
{
	struct digest_line l = { .text = v->digest, .signature = v->signature };
	struct arena *a = arena_new(WORK_BYTES);
	struct digest d;
	int r;

	if ((r = digest_parse(v->digest, a, &d)) == 0 &&
	    (r = certificates_get(region, a, d.fingerprint, &l)) == 0)
		r = digest_line_write(out, &l);
	arena_free(a);
	return r;
}
