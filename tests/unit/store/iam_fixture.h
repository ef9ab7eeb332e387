/*
 * iam_fixture: makes a user, group, role or policy of ACCOUNT from its name. The id is the prefix
 * of its kind and the name.
 */
#ifndef IAM_FIXTURE_H
#define IAM_FIXTURE_H

#include "fixture.h"

#include "store/store_group.h"
#include "store/store_policy.h"
#include "store/store_role.h"
#include "store/store_user.h"

static inline struct str
iam_arn(struct fixture *f, const char *kind, const char *name)
{
	return arena_fmt(f->a, "arn:aws:iam::111122223333:%s/%s", kind, name);
}

static inline struct store_user
iam_user(struct fixture *f, const char *name)
{
	return (struct store_user){ .user_id = arena_fmt(f->a, "AIDA%s", name),
		.account_id = ACCOUNT,
		.name = arena_fmt(f->a, "%s", name),
		.path = STR("/"),
		.arn = iam_arn(f, "user", name),
		.created_at = 1000 };
}

static inline void
iam_add_user(struct fixture *f, const char *name)
{
	const struct store_user v = iam_user(f, name);

	assert_ok(store_user_add(f->st, &v));
}

static inline struct store_group
iam_group(struct fixture *f, const char *name)
{
	return (struct store_group){ .group_id = arena_fmt(f->a, "AGPA%s", name),
		.account_id = ACCOUNT,
		.name = arena_fmt(f->a, "%s", name),
		.path = STR("/"),
		.arn = iam_arn(f, "group", name),
		.created_at = 1000 };
}

static inline void
iam_add_group(struct fixture *f, const char *name)
{
	const struct store_group v = iam_group(f, name);

	assert_ok(store_group_add(f->st, &v));
}

static inline struct store_role
iam_role(struct fixture *f, const char *name)
{
	return (struct store_role){ .role_id = arena_fmt(f->a, "AROA%s", name),
		.account_id = ACCOUNT,
		.name = arena_fmt(f->a, "%s", name),
		.path = STR("/"),
		.arn = iam_arn(f, "role", name),
		.created_at = 1000,
		.trust_policy = STR("{\"trust\":1}"),
		.max_session_s = 3600 };
}

static inline void
iam_add_role(struct fixture *f, const char *name)
{
	const struct store_role v = iam_role(f, name);

	assert_ok(store_role_add(f->st, &v));
}

static inline struct store_policy
iam_policy(struct fixture *f, const char *name)
{
	return (struct store_policy){ .policy_id = arena_fmt(f->a, "ANPA%s", name),
		.account_id = ACCOUNT,
		.arn = iam_arn(f, "policy", name),
		.name = arena_fmt(f->a, "%s", name),
		.path = STR("/"),
		.created_at = 1000 };
}

/* With the document "NAME v1". */
static inline void
iam_add_policy(struct fixture *f, const char *name)
{
	const struct store_policy v = iam_policy(f, name);

	assert_ok(store_policy_add(f->st, &v, arena_fmt(f->a, "%s v1", name)));
}

#endif
