/*
 * store_digest: the signed digests over stretches of a node's audit trail. As
 * append-only as the trail; store_audit_retain lets old ones go with it.
 */
#ifndef STORE_STORE_DIGEST_H
#define STORE_STORE_DIGEST_H

#include "store/store_audit.h"

struct store_digest {
	int64_t node_id;
	int64_t seq; /* set by the store: 1, 2, ... of its node */
	int64_t created_at;
	int64_t first_seq, last_seq;   /* of the node's events that it covers */
	struct str last_hash;          /* bytes: the hash of event last_seq */
	struct str previous_signature; /* bytes; empty: the first */
	struct str signature;          /* bytes */
	struct str digest;             /* the text that is signed */
};

/* ERR_EXISTS (one ends with the same event); ERR_RANGE (node). ret_seq may be NULL. */
int store_digest_add(struct store *st, const struct store_digest *v, int64_t *ret_seq) MUST_CHECK;
/* The newest of the node. ERR_NOTFOUND: there is none. */
int store_digest_last(struct store *st, struct arena *a, int64_t node_id,
    struct store_digest *ret) MUST_CHECK;
/* Those of the node from from_seq on, oldest first. */
int store_digest_list(struct store *st, struct arena *a, int64_t node_id, int64_t from_seq,
    size_t limit, struct store_digest **ret, size_t *ret_n) MUST_CHECK;

#endif
