/*
 * store_agent: the agents that may connect, and what each speaks for: all instances of one VPC
 * (lab), or one instance (a real host). An agent is known by its certificate. While it is renewed
 * it has two: it may come with either, until it has come with the next one (decision 0057).
 */
#ifndef STORE_STORE_AGENT_H
#define STORE_STORE_AGENT_H

#include "store/store.h"

struct store_agent {
	struct str agent_id;
	struct str account_id;
	struct str cert_sha256; /* of the certificate's DER, in lower-case hex */
	struct str vpc_id;      /* one of these two is empty, the other is not */
	struct str instance_id;
	int64_t created_at;
	int64_t last_seen_at;   /* 0: never connected */
	int64_t cert_not_after; /* UTC seconds; 0: not known, it was made by an earlier version */
	struct str issuer_id;   /* the authority, in store_pki; empty: not known */
	/* The certificate that is to follow; empty: none. */
	struct str next_sha256;
	int64_t next_not_after;
	struct str next_issuer_id;
	int64_t revoked_at; /* 0: it may connect */
};

/* A certificate of an agent. */
struct store_agent_cert {
	struct str sha256;
	int64_t not_after;
	struct str issuer_id;
};

/* ERR_EXISTS (id or certificate), ERR_BADSTATE (no such account, VPC or issuer), ERR_RANGE (both or
 * none of vpc_id and instance_id). */
int store_agent_add(struct store *st, const struct store_agent *v) MUST_CHECK;
/* Find an agent by its id, and by the present or next certificate. ERR_NOTFOUND. */
int store_agent_get(struct store *st, struct arena *a, struct str agent_id,
    struct store_agent *ret) MUST_CHECK;
int store_agent_get_by_cert(struct store *st, struct arena *a, struct str cert_sha256,
    struct store_agent *ret) MUST_CHECK;
/* At most limit agents behind this id, in the order of their ids. */
int store_agent_list(struct store *st, struct arena *a, struct str after, size_t limit,
    struct store_agent **ret, size_t *ret_n) MUST_CHECK;

/* The agent has connected. ERR_NOTFOUND. */
int store_agent_seen(struct store *st, struct str agent_id, int64_t at) MUST_CHECK;
/* v is to follow the certificate present_sha256; an earlier one that was to follow counts no more.
 * ERR_NOTFOUND (also: the agent is revoked, or that is not its present certificate), ERR_EXISTS
 * (another agent has v), ERR_BADSTATE (no such issuer). */
int store_agent_next(struct store *st, struct str agent_id, struct str present_sha256,
    const struct store_agent_cert *v) MUST_CHECK;
/* The next certificate is the present one from now on, and the one before counts no more.
 * ERR_NOTFOUND. */
int store_agent_follow(struct store *st, struct str agent_id) MUST_CHECK;
/* v is the only certificate from now on, and the agent may connect, also if it was revoked.
 * ERR_NOTFOUND (no such agent), ERR_EXISTS, ERR_BADSTATE (as above). */
int store_agent_replace(struct store *st, struct str agent_id,
    const struct store_agent_cert *v) MUST_CHECK;
/* ERR_NOTFOUND: there is none, or it is revoked. */
int store_agent_revoke(struct store *st, struct str agent_id, int64_t at) MUST_CHECK;

#endif
