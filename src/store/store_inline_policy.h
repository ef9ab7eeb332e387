/*
 * store_inline_policy: policies embedded in a user, group or role. A name is unique within the
 * entity, and it is found without regard to case.
 */
#ifndef STORE_STORE_INLINE_POLICY_H
#define STORE_STORE_INLINE_POLICY_H

#include "store/store.h"

struct store_inline_policy {
	struct str entity_id;
	struct str name;
	struct str document;
};

/* Adds a policy, or replaces its document; the name then stays as it was spelled first.
 * ERR_BADSTATE (no such entity). */
int store_inline_policy_put(struct store *st, const struct store_inline_policy *v) MUST_CHECK;
int store_inline_policy_get(struct store *st, struct arena *a, struct str entity_id,
    struct str name, struct store_inline_policy *ret) MUST_CHECK; /* ERR_NOTFOUND */
/* Lists them in the order of the names in lower case. after is the name of the last item of the
 * page before; empty: the first page. */
int store_inline_policy_list(struct store *st, struct arena *a, struct str entity_id,
    struct str after, size_t limit, struct store_inline_policy **ret, size_t *ret_n) MUST_CHECK;
int store_inline_policy_delete(struct store *st, struct str entity_id,
    struct str name) MUST_CHECK; /* ERR_NOTFOUND */
int store_inline_policy_count(struct store *st, struct str entity_id, int64_t *ret) MUST_CHECK;
/* The size of all documents of the entity in bytes, except the one of this name; empty: of all.
 * White space is not counted, as in IAM's quotas. */
int store_inline_policy_size(struct store *st, struct str entity_id, struct str but_name,
    int64_t *ret) MUST_CHECK;
/* The size of one document, counted in the same way. */
size_t store_inline_policy_size_of(struct str document);

#endif
