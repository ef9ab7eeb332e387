/*
 * store_policy: managed policies and their versions. A policy belongs to an account, or to AWS, and
 * then all accounts see it. A name is unique within the account (or among those of AWS) without
 * regard to case. A policy is found by its exact ARN.
 */
#ifndef STORE_STORE_POLICY_H
#define STORE_STORE_POLICY_H

#include "store/store.h"

struct store_policy {
	struct str policy_id;  /* ANPA... */
	struct str account_id; /* empty: it is AWS's */
	struct str arn;
	struct str name;
	struct str path;
	struct str description;
	int64_t created_at;
	int64_t updated_at; /* when its default version was last changed */
	/* Set by the store. The counts are within the account that asks. */
	int64_t default_version;
	int64_t next_version; /* the number that the next version gets */
	int64_t attachment_count;
	int64_t boundary_count; /* of users and roles whose boundary it is */
};

enum store_policy_scope {
	STORE_POLICY_ALL,
	STORE_POLICY_AWS,
	STORE_POLICY_LOCAL,
};

/* By which use to list (OnlyAttached, PolicyUsageFilter). */
enum store_policy_usage {
	STORE_POLICY_ANY_USAGE,
	STORE_POLICY_ATTACHED,
	STORE_POLICY_BOUNDARY,
};

struct store_policy_query {
	struct str account_id; /* the account that asks */
	enum store_policy_scope scope;
	enum store_policy_usage usage;
	struct str path_prefix; /* empty: all */
	struct str after;       /* ARN of the last item of the page before; empty: the first page */
	size_t limit;
};

/* Adds a policy with its document as version 1; updated_at becomes created_at. ERR_EXISTS (name or
 * ARN), ERR_BADSTATE (no such account). */
int store_policy_add(struct store *st, const struct store_policy *v,
    struct str document) MUST_CHECK;
/* account_id is the account that asks; a policy of another account is not found. ERR_NOTFOUND. */
int store_policy_get(struct store *st, struct arena *a, struct str account_id, struct str arn,
    struct store_policy *ret) MUST_CHECK;
/* Lists them in the order of the ARNs. */
int store_policy_list(struct store *st, struct arena *a, const struct store_policy_query *query,
    struct store_policy **ret, size_t *ret_n) MUST_CHECK;
/* Deletes a policy with its last version, which must be the only one. The caller deletes its tags.
 * ERR_NOTFOUND, ERR_BADSTATE (it has other versions, is attached, or is a boundary). */
int store_policy_delete(struct store *st, struct str policy_id) MUST_CHECK;
/* Counts the account's own policies. */
int store_policy_count(struct store *st, struct str account_id, int64_t *ret) MUST_CHECK;

/* ---- versions ---- */

struct store_policy_version {
	struct str policy_id;
	int64_t version; /* 1 is v1; a number is never used again */
	struct str document;
	int64_t created_at;
	bool is_default;
};

/* Adds a version and gives it its number. With is_default it becomes the default version.
 * ERR_NOTFOUND (no such policy). ret_version may be NULL. */
int store_policy_version_add(struct store *st, const struct store_policy_version *v,
    int64_t *ret_version) MUST_CHECK;
int store_policy_version_get(struct store *st, struct arena *a, struct str policy_id,
    int64_t version, struct store_policy_version *ret) MUST_CHECK; /* ERR_NOTFOUND */
/* Lists versions, the newest first, that are older than before; 0: all. */
int store_policy_version_list(struct store *st, struct arena *a, struct str policy_id,
    int64_t before, size_t limit, struct store_policy_version **ret, size_t *ret_n) MUST_CHECK;
/* ERR_NOTFOUND, ERR_BADSTATE (it is the default version). */
int store_policy_version_delete(struct store *st, struct str policy_id, int64_t version) MUST_CHECK;
/* ERR_NOTFOUND (no such policy or version). */
int store_policy_set_default(struct store *st, struct str policy_id, int64_t version,
    int64_t updated_at) MUST_CHECK;
int store_policy_version_count(struct store *st, struct str policy_id, int64_t *ret) MUST_CHECK;
/* Those of all policies of the account's own. */
int store_policy_version_count_all(struct store *st, struct str account_id,
    int64_t *ret) MUST_CHECK;

#endif
