/*
 * store_audit: the audit trail (wire.md 8). Append-only: the engine refuses to
 * change an event, and to delete one except through store_audit_retain. Each
 * event is chained to the one that its node recorded before it by its hash: nodes
 * that share a store need not wait for each other.
 */
#ifndef STORE_STORE_AUDIT_H
#define STORE_STORE_AUDIT_H

#include "codec/auditchain.h"
#include "store/store.h"

struct store_audit_resource {
	struct str type; /* AWS::EC2::Instance */
	struct str name; /* i-... */
};

/* The node of an installation that has but one. Nodes: 0..STORE_NODE_MAX. */
#define STORE_NODE_ONLY 0
#define STORE_NODE_MAX 32767

struct store_audit_event {
	int64_t node_id;     /* who recorded it, and in whose chain it is */
	int64_t seq;         /* set by the store: 1, 2, ... in its chain, without a gap */
	int64_t place;       /* set by the store: among the events of all nodes, for paging */
	struct str event_id; /* UUID */
	int64_t event_at;
	struct str account_id;
	struct str event_source; /* ec2-instance-connect.amazonaws.com */
	struct str event_name;
	bool read_only;
	struct str access_key_id;
	struct str username;
	struct str principal_arn;
	struct str source_ip;
	struct str user_agent;
	struct str request_id;
	struct str error_code; /* empty: it succeeded */
	struct str record;     /* the whole CloudTrail record, JSON */
	const struct store_audit_resource *resources;
	size_t n_resources;
	/* Set by the store, 32 bytes each: codec/auditchain.h. */
	struct str prev_hash;
	struct str hash;
};

/* Which events to look up (LookupEvents' AttributeKey). */
enum store_audit_attribute {
	STORE_AUDIT_ANY,
	STORE_AUDIT_EVENT_ID,
	STORE_AUDIT_EVENT_NAME,
	STORE_AUDIT_READ_ONLY, /* value "true" or "false" */
	STORE_AUDIT_USERNAME,
	STORE_AUDIT_RESOURCE_TYPE,
	STORE_AUDIT_RESOURCE_NAME,
	STORE_AUDIT_EVENT_SOURCE,
	STORE_AUDIT_ACCESS_KEY_ID,
};

struct store_audit_query {
	struct str account_id;
	enum store_audit_attribute attribute;
	struct str value;
	int64_t from_at, to_at;          /* from_at <= event_at <= to_at */
	int64_t before_at, before_place; /* only what is older than this event of the
					  * page before; 0, 0: from the newest */
	size_t limit;
};

/* ERR_EXISTS (event_id); ERR_BADSTATE (no such account); ERR_RANGE (node). */
int store_audit_add(struct store *st, const struct store_audit_event *v) MUST_CHECK;
/* Of all nodes, newest first: by event_at, then place. ERR_RANGE (READ_ONLY with another value). */
int store_audit_lookup(struct store *st, struct arena *a, const struct store_audit_query *q,
    struct store_audit_event **ret, size_t *ret_n) MUST_CHECK;

/* ---- the chain of a node ---- */

/* From event from_seq on, oldest first, of all accounts: for export and
 * verification. Without resources, which the records name. */
int store_audit_stretch(struct store *st, struct arena *a, int64_t node_id, int64_t from_seq,
    size_t limit, struct store_audit_event **ret, size_t *ret_n) MUST_CHECK;

struct store_audit_head {
	int64_t seq; /* of the newest event, though it may be deleted; 0: there was none */
	uint8_t hash[AUDITCHAIN_BYTES];
};
int store_audit_head(struct store *st, int64_t node_id, struct store_audit_head *ret) MUST_CHECK;

/*
 * Retention: deletes the oldest events, in the order of recording, as long as
 * they are older than keep_from_at, and at most limit (and STORE_PAGE_MAX) of
 * them; *ret_n below that: there are no more. The chain of what is left begins
 * with the hash of the last one deleted. Digests go when all they cover went, but
 * for the last such: it vouches for that hash. 100 events take about 10 ms.
 */
int store_audit_retain(struct store *st, int64_t node_id, int64_t keep_from_at, size_t limit,
    int64_t *ret_n) MUST_CHECK;

#endif
