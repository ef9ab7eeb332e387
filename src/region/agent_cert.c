/*
 * agent_cert: see agent_cert.h. Nothing here depends on the clock of the agent: what is due, and
 * until when a certificate is good, is counted by that of eicd.
 */
#include "region/agent_cert.h"

#include "base/log.h"
#include "codec/pem.h"
#include "pki/cert_name.h"
#include "region/agents_state.h"
#include "region/later.h"
#include "store/store_agent.h"
#include "store/store_pki.h"

#define WORK_BYTES (1u << 17)
#define DAY_S INT64_C(86400)
#define ASK_AGAIN_MS (60 * 60 * 1000)
/* So many agents are asked at once: as many as are certified until the next time. */
#define ASK_MAX 256
#define WARN_S (7 * DAY_S)

/* ---- when ---- */

/* The authority that certifies agents now: the newest. ERR_NOTFOUND. */
static int
issuer_get(struct region *region, struct arena *a, struct store_pki *ret)
{
	struct store_pki *v;
	size_t n;
	int r;

	r = store_pki_list_active(region->store, a, STORE_PKI_AGENT_CA, &v, &n);
	if (r == 0 && n == 0)
		r = ERR_NOTFOUND;
	if (r == 0)
		*ret = v[0];
	return r;
}

static int64_t
left_s(const struct region *region, const struct agent_cert *c)
{
	return c->not_after - clock_wall_s(region->clock);
}

/*
 * A new key is due when two thirds of the life of a certificate are over, unless it ends with its
 * authority: a new one could not last longer. Also when the present certificate is of an earlier
 * authority, or lasts longer than one that would be made now: it was made by an earlier version, or
 * the setting is another now. A day more is allowed, as that setting may change by little. None is
 * due while one that the agent has said is being certified.
 */
static bool
is_due(const struct region *region, const struct agent_cert *c, const struct store_pki *issuer)
{
	int64_t lifetime_s = region->settings->agent_lifetime_s, left = left_s(region, c);

	if (c->step >= AGENT_CERT_WAITING)
		return false;
	if (c->not_after == 0 || !str_eq_c(issuer->cert_id, c->issuer_id) ||
	    left > lifetime_s + DAY_S)
		return true;
	return left < lifetime_s / 3 && c->not_after < issuer->not_after_at;
}

static void
warn(const struct region *region, const struct link *l)
{
	int64_t left = left_s(region, &l->cert);

	if (l->cert.asked_ms != 0 && l->cert.not_after != 0 && left < WARN_S &&
	    left < region->settings->agent_lifetime_s / 4)
		log_warn("agent-certificate-ends", log_c("agent", l->agent_id), log_i("in_s", left),
		    log_c("why", "its agent was asked for a new key before, and has none yet"));
}

static void
ask(struct region *region, struct link *l)
{
	int64_t left = l->cert.not_after == 0 ? 0 : left_s(region, &l->cert);
	const struct link_message m = { .type = LINK_RENEW, .renew = { left > 0 ? left : 0 } };

	warn(region, l);
	l->cert.step = AGENT_CERT_ASKED;
	l->cert.asked_ms = clock_boot_ms(region->clock);
	agents_send(region, l->number, &m);
}

int
agent_cert_ask(struct region *region, struct link *l)
{
	struct arena *a = arena_new(WORK_BYTES);
	struct store_pki issuer;
	int r;

	if ((r = issuer_get(region, a, &issuer)) == 0 && is_due(region, &l->cert, &issuer))
		ask(region, l);
	arena_free(a);
	return r == ERR_NOTFOUND ? 0 : r;
}

static bool
asked_lately(const struct region *region, const struct agent_cert *c)
{
	return c->asked_ms != 0 && clock_boot_ms(region->clock) - c->asked_ms < ASK_AGAIN_MS;
}

int
agent_cert_ask_all(struct region *region)
{
	struct agents *u = region->agents;
	struct arena *a = arena_new(WORK_BYTES);
	struct store_pki issuer;
	size_t i, asked = 0;
	int r;

	if ((r = issuer_get(region, a, &issuer)) != 0)
		goto out;
	for (i = 0; i < u->n && asked < ASK_MAX; i++) {
		if (u->links[i].state != AGENT_SYNCED || asked_lately(region, &u->links[i].cert) ||
		    !is_due(region, &u->links[i].cert, &issuer))
			continue;
		ask(region, &u->links[i]);
		asked++;
	}
out:
	arena_free(a);
	return r == ERR_NOTFOUND ? 0 : r;
}

/* ---- the new key ---- */

int
agent_cert_said(struct region *region, struct link *l, const struct link_renewal *m)
{
	(void)region;
	if (l->cert.step != AGENT_CERT_ASKED)
		return ERR_BADSTATE;
	/* Both have been checked to fit (link/shape.c). */
	memcpy(l->cert.public_key, m->public_key.p, sizeof(l->cert.public_key));
	memcpy(l->cert.proof, m->proof.p, m->proof.n);
	l->cert.n_proof = m->proof.n;
	l->cert.step = AGENT_CERT_WAITING;
	return 0;
}

