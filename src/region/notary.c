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
#include "region/later.h"
#include "store/store_audit.h"
#include "store/store_pki.h"
#include "trail/digest.h"

#define DAY INT64_C(86400)
#define CERT_RENEW_S (30 * DAY)
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
key_make(struct region *region, struct arena *a, const struct store_pki *issuer, bool wait,
    struct store_pki *ret)
{
	struct store_pki v = { .kind = STORE_PKI_AUDIT,
		.state = STORE_PKI_ACTIVE,
		.key_kind = STORE_PKI_RSA2048,
		.issuer_id = issuer->cert_id };
	const struct keyd_hash wanted = { .kind = KEYD_NEW_KEY,
		.profile = CERT_AUDIT,
		.key_kind = PRIVKEY_RSA2048,
		.sealed = issuer->sealed_key,
		.certificate = issuer->cert_der,
		.text = arena_fmt(a, "%.*s.%.*s", STR_FMT(region->name), STR_FMT(region->domain)) };
	struct keyd_hash_answer made = { .right = false };
	char id[41];
	int r;

	if ((r = later_take(region, &wanted, &region->notary_key, wait, &made)) != 0)
		goto out;
	v.sealed_key = arena_str(a, buf_view(&made.first));
	v.cert_der = arena_str(a, buf_view(&made.second));
	v.not_before_at = made.not_before_s;
	v.not_after_at = made.not_after_s;
	cert_name_sha1(v.cert_der, id);
	v.cert_id = arena_str(a, str_of(id));
	if ((r = store_pki_add(region->store, &v)) == 0) {
		log_info("audit-signer", log_c("new", id));
		*ret = v;
	}
out:
	buf_wipe(&made.first);
	buf_wipe(&made.second);
	return r;
}

/* May the certificate sign now? It is replaced when its issuer was (eicd keys signers, root-use),
 * as auditors may trust the new root alone; and some time before it ends, unless it ends together
 * with its issuer: then a new one could not last longer. */
static bool
is_usable(const struct store_pki *v, const struct store_pki *issuer, int64_t now)
{
	return str_eq(v->issuer_id, issuer->cert_id) && v->not_before_at <= now &&
	    now < v->not_after_at - (v->not_after_at < issuer->not_after_at ? CERT_RENEW_S : 0);
}

/* Do the certificates above a signer's all count now? Where the clock is wrong they do not, and
 * what is signed then could never be verified. ERR_RANGE. */
static int
chain_check(struct region *region, struct arena *a, const struct store_pki *issuer)
{
	int64_t now = clock_wall_s(region->clock);
	struct store_pki v = *issuer;
	int r;

	while (v.not_before_at <= now && now < v.not_after_at) {
		if (v.issuer_id.n == 0)
			return 0;
		if ((r = store_pki_get(region->store, a, v.issuer_id, &v)) != 0)
			return r;
	}
	return ERR_RANGE;
}

/* The key that signs digests now. ERR_AGAIN: it is being made; never with wait. ERR_RANGE: none can
 * sign now. */
static int
key_get(struct region *region, struct arena *a, bool wait, struct store_pki *ret)
{
	struct store_pki issuer = { .kind = STORE_PKI_INTERMEDIATE }, *v;
	size_t i, n;
	int r;

	if ((r = issuer_get(region, a, &issuer)) != 0 ||
	    (r = chain_check(region, a, &issuer)) != 0 ||
	    (r = store_pki_list_active(region->store, a, STORE_PKI_AUDIT, &v, &n)) != 0)
		return r;
	for (i = 0; i < n; i++) {
		if (is_usable(&v[i], &issuer, clock_wall_s(region->clock))) {
			*ret = v[i];
			return 0;
		}
	}
	return key_make(region, a, &issuer, wait, ret);
}

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

/* Asks keyd to sign a digest of the records from behind last up to head. */
static int
digest_begin(struct region *region, struct arena *a, bool wait, const struct store_digest *last,
    const struct store_audit_head *head)
{
	struct digest d = { .account_id = str_of(region->settings->account_id),
		.region = region->name,
		.seq = last->seq + 1,
		.first_seq = last->last_seq + 1,
		.last_seq = head->seq,
		.previous_signature = last->signature };
	struct keyd_hash wanted = { .kind = KEYD_SIGN_DIGEST, .digest = &d };
	struct store_pki key;
	int r;

	memcpy(d.last_hash, head->hash, sizeof(d.last_hash));
	if ((r = key_get(region, a, wait, &key)) != 0 || (r = start_set(region, a, last, &d)) != 0)
		return r;
	wanted.sealed = key.sealed_key;
	wanted.certificate = key.cert_der;
	region->digest_asked_at = clock_wall_s(region->clock);
	region->digest_signature = region->keyd->hash_begin(region->keyd->ctx, &wanted);
	return 0;
}

