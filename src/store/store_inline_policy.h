/*
 * store_inline_policy: policies embedded in a user, group or role. Names are
 * unique within the entity, and found, without regard to case.
 */
#ifndef STORE_STORE_INLINE_POLICY_H
#define STORE_STORE_INLINE_POLICY_H

#include "store/store.h"

struct store_inline_policy {
	struct str entity_id;
	struct str name;
	struct str document;
};

/* Adds, or replaces the document: then the name stays as it was spelled.
 * ERR_BADSTATE (no such entity). */
int store_inline_policy_put(struct store *st, const struct store_inline_policy *v) MUST_CHECK;
int store_inline_policy_get(struct store *st, struct arena *a, struct str entity_id,
    struct str name, struct store_inline_policy *ret) MUST_CHECK; /* ERR_NOTFOUND */
/* In the order of the folded names. after: name of the last one of the page
 * before; empty: from the first. */
int store_inline_policy_list(struct store *st, struct arena *a, struct str entity_id,
    struct str after, size_t limit, struct store_inline_policy **ret, size_t *ret_n) MUST_CHECK;
int store_inline_policy_delete(struct store *st, struct str entity_id,
    struct str name) MUST_CHECK; /* ERR_NOTFOUND */
int store_inline_policy_count(struct store *st, struct str entity_id, int64_t *ret) MUST_CHECK;
/* Bytes of all documents of the entity but the one of this name (empty: of all),
 * white space not counted, as IAM's quotas have it. */
int store_inline_policy_size(struct store *st, struct str entity_id, struct str but_name,
    int64_t *ret) MUST_CHECK;
/* The same measure of one document. */
size_t store_inline_policy_size_of(struct str document);

#endif
