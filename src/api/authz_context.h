/*
 * authz_context: the condition keys under which a decision is made (wire.md 7.5): those about the
 * caller, about the request as such, and the tags of a target. Keys that only one action has come
 * from its scope (call.h).
 *
 * A key's value is looked up and formatted only when a policy asks for it, because most policies
 * ask for few.
 */
#ifndef API_AUTHZ_CONTEXT_H
#define API_AUTHZ_CONTEXT_H

#include "api/call.h"

/* Gathers the keys of the scope and of t and, of all others, those that one of the policies asks
 * for. *ret lives in the call's arena. Errors are those of policies_tags_of_caller. */
int authz_context_asked(struct call *c, const struct call_target *t,
    const struct iam_attached_policy *policies, size_t n_policies,
    struct iam_context *ret) MUST_CHECK;

/* Gathers all keys that there are, for the encoded message of a denial. *ret lives in the call's
 * arena. */
void authz_context_all(struct call *c, const struct call_target *t, struct iam_context *ret);

#endif