/* The first link whose renewal has come so far. */
static struct link *
at_step(const struct region *region, enum agent_cert_step step)
{
	const struct agents *u = region->agents;
	size_t i;

	for (i = 0; i < u->n; i++) {
		if (u->links[i].cert.step == step)
			return &u->links[i];
	}
	return NULL;
}

bool
agent_cert_busy(const struct region *region)
{
	return region->agents->cert != NULL || at_step(region, AGENT_CERT_WAITING) != NULL;
}

static void
refuse(struct region *region, struct link *l, int why)
{
	const struct link_message m = { .type = LINK_RENEWAL_REFUSED,
		.renewal_refused = { why == ERR_CRYPTO ? STR("the key or its proof is not right")
						       : STR("it cannot be certified now") } };

	log_warn("agent-renewal-refused", log_c("agent", l->agent_id), log_e(why));
	agents_send(region, l->number, &m);
}

/*
 * While keyd made the certificate, root has revoked the one of this link, or has given the agent
 * another. Then whoever is at this link may be the very one who is to be kept out.
 */
static void
revoked(struct region *region, struct link *l)
{
	refuse(region, l, ERR_NOTFOUND);
	outbox_close(region->outbox, l->number, LINK_CODE_REVOKED,
	    STR("the certificate was revoked"));
}

/* Stores the certificate as the next one, and tells it the agent. ERR_NOTFOUND: the one of this
 * link counts no more. */
static int
keep(struct region *region, struct link *l, const struct store_pki *issuer, struct str der,
    int64_t not_after)
{
	char name[65];
	const struct store_agent_cert next = { .not_after = not_after,
		.issuer_id = issuer->cert_id };
	struct store_agent_cert v = next;
	struct link_message m = { .type = LINK_CERTIFICATE };
	struct buf pem;
	int r;

	cert_name_sha256(der, name);
	v.sha256 = str_of(name);
	r = store_agent_next(region->store, str_of(l->agent_id), str_of(l->cert.sha256), &v);
	if (r != 0)
		return r;
	buf_init(&pem, LINK_MAX_CERTIFICATE_BYTES);
	pem_write(&pem, "CERTIFICATE", der);
	m.certificate.certificate = buf_view(&pem);
	if ((r = buf_err(&pem)) == 0) {
		agents_send(region, l->number, &m);
		log_info("agent-renewed", log_c("agent", l->agent_id), log_c("certificate", name),
		    log_i("not_after", not_after));
	}
	buf_release(&pem);
	return r;
}

static int
certify(struct region *region, struct link *l, const struct store_pki *issuer)
{
	struct agents *u = region->agents;
	const struct keyd_hash wanted = { .kind = KEYD_CERTIFY_AGENT,
		.sealed = issuer->sealed_key,
		.certificate = issuer->cert_der,
		.text = str_of(l->agent_id),
		.present = str_of(l->cert.sha256),
		.public_key = str_of_n(l->cert.public_key, sizeof(l->cert.public_key)),
		.proof = str_of_n(l->cert.proof, l->cert.n_proof) };
	struct keyd_hash_answer made = { .right = false };
	int r;

	l->cert.step = AGENT_CERT_MAKING;
	if ((r = later_take(region, &wanted, &u->cert, false, &made)) == ERR_AGAIN)
		return 0;
	l->cert.step = AGENT_CERT_QUIET;
	if (r == 0) {
		r = keep(region, l, issuer, buf_view(&made.first), made.not_after_s);
		if (r == ERR_NOTFOUND) {
			revoked(region, l);
			r = 0;
		}
	} else {
		refuse(region, l, r);
		r = 0;
	}
	buf_wipe(&made.first);
	buf_wipe(&made.second);
	return r;
}

/* The link is gone for which keyd was asked: its answer is dropped, though another link may have
 * its number now, which front chooses. */
static void
forget(struct region *region)
{
	struct agents *u = region->agents;

	if (region->keyd->hash_ready(region->keyd->ctx, u->cert))
		later_drop(region, KEYD_CERTIFY_AGENT, &u->cert);
}

int
agent_cert_turn(struct region *region)
{
	const struct agents *u = region->agents;
	struct link *l = at_step(region, u->cert != NULL ? AGENT_CERT_MAKING : AGENT_CERT_WAITING);
	struct store_pki issuer;
	struct arena *a;
	int r;

	if (l == NULL) {
		if (u->cert != NULL)
			forget(region);
		return 0;
	}
	a = arena_new(WORK_BYTES);
	if ((r = issuer_get(region, a, &issuer)) == 0)
		r = certify(region, l, &issuer);
	arena_free(a);
	return r;
}

void
agent_cert_stop(struct region *region)
{
	later_drop(region, KEYD_CERTIFY_AGENT, &region->agents->cert);
}
