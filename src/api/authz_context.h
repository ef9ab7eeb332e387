/*
 * authz_context: the condition keys that a decision is made under (wire.md 7.5):
 * those of the caller, of the request as such and of a target's tags. Keys of an
 * action of its own come from its scope (call.h).
 *
 * A key's value is looked up, and put into words, when a policy asks for it: few
 * do, and most ask for few.
 */
#ifndef API_AUTHZ_CONTEXT_H
#define API_AUTHZ_CONTEXT_H

#include "api/call.h"

/*
 * The scope's keys, those of t, and of all others those that one of the policies
 * asks for. Errors as policies_tags_of_caller. ret lives in the call's arena.
 */
int authz_context_asked(struct call *c, const struct call_target *t,
    const struct iam_attached_policy *policies, size_t n_policies,
    struct iam_context *ret) MUST_CHECK;

/* All that there are: to be shown. */
void authz_context_all(struct call *c, const struct call_target *t, struct iam_context *ret);

#endif