/* Is d the digest behind the last one that is stored, of records that are stored? ERR_BADSTATE: it
 * is not. */
static int
digest_fits(struct region *region, struct arena *a, const struct digest *d)
{
	struct store_digest last = { .seq = 0 };
	struct store_audit_event *v;
	struct digest want;
	size_t n;
	int r;

	r = store_digest_last(region->store, a, STORE_NODE_ONLY, &last);
	if (r != 0 && r != ERR_NOTFOUND)
		return r;
	want = (struct digest){ .seq = last.seq + 1, .first_seq = last.last_seq + 1 };
	if ((r = start_set(region, a, &last, &want)) != 0 ||
	    (r = store_audit_stretch(region->store, a, STORE_NODE_ONLY, d->last_seq, 1, &v, &n)) !=
		0)
		return r;
	if (d->seq == want.seq && d->first_seq == want.first_seq &&
	    memcmp(d->first_previous, want.first_previous, AUDITCHAIN_BYTES) == 0 &&
	    str_eq(d->previous_signature, last.signature) && n == 1 && v[0].seq == d->last_seq &&
	    str_eq(v[0].hash, str_of_n(d->last_hash, AUDITCHAIN_BYTES)))
		return 0;
	log_error("digest-lost", log_i("signed", d->seq), log_i("stored", last.seq),
	    log_i("last_record", d->last_seq),
	    log_c("why",
		"eicd-keyd-hash has signed a digest that the database has not, or of other "
		"records: the database is an older copy, or somebody wrote to it"));
	return ERR_BADSTATE;
}

/* Stores the digest that was signed, with its signature. */
static int
digest_keep(struct region *region, struct arena *a, struct str text, struct str signature)
{
	struct store_digest v = { .signature = signature, .digest = text };
	struct digest_line l = { .n_certificates = 0 };
	struct digest d;
	int64_t seq = 0;
	int r;

	if ((r = digest_parse(text, a, &d)) != 0 || (r = digest_fits(region, a, &d)) != 0)
		return r;
	if (d.end_at < region->digest_asked_at)
		log_warn("digest-recovered", log_i("digest", d.seq), log_i("end_s", d.end_at));
	/* The transaction in which its key was stored may have been undone. */
	if ((r = certificates_get(region, a, d.fingerprint, &l)) != 0)
		return r;
	v.created_at = d.end_at;
	v.first_seq = d.first_seq;
	v.last_seq = d.last_seq;
	v.last_hash = str_of_n(d.last_hash, sizeof(d.last_hash));
	v.previous_signature = d.previous_signature;
	if ((r = store_digest_add(region->store, &v, &seq)) == 0 && seq != d.seq)
		r = ERR_STORE;
	return r;
}

/* Takes the digest that keyd is signing. *ret_made: it is stored. False: it is not signed yet. */
static int
digest_take(struct region *region, struct arena *a, bool wait, bool *ret_made)
{
	const struct keyd_hash wanted = { .kind = KEYD_SIGN_DIGEST };
	struct keyd_hash_answer made = { .right = false };
	int r;

	if (region->digest_signature == NULL)
		return 0;
	r = later_take(region, &wanted, &region->digest_signature, wait, &made);
	if (r == 0 &&
	    (r = digest_keep(region, a, buf_view(&made.first), buf_view(&made.second))) == 0)
		*ret_made = true;
	buf_wipe(&made.first);
	buf_wipe(&made.second);
	return r == ERR_AGAIN ? 0 : r;
}

int
notary_digest(struct region *region, bool now, bool *ret_made)
{
	struct arena *a = arena_new(WORK_BYTES);
	struct store_audit_head head = { .seq = 0 };
	struct store_digest last = { .seq = 0 };
	int r;

	*ret_made = false;
	/* One that is under way comes first: what was recorded since is in the next one. */
	if ((r = digest_take(region, a, now, ret_made)) != 0 || region->digest_signature != NULL)
		goto out;
	r = store_digest_last(region->store, a, STORE_NODE_ONLY, &last);
	if ((r == 0 || r == ERR_NOTFOUND) &&
	    (r = store_audit_head(region->store, STORE_NODE_ONLY, &head)) == 0 &&
	    head.seq > last.last_seq && (now || is_due(region, &last, a)) &&
	    (r = digest_begin(region, a, now, &last, &head)) == 0)
		r = digest_take(region, a, now, ret_made);
out:
	arena_free(a);
	return r;
}

/* ---- the line ---- */

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
