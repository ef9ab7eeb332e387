/*
 * hasher: see hasher.h. The operations on passwords and codes are in access.c, those on digests in
 * notary.c, those on agents in renewal.c. Whoever asks for a key names no public key, no time and
 * no name: so nothing is certified but what was made here, for a purpose that core has, and no
 * longer than the settings say.
 */
#include "keyd/hasher.h"

#include "keyd/access.h"
#include "keyd/cache.h"
#include "keyd/notary.h"
#include "keyd/renewal.h"
#include "keyd/request.h"
#include "pki/attest.h"
#include "pki/cert.h"

#define MAX_PLACE 64
#define DAY INT64_C(86400)
#define BACKDATE_S DAY /* because clocks of hosts may be slow */
/* Of keys for digests. The certificate may last long: nothing is signed for another time than
 * now (notary.h). */
#define AUDIT_LIFETIME_S (5 * 365 * DAY)

/* A new key, and who certifies it. */
struct wanted {
	uint8_t profile, kind;
	struct str sealed_issuer, issuer; /* its key, its certificate */
	struct str place;                 /* REGION.DOMAIN, the end of the name */
};

static int
wanted_read(struct ipc_in *m, struct wanted *v)
{
	int r;

	if ((r = ipc_get_u8(m, &v->profile)) != 0 || (r = ipc_get_u8(m, &v->kind)) != 0 ||
	    (r = ipc_get_str(m, KEYD_MAX_SEALED_KEY, &v->sealed_issuer)) != 0 ||
	    (r = ipc_get_str(m, CERT_MAX_DER_BYTES, &v->issuer)) != 0 ||
	    (r = ipc_get_str(m, MAX_PLACE, &v->place)) != 0)
		return r;
	return ipc_get_end(m);
}

/* What core may have certified, under which name and for how long. ERR_RANGE: nothing else. */
static int
request_fill(const struct keyd_secrets *s, const struct wanted *v, struct buf *name,
    struct cert_request *ret)
{
	int64_t now = clock_wall_s(s->clock), lifetime_s, end_s;
	int r;

	if (v->profile == CERT_SIGNER) {
		buf_c(name, CERT_SIGNER_NAME);
		lifetime_s = s->settings->signer_lifetime_s;
	} else if (v->profile == CERT_AUDIT) {
		buf_c(name, ATTEST_NAME);
		lifetime_s = AUDIT_LIFETIME_S;
	} else {
		return ERR_RANGE;
	}
	if ((r = cert_not_after(v->issuer, &end_s)) != 0)
		return r;
	buf_str(name, v->place);
	ret->profile = (enum cert_profile)v->profile;
	ret->common_name = buf_view(name);
	ret->not_before_s = now - BACKDATE_S;
	ret->not_after_s = end_s < now + lifetime_s ? end_s : now + lifetime_s;
	return buf_err(name);
}

/* Seals the key, and issues its certificate. */
static int
certify(const struct keyd_secrets *s, const struct wanted *v, struct privkey *key,
    struct cert_request *rq, struct buf *sealed, struct buf *der)
{
	struct secret *plain = NULL;
	struct privkey *issuer;
	struct buf public;
	int r;

	buf_init(&public, PRIVKEY_MAX_DER_BYTES);
	if ((r = keyd_cache_private_key(s->cache, SEAL_ISSUER_KEY, v->sealed_issuer, &issuer)) !=
		0 ||
	    (r = privkey_public_write(key, &public)) != 0)
		goto out;
	rq->public_key = buf_view(&public);
	if ((r = cert_issue(issuer, v->issuer, rq, s->rng, der)) == 0 &&
	    (r = privkey_write(key, &plain)) == 0)
		r = seal_wrap(s->seal, v->profile == CERT_SIGNER ? SEAL_SIGNER_KEY : SEAL_AUDIT_KEY,
		    str_of_n(secret_bytes(plain), secret_len(plain)), s->rng, sealed);
out:
	secret_free(plain);
	buf_release(&public);
	return r;
}

static int
new_key(void *ctx, struct ipc_in *m)
{
	struct keyd_request *q = ctx;
	struct wanted v = { .profile = 0 };
	struct cert_request rq = { .profile = 0 };
	struct buf name, sealed, der;
	struct privkey *key = NULL;
	int r;

	if ((r = wanted_read(m, &v)) != 0)
		return r;
	buf_init(&name, sizeof(CERT_SIGNER_NAME) + MAX_PLACE);
	buf_init(&sealed, KEYD_MAX_SEALED_KEY);
	buf_init(&der, CERT_MAX_DER_BYTES);
	if ((r = request_fill(q->secrets, &v, &name, &rq)) == 0 &&
	    (r = privkey_generate((enum privkey_kind)v.kind, &key)) == 0 &&
	    (r = certify(q->secrets, &v, key, &rq, &sealed, &der)) == 0) {
		ipc_put_str(&q->reply, buf_view(&sealed));
		ipc_put_u64(&q->reply, (uint64_t)rq.not_before_s);
		ipc_put_u64(&q->reply, (uint64_t)rq.not_after_s);
	}
	privkey_free(key);
	buf_release(&sealed);
	keyd_request_finish(q, r, &der);
	buf_release(&name);
	return 0;
}

static const struct ipc_rule rules[] = {
	{ .type = MSG_CK_NEW_KEY, .fn = new_key },
	{ .type = MSG_CK_SIGN_DIGEST, .fn = keyd_notary_sign },
	{ .type = MSG_CK_CERTIFY_AGENT, .fn = keyd_renewal_certify },
	{ .type = MSG_CK_NEW_TOTP, .fn = keyd_access_new_totp },
	{ .type = MSG_CK_CHECK_TOTP, .fn = keyd_access_check_totp },
	{ .type = MSG_CK_NEW_PASSWORD, .fn = keyd_access_new_password },
	{ .type = MSG_CK_CHECK_PASSWORD, .fn = keyd_access_check_password },
};
const struct keyd_kind keyd_hasher = { ROLE_CORE, rules, sizeof(rules) / sizeof(rules[0]) };
