/*
 * store_agent: the agents that may connect, and what each speaks for: all instances of one VPC
 * (lab), or one instance (a real host). An agent is known by the certificate that it was given.
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
	int64_t last_seen_at; /* 0: never connected */
};

/* ERR_EXISTS (id or certificate), ERR_BADSTATE (no such account or VPC), ERR_RANGE (both or none of
 * vpc_id and instance_id). */
int store_agent_add(struct store *st, const struct store_agent *v) MUST_CHECK;
/* Find an agent; then note that it was seen. ERR_NOTFOUND. */
int store_agent_get_by_cert(struct store *st, struct arena *a, struct str cert_sha256,
    struct store_agent *ret) MUST_CHECK;
int store_agent_seen(struct store *st, struct str agent_id, int64_t at) MUST_CHECK;

#endif
