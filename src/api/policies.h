/*
 * policies: the policies that count for a principal, compiled. Read from the
 * store once and kept until anything in IAM changes: a change counts for the
 * very next request.
 */
#ifndef API_POLICIES_H
#define API_POLICIES_H

#include "api/call.h"

struct policies;

struct policies *policies_new(const struct rng *rng); /* for its map */
void policies_free(struct policies *p);               /* NULL is fine */
/* Something in IAM was written, or undone: nothing kept is used again. */
void policies_changed(struct policies *p);

/*
 * Those of the caller: of a user its own, its groups' and its boundary; of an
 * assumed role the role's and its boundary, and the session's. The root of the
 * account has none. They live until the next call of policies_changed.
 * ERR_SYNTAX: a stored document does not parse (fail closed), or as the store.
 */
int policies_of_caller(struct call *c, const struct iam_attached_policy **ret,
    size_t *ret_n) MUST_CHECK;

/*
 * Tags of the caller's user or role, for aws:PrincipalTag; not those of the
 * session. Kept as the policies are, so that asking costs nothing when those are
 * there already. The root has none. As policies_of_caller.
 */
int policies_tags_of_caller(struct call *c, const struct store_tag **ret, size_t *ret_n) MUST_CHECK;

#endif
