/*
 * notary: see notary.h. The fields of a digest come from core, and the text that is signed is
 * written here: so nothing but a digest is signed.
 */
#include "keyd/notary.h"

#include "base/alloc.h"
#include "keyd/cache.h"
#include "keyd/request.h"
#include "pki/cert.h"
#include "pki/cert_name.h"
#include "trail/digest.h"

#define MAX_ACCOUNT 12
#define MAX_REGION 64

struct keyd_notary {
	int64_t seq; /* 0: nothing was signed yet */
	int64_t first_seq, last_seq;
	uint8_t first_previous[AUDITCHAIN_BYTES], last_hash[AUDITCHAIN_BYTES];
	struct buf previous, signature;
};

/* A question: a digest, and the key that is to sign it. */
struct question {
	struct str sealed, certificate;
	struct digest d;
};

struct keyd_notary *
keyd_notary_new(void)
{
	struct keyd_notary *n = xalloc(sizeof(*n));

	buf_init(&n->previous, PRIVKEY_MAX_SIGNATURE_BYTES);
	buf_init(&n->signature, PRIVKEY_MAX_SIGNATURE_BYTES);
	return n;
}

void
keyd_notary_free(struct keyd_notary *n)
{
	if (n == NULL)
		return;
	buf_release(&n->previous);
	buf_release(&n->signature);
	xfree(n);
}

/* ---- reading ---- */

static int
get_number(struct ipc_in *m, int64_t *ret)
{
	uint64_t v;
	int r;

	if ((r = ipc_get_u64(m, &v)) != 0)
		return r;
	if (v > INT64_MAX)
		return ERR_PEER;
	*ret = (int64_t)v;
	return 0;
}

static int
get_hash(struct ipc_in *m, uint8_t ret[static AUDITCHAIN_BYTES])
{
	struct str s;
	int r;

	if ((r = ipc_get_str(m, AUDITCHAIN_BYTES, &s)) != 0)
		return r;
	if (s.n != AUDITCHAIN_BYTES)
		return ERR_PEER;
	memcpy(ret, s.p, AUDITCHAIN_BYTES);
	return 0;
}

static int
question_read(struct ipc_in *m, struct question *q)
{
	int r;

	if ((r = ipc_get_str(m, KEYD_MAX_SEALED_KEY, &q->sealed)) != 0 ||
	    (r = ipc_get_str(m, CERT_MAX_DER_BYTES, &q->certificate)) != 0 ||
	    (r = ipc_get_str(m, MAX_ACCOUNT, &q->d.account_id)) != 0 ||
	    (r = ipc_get_str(m, MAX_REGION, &q->d.region)) != 0 ||
	    (r = get_number(m, &q->d.seq)) != 0 || (r = get_number(m, &q->d.start_at)) != 0 ||
	    (r = get_number(m, &q->d.end_at)) != 0 || (r = get_number(m, &q->d.interval_s)) != 0 ||
	    (r = get_number(m, &q->d.first_seq)) != 0 || (r = get_number(m, &q->d.last_seq)) != 0 ||
	    (r = get_hash(m, q->d.first_previous)) != 0 || (r = get_hash(m, q->d.last_hash)) != 0 ||
	    (r = ipc_get_str(m, PRIVKEY_MAX_SIGNATURE_BYTES, &q->d.previous_signature)) != 0)
		return r;
	return ipc_get_end(m);
}

/* ---- refusing ---- */

/* Does d follow the digest that was signed last? Or does it replace that one, because core died
 * before it had stored it? */
static bool
follows(const struct keyd_notary *n, const struct digest *d)
{
	if (n->seq == 0)
		return true;
	if (d->seq == n->seq)
		return d->first_seq == n->first_seq &&
		    memcmp(d->first_previous, n->first_previous, AUDITCHAIN_BYTES) == 0 &&
		    str_eq(d->previous_signature, buf_view(&n->previous));
	return d->seq == n->seq + 1 && d->first_seq == n->last_seq + 1 &&
	    memcmp(d->first_previous, n->last_hash, AUDITCHAIN_BYTES) == 0 &&
	    str_eq(d->previous_signature, buf_view(&n->signature));
}

static int
digest_check(const struct keyd_secrets *v, const struct digest *d)
{
	int64_t now = clock_wall_s(v->clock);

	if (d->seq < 1 || d->first_seq < 1 || d->first_seq > d->last_seq || d->interval_s < 1 ||
	    (d->seq == 1) != (d->previous_signature.n == 0))
		return ERR_RANGE;
	if (d->end_at < now - KEYD_NEAR_S || d->end_at > now + KEYD_NEAR_S)
		return ERR_RANGE;
	return follows(v->notary, d) ? 0 : ERR_BADSTATE;
}

static void
remember(struct keyd_notary *n, const struct digest *d, struct str signature)
{
	n->seq = d->seq;
	n->first_seq = d->first_seq;
	n->last_seq = d->last_seq;
	memcpy(n->first_previous, d->first_previous, AUDITCHAIN_BYTES);
	memcpy(n->last_hash, d->last_hash, AUDITCHAIN_BYTES);
	buf_clear(&n->previous);
	buf_str(&n->previous, d->previous_signature);
	buf_clear(&n->signature);
	buf_str(&n->signature, signature);
}

static int
sign(const struct keyd_secrets *v, struct question *q, struct buf *ret)
{
	char fingerprint[65];
	struct privkey *key;
	struct buf text;
	int r;

	if ((r = digest_check(v, &q->d)) != 0 ||
	    (r = keyd_cache_private_key(v->cache, SEAL_AUDIT_KEY, q->sealed, &key)) != 0)
		return r;
	if (!cert_is_of(q->certificate, key))
		return ERR_RANGE;
	cert_name_sha256(q->certificate, fingerprint);
	q->d.fingerprint = str_of(fingerprint);
	buf_init(&text, DIGEST_MAX_TEXT_BYTES);
	if ((r = digest_write(&text, &q->d)) == 0 &&
	    (r = privkey_sign(key, buf_view(&text), ret)) == 0)
		remember(v->notary, &q->d, buf_view(ret));
	buf_release(&text);
	return r;
}

int
keyd_notary_sign(void *ctx, struct ipc_in *m)
{
	struct keyd_request *q = ctx;
	struct question question = { .sealed = { NULL, 0 } };
	struct buf signature;
	int r;

	if ((r = question_read(m, &question)) != 0)
		return r;
	buf_init(&signature, PRIVKEY_MAX_SIGNATURE_BYTES);
	keyd_request_finish(q, sign(q->secrets, &question, &signature), &signature);
	return 0;
}
