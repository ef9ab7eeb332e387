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
#include "iam/steps.h"

/* A tag that a policy asks for: "aws:ResourceTag/Name". */
struct authz_tag_key {
	size_t row;     /* of the table of prefixes in authz_context.c */
	struct str tag; /* "Name" */
};

/* What the policies of a caller ask for, of the keys that are looked up here. */
struct authz_keys {
	uint32_t rows; /* a bit for each row of the table of keys in authz_context.c */
	const struct authz_tag_key *tags;
	size_t n_tags;
	/* If they ask for a tag of the caller: all its tags, those of the session included. */
	const struct store_tag *caller_tags;
	size_t n_caller_tags;
};

/* Finds out what the policies ask for, once for all targets of a call. *ret lives in the call's
 * arena. Takes steps for each key that a policy asks for; when none are left, *ret is worth
 * nothing. Errors are those of policies_tags_of_caller. */
int authz_context_find(struct call *c, const struct iam_attached_policy *policies,
    size_t n_policies, struct steps *steps, struct authz_keys *ret) MUST_CHECK;

/* Gathers the keys of the scope and of t and, of all others, those that are asked for. *ret lives
 * in the call's arena. Takes steps for each comparison; when none are left, *ret is worth nothing.
 */
void authz_context_asked(struct call *c, const struct call_target *t,
    const struct authz_keys *asked, struct steps *steps, struct iam_context *ret);

/* Gathers all keys that there are, for the encoded message of a denial. *ret lives in the call's
 * arena. */
void authz_context_all(struct call *c, const struct call_target *t, struct iam_context *ret);

#endif
