/*
 * renewal: see renewal.h. The public key comes from an agent, by way of core, which does not parse
 * it. Before anything of it is parsed here it has the one length and the one beginning of a key on
 * P-256 (pki/possession.h).
 */
#include "keyd/renewal.h"

#include "keyd/cache.h"
#include "keyd/request.h"
#include "pki/cert.h"
#include "pki/possession.h"

#define MAX_AGENT_ID 64
#define FINGERPRINT_LEN 64
#define DAY INT64_C(86400)
#define BACKDATE_S DAY /* because the clock of a front on another machine may be slow */

struct question {
	struct str sealed_issuer, issuer; /* the authority's key, its certificate */
	struct str agent_id;
	struct str present; /* the cert_name_sha256 of the certificate that the agent has */
	struct str public_key, proof;
};

static int
question_read(struct ipc_in *m, struct question *q)
{
	int r;

	if ((r = ipc_get_str(m, KEYD_MAX_SEALED_KEY, &q->sealed_issuer)) != 0 ||
	    (r = ipc_get_str(m, CERT_MAX_DER_BYTES, &q->issuer)) != 0 ||
	    (r = ipc_get_str(m, MAX_AGENT_ID, &q->agent_id)) != 0 ||
	    (r = ipc_get_str(m, FINGERPRINT_LEN, &q->present)) != 0 ||
	    (r = ipc_get_str(m, POSSESSION_KEY_BYTES, &q->public_key)) != 0 ||
	    (r = ipc_get_str(m, POSSESSION_PROOF_MAX_BYTES, &q->proof)) != 0)
		return r;
	return ipc_get_end(m);
}

static int
certify(const struct keyd_secrets *s, const struct question *q, struct cert_request *rq,
    struct buf *der)
{
	int64_t now = clock_wall_s(s->clock), end_s;
	struct privkey *issuer;
	int r;

	if ((r = possession_verify(q->public_key, q->present, q->proof)) != 0 ||
	    (r = keyd_cache_private_key(s->cache, SEAL_AGENT_CA_KEY, q->sealed_issuer, &issuer)) !=
		0 ||
	    (r = cert_not_after(q->issuer, &end_s)) != 0)
		return r;
	*rq = (struct cert_request){ .profile = CERT_AGENT_CLIENT,
		.common_name = q->agent_id,
		.public_key = q->public_key,
		.not_before_s = now - BACKDATE_S,
		.not_after_s = now + s->settings->agent_lifetime_s };
	if (rq->not_after_s > end_s)
		rq->not_after_s = end_s;
	return cert_issue(issuer, q->issuer, rq, s->rng, der);
}

int
keyd_renewal_certify(void *ctx, struct ipc_in *m)
{
	struct question question = { .proof = { NULL, 0 } };
	struct keyd_request *q = ctx;
	struct cert_request rq;
	struct buf der;
	int r;

	if ((r = question_read(m, &question)) != 0)
		return r;
	buf_init(&der, CERT_MAX_DER_BYTES);
	if ((r = certify(q->secrets, &question, &rq, &der)) == 0)
		ipc_put_u64(&q->reply, (uint64_t)rq.not_after_s);
	keyd_request_finish(q, r, &der);
	return 0;
}
