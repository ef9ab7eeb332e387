/*
 * notary: see notary.h. Which records are in a digest comes from core, and the text that is signed
 * is written here: so nothing but a digest of now is signed.
 */
#include "keyd/notary.h"

#include "base/alloc.h"
#include "base/date.h"
#include "keyd/cache.h"
#include "keyd/request.h"
#include "pki/cert.h"
#include "pki/cert_name.h"
#include "trail/digest.h"

#define MAX_ACCOUNT 12
#define MAX_REGION 64

struct keyd_notary {
	struct digest
	    last; /* the last one; seq is 0: none was signed. Its texts are in the buffers */
	struct buf account_id, region, previous_signature;
	struct buf text, signature; /* what was signed last, and how */
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

	buf_init(&n->account_id, MAX_ACCOUNT);
	buf_init(&n->region, MAX_REGION);
	buf_init(&n->previous_signature, PRIVKEY_MAX_SIGNATURE_BYTES);
	buf_init(&n->text, DIGEST_MAX_TEXT_BYTES);
	buf_init(&n->signature, PRIVKEY_MAX_SIGNATURE_BYTES);
	return n;
}

void
keyd_notary_free(struct keyd_notary *n)
{
	if (n == NULL)
		return;
	buf_release(&n->account_id);
	buf_release(&n->region);
	buf_release(&n->previous_signature);
	buf_release(&n->text);
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
	    (r = get_number(m, &q->d.first_seq)) != 0 || (r = get_number(m, &q->d.last_seq)) != 0 ||
	    (r = get_hash(m, q->d.first_previous)) != 0 || (r = get_hash(m, q->d.last_hash)) != 0 ||
	    (r = ipc_get_str(m, PRIVKEY_MAX_SIGNATURE_BYTES, &q->d.previous_signature)) != 0)
		return r;
	return ipc_get_end(m);
}

/* ---- signing ---- */

static int
digest_check(const struct digest *d)
{
	if (d->seq < 1 || d->first_seq < 1 || d->first_seq > d->last_seq ||
	    (d->seq == 1) != (d->previous_signature.n == 0) || d->start_at > DATE_MAX_S)
		return ERR_RANGE;
	return 0;
}

/* Does d go on where the last digest ended? */
static bool
follows(const struct keyd_notary *n, const struct digest *d)
{
	const struct digest *last = &n->last;

	return last->seq == 0 ||
	    (d->seq - 1 == last->seq && d->first_seq - 1 == last->last_seq &&
		d->start_at == last->end_at &&
		memcmp(d->first_previous, last->last_hash, AUDITCHAIN_BYTES) == 0 &&
		str_eq(d->previous_signature, buf_view(&n->signature)) &&
		str_eq(d->account_id, last->account_id) && str_eq(d->region, last->region));
}

static struct str
keep(struct buf *b, struct str s)
{
	buf_clear(b);
	buf_str(b, s);
	return buf_view(b);
}

static void
remember(struct keyd_notary *n, const struct digest *d)
{
	n->last = *d;
	n->last.account_id = keep(&n->account_id, d->account_id);
	n->last.region = keep(&n->region, d->region);
	n->last.previous_signature = keep(&n->previous_signature, d->previous_signature);
}

/* Signs the last digest, or has the signature that it had. The key alone may be another one than
 * before, and is named in the text. */
static int
last_sign(struct keyd_notary *n, const struct question *q, struct privkey *key,
    struct buf *ret_text, struct buf *ret_signature)
{
	struct digest d = n->last;
	char fingerprint[65];
	int r;

	cert_name_sha256(q->certificate, fingerprint);
	d.fingerprint = str_of(fingerprint);
	if ((r = digest_write(ret_text, &d)) != 0)
		return r;
	if (str_eq(buf_view(ret_text), buf_view(&n->text))) {
		buf_str(ret_signature, buf_view(&n->signature));
		return 0;
	}
	if ((r = privkey_sign(key, buf_view(ret_text), ret_signature)) == 0) {
		(void)keep(&n->text, buf_view(ret_text));
		(void)keep(&n->signature, buf_view(ret_signature));
	}
	return r;
}

/* A digest counts as signed before it is: so no failure makes room for another one. */
static int
sign(const struct keyd_secrets *v, struct question *q, struct buf *ret_text,
    struct buf *ret_signature)
{
	struct privkey *key;
	int r;

	if ((r = digest_check(&q->d)) != 0 ||
	    (r = keyd_cache_private_key(v->cache, SEAL_AUDIT_KEY, q->sealed, &key)) != 0)
		return r;
	if (!cert_is_of(q->certificate, key))
		return ERR_RANGE;
	if (follows(v->notary, &q->d)) {
		q->d.end_at = clock_wall_s(v->clock);
		q->d.interval_s = v->settings->audit_digest_interval_s;
		remember(v->notary, &q->d);
	}
	return last_sign(v->notary, q, key, ret_text, ret_signature);
}

int
keyd_notary_sign(void *ctx, struct ipc_in *m)
{
	struct keyd_request *q = ctx;
	struct question question = { .sealed = { NULL, 0 } };
	struct buf text, signature;
	int r;

	if ((r = question_read(m, &question)) != 0)
		return r;
	buf_init(&text, DIGEST_MAX_TEXT_BYTES);
	buf_init(&signature, PRIVKEY_MAX_SIGNATURE_BYTES);
	if ((r = sign(q->secrets, &question, &text, &signature)) == 0)
		ipc_put_str(&q->reply, buf_view(&text));
	buf_release(&text);
	keyd_request_finish(q, r, &signature);
	return 0;
}
