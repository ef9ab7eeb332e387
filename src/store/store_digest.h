/*
 * store_digest: the signed digests over stretches of a node's audit trail. They are as append-only
 * as the trail; store_audit_retain deletes old ones together with their events.
 */
#ifndef STORE_STORE_DIGEST_H
#define STORE_STORE_DIGEST_H

#include "store/store_audit.h"

struct store_digest {
	int64_t node_id;
	int64_t seq; /* set by the store: its number among the node's, from 1 */
	int64_t created_at;
	int64_t first_seq, last_seq;   /* of the node's events that it covers */
	struct str last_hash;          /* 32 bytes: the hash of event last_seq */
	struct str previous_signature; /* empty: it is the first digest */
	struct str signature;
	struct str digest; /* the text that is signed */
};

/* ERR_EXISTS (another digest ends with the same event), ERR_RANGE (node). ret_seq may be NULL. */
int store_digest_add(struct store *st, const struct store_digest *v, int64_t *ret_seq) MUST_CHECK;
/* The newest digest of the node. ERR_NOTFOUND: there is none. */
int store_digest_last(struct store *st, struct arena *a, int64_t node_id,
    struct store_digest *ret) MUST_CHECK;
/* Lists the node's digests from from_seq on, the oldest first. */
int store_digest_list(struct store *st, struct arena *a, int64_t node_id, int64_t from_seq,
    size_t limit, struct store_digest **ret, size_t *ret_n) MUST_CHECK;

#endif
