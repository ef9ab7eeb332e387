/*
 * store_audit: the audit trail (wire.md 8). It is append-only: the engine refuses to change an
 * event, and to delete one except through store_audit_retain. Each event is chained by its hash to
 * the one that the same node recorded before it. So nodes that share a store need not wait for each
 * other.
 */
#ifndef STORE_STORE_AUDIT_H
#define STORE_STORE_AUDIT_H

#include "codec/auditchain.h"
#include "store/store.h"

struct store_audit_resource {
	struct str type; /* AWS::EC2::Instance */
	struct str name; /* i-... */
};

/* The node of an installation that has only one. Nodes are 0..STORE_NODE_MAX. */
#define STORE_NODE_ONLY 0
#define STORE_NODE_MAX 32767

struct store_audit_event {
	int64_t node_id;     /* the node that recorded it, in whose chain it is */
	int64_t seq;         /* set by the store: its number in the chain, from 1 without a gap */
	int64_t place;       /* set by the store: its place among the events of all nodes */
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
	struct str error_code; /* empty: the call succeeded */
	struct str record;     /* the whole CloudTrail record as JSON */
	const struct store_audit_resource *resources;
	size_t n_resources;
	/* Set by the store, 32 bytes each; see codec/auditchain.h. */
	struct str prev_hash;
	struct str hash;
};

/* By what to look events up (AttributeKey of LookupEvents). */
enum store_audit_attribute {
	STORE_AUDIT_ANY,
	STORE_AUDIT_EVENT_ID,
	STORE_AUDIT_EVENT_NAME,
	STORE_AUDIT_READ_ONLY, /* the value is "true" or "false" */
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
	int64_t from_at, to_at; /* from_at <= event_at <= to_at */
	/* The event at which the page before ended: only older ones are listed. 0, 0: the first
	 * page. */
	int64_t before_at, before_place;
	size_t limit;
};

/* ERR_EXISTS (event_id), ERR_BADSTATE (no such account), ERR_RANGE (node). */
int store_audit_add(struct store *st, const struct store_audit_event *v) MUST_CHECK;
/* Lists events of all nodes, the newest first: by event_at, then by place. ERR_RANGE (READ_ONLY
 * with another value). */
int store_audit_lookup(struct store *st, struct arena *a, const struct store_audit_query *q,
    struct store_audit_event **ret, size_t *ret_n) MUST_CHECK;

/* When the newest event of all nodes was; 0: there is none. */
int store_audit_newest_at(struct store *st, int64_t *ret) MUST_CHECK;

/* ---- the chain of a node ---- */

/* Lists a node's events from from_seq on, the oldest first, of all accounts: for export and
 * verification. Their resources are not read, because the records have them. */
int store_audit_stretch(struct store *st, struct arena *a, int64_t node_id, int64_t from_seq,
    size_t limit, struct store_audit_event **ret, size_t *ret_n) MUST_CHECK;

struct store_audit_head {
	int64_t seq; /* of the newest event, even if it was deleted; 0: there was none */
	uint8_t hash[AUDITCHAIN_BYTES];
};
int store_audit_head(struct store *st, int64_t node_id, struct store_audit_head *ret) MUST_CHECK;

/*
 * Retention: deletes a node's oldest events, in the order of recording, as long as they are older
 * than keep_from_at, and at most limit (or STORE_PAGE_MAX) of them. If *ret_n is less than that,
 * there are no more. The chain of what is left begins with the hash of the last event that was
 * deleted. Digests whose events are all deleted are deleted too, except the last of them, which
 * vouches for that hash. 100 events take about 10 ms.
 */
int store_audit_retain(struct store *st, int64_t node_id, int64_t keep_from_at, size_t limit,
    int64_t *ret_n) MUST_CHECK;

#endif
