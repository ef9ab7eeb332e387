/*
 * policies: the compiled policies that count for a principal. They are read from the store once and
 * kept until anything in IAM changes, so that a change counts for the very next request.
 */
#ifndef API_POLICIES_H
#define API_POLICIES_H

#include "api/call.h"

struct policies;

struct policies *policies_new(const struct rng *rng); /* rng seeds its map */
void policies_free(struct policies *p);               /* NULL is fine */
/* Forgets everything that is kept. To be called when something in IAM was written or undone. */
void policies_changed(struct policies *p);

/*
 * Finds the policies that count for the caller. For a user these are its own, those of its groups
 * and its boundary; for an assumed role, those of the role and its boundary. The policies of a
 * session limit it in addition. The root of the account has no policies. *ret lives until the next
 * call of this function or of policies_changed. ERR_SYNTAX: a stored document does not parse, and
 * the caller may do nothing; ERR_TOOBIG likewise; or an error of the store.
 */
int policies_of_caller(struct call *c, const struct iam_attached_policy **ret,
    size_t *ret_n) MUST_CHECK;

/*
 * Finds the tags of the caller's user or role for aws:PrincipalTag, without those of the session.
 * They are kept together with the policies, so that this costs nothing once those were read. The
 * root has none. Lifetime and errors as policies_of_caller.
 */
int policies_tags_of_caller(struct call *c, const struct store_tag **ret, size_t *ret_n) MUST_CHECK;

#endif
