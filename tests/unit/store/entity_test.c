/* entity_test: tests users, groups, roles and instance profiles. */
#include "iam_fixture.h"

#include "store/store_attachment.h"
#include "store/store_inline_policy.h"
#include "store/store_instance_profile.h"

/* ---- users ---- */

static void
user_round_trip(void **state)
{
	struct fixture *f = *state;
	struct store_user in = iam_user(f, "Alice"), v;
	struct store_entity e;

	iam_add_policy(f, "limit");
	in.path = STR("/eng/");
	in.boundary_arn = iam_arn(f, "policy", "limit");
	assert_ok(store_user_add(f->st, &in));
	fixture_reopen(f);
	assert_ok(store_user_get(f->st, f->a, ACCOUNT, STR("Alice"), &v));
	assert_str(v.user_id, "AIDAAlice");
	assert_str(v.account_id, "111122223333");
	assert_str(v.name, "Alice");
	assert_str(v.path, "/eng/");
	assert_str(v.arn, "arn:aws:iam::111122223333:user/Alice");
	assert_str(v.boundary_arn, "arn:aws:iam::111122223333:policy/limit");
	assert_int_equal(v.created_at, 1000);
	assert_int_equal(v.sealed_password.n, 0);
	assert_int_equal(v.password_created_at, 0);
	assert_false(v.reset_required);
	assert_int_equal(v.password_last_used_at, 0);
	assert_ok(store_entity_get(f->st, f->a, STR("AIDAAlice"), &e));
	assert_int_equal(e.kind, STORE_ENTITY_USER);
	assert_str(e.name, "Alice");
	assert_ok(store_entity_get_arn(f->st, f->a, in.arn, &e));
	assert_str(e.entity_id, "AIDAAlice");
	assert_str(e.path, "/eng/");
	assert_str(e.boundary_arn, "arn:aws:iam::111122223333:policy/limit");
}

/* Found by any spelling, unique by any, and given as it was stored. */
static void
user_names_have_no_case(void **state)
{
	struct fixture *f = *state;
	struct store_user v = iam_user(f, "Alice"), got;

	assert_ok(store_user_add(f->st, &v));
	assert_ok(store_user_get(f->st, f->a, ACCOUNT, STR("aLICE"), &got));
	assert_str(got.name, "Alice");
	v.user_id = STR("AIDA2");
	v.name = STR("ALICE");
	v.arn = STR("arn:2");
	assert_int_equal(store_user_add(f->st, &v), ERR_EXISTS);
	v.account_id = OTHER_ACCOUNT;
	assert_ok(store_user_add(f->st, &v));
	assert_ok(store_user_get(f->st, f->a, OTHER_ACCOUNT, STR("alice"), &got));
	assert_str(got.name, "ALICE");
	/* a group and a role may be called the same */
	iam_add_group(f, "alice");
	iam_add_role(f, "alice");
	assert_ok(store_user_get(f->st, f->a, ACCOUNT, STR("alice"), &got));
	assert_str(got.user_id, "AIDAAlice");
}

static void
user_refusals(void **state)
{
	struct fixture *f = *state;
	struct store_user v = iam_user(f, "alice"), got;

	v.account_id = STR("9");
	assert_int_equal(store_user_add(f->st, &v), ERR_BADSTATE);
	v.account_id = ACCOUNT;
	v.boundary_arn = STR("arn:aws:iam::111122223333:policy/none");
	assert_int_equal(store_user_add(f->st, &v), ERR_BADSTATE);
	v.boundary_arn = STR("");
	v.name = STR("a\0b");
	assert_int_equal(store_user_add(f->st, &v), ERR_SYNTAX);
	v.name = STR("alice");
	assert_ok(store_user_add(f->st, &v));
	assert_int_equal(store_user_add(f->st, &v), ERR_EXISTS); /* id */
	v.user_id = STR("AIDA2");
	v.name = STR("bob");
	assert_int_equal(store_user_add(f->st, &v), ERR_EXISTS); /* arn */
	iam_add_group(f, "ops");
	assert_int_equal(store_user_get(f->st, f->a, ACCOUNT, STR("bob"), &got), ERR_NOTFOUND);
	assert_int_equal(store_user_get(f->st, f->a, ACCOUNT, STR("ops"), &got), ERR_NOTFOUND);
	assert_int_equal(store_user_get(f->st, f->a, OTHER_ACCOUNT, STR("alice"), &got),
	    ERR_NOTFOUND);
	assert_int_equal(store_user_get(f->st, f->a, ACCOUNT, STR("alic_"), &got), ERR_NOTFOUND);
}

static void
user_update(void **state)
{
	struct fixture *f = *state;
	struct store_user v = iam_user(f, "alice"), got;

	iam_add_user(f, "alice");
	iam_add_user(f, "bob");
	v.name = STR("ALICE"); /* another spelling of its own name is free */
	v.path = STR("/x/");
	v.arn = STR("arn:new");
	assert_ok(store_user_update(f->st, &v));
	assert_ok(store_user_get(f->st, f->a, ACCOUNT, STR("alice"), &got));
	assert_str(got.name, "ALICE");
	assert_str(got.path, "/x/");
	assert_str(got.arn, "arn:new");
	v.name = STR("Bob");
	assert_int_equal(store_user_update(f->st, &v), ERR_EXISTS);
	v.name = STR("carol");
	v.arn = iam_arn(f, "user", "bob");
	assert_int_equal(store_user_update(f->st, &v), ERR_EXISTS);
	v.user_id = STR("AIDA9");
	v.arn = STR("arn:9");
	assert_int_equal(store_user_update(f->st, &v), ERR_NOTFOUND);
	iam_add_group(f, "ops");
	v.user_id = STR("AGPAops");
	assert_int_equal(store_user_update(f->st, &v), ERR_NOTFOUND);
}

static void
user_boundary(void **state)
{
	struct fixture *f = *state;
	struct str arn = iam_arn(f, "policy", "limit");
	struct store_user v;

	iam_add_user(f, "alice");
	iam_add_group(f, "ops");
	assert_int_equal(store_entity_set_boundary(f->st, STR("AIDAalice"), arn), ERR_BADSTATE);
	iam_add_policy(f, "limit");
	assert_ok(store_entity_set_boundary(f->st, STR("AIDAalice"), arn));
	assert_ok(store_user_get(f->st, f->a, ACCOUNT, STR("alice"), &v));
	assert_str(v.boundary_arn, "arn:aws:iam::111122223333:policy/limit");
	assert_ok(store_entity_set_boundary(f->st, STR("AIDAalice"), STR("")));
	assert_ok(store_user_get(f->st, f->a, ACCOUNT, STR("alice"), &v));
	assert_str(v.boundary_arn, "");
	assert_int_equal(store_entity_set_boundary(f->st, STR("AIDAbob"), arn), ERR_NOTFOUND);
	assert_int_equal(store_entity_set_boundary(f->st, STR("AGPAops"), arn), ERR_NOTFOUND);
}

static void
user_login_profile(void **state)
{
	struct fixture *f = *state;
	struct store_user v = iam_user(f, "alice"), got;

	v.sealed_password = STR("p\0w");
	v.password_created_at = 5;
	v.reset_required = true;
	v.password_last_used_at = 6;
	assert_int_equal(store_user_set_login_profile(f->st, &v), ERR_BADSTATE);
	assert_ok(store_user_add(f->st, &v));
	assert_ok(store_user_get(f->st, f->a, ACCOUNT, STR("alice"), &got));
	assert_int_equal(got.sealed_password.n, 0); /* add alone makes none */
	assert_ok(store_user_set_login_profile(f->st, &v));
	assert_ok(store_user_get(f->st, f->a, ACCOUNT, STR("alice"), &got));
	assert_int_equal(got.sealed_password.n, 3);
	assert_memory_equal(got.sealed_password.p, "p\0w", 3);
	assert_int_equal(got.password_created_at, 5);
	assert_true(got.reset_required);
	assert_int_equal(got.password_last_used_at, 6);
	v.sealed_password = STR("new");
	v.reset_required = false;
	assert_ok(store_user_set_login_profile(f->st, &v));
	assert_ok(store_user_get(f->st, f->a, ACCOUNT, STR("alice"), &got));
	assert_str(got.sealed_password, "new");
	assert_false(got.reset_required);
	assert_int_equal(store_user_delete(f->st, v.user_id), ERR_BADSTATE);
	v.sealed_password = STR("");
	assert_ok(store_user_set_login_profile(f->st, &v));
	assert_ok(store_user_get(f->st, f->a, ACCOUNT, STR("alice"), &got));
	assert_int_equal(got.sealed_password.n, 0);
	assert_int_equal(got.password_created_at, 0);
	assert_ok(store_user_delete(f->st, v.user_id));
}

/* What there is on all pages, in turn, with a mark between the pages. */
static struct str
users_paged(struct fixture *f, struct str path_prefix, size_t limit)
{
	struct store_name_query q = { .account_id = ACCOUNT,
		.path_prefix = path_prefix,
		.limit = limit };
	struct store_user *v;
	struct buf b;
	struct str text;
	size_t n;

	buf_init(&b, 1000);
	do {
		assert_ok(store_user_list(f->st, f->a, &q, &v, &n));
		for (size_t i = 0; i < n; i++) {
			buf_str(&b, v[i].name);
			buf_ch(&b, ' ');
		}
		buf_ch(&b, '|');
		if (n > 0)
			q.after = v[n - 1].name;
	} while (n == limit);
	text = arena_str(f->a, buf_view(&b));
	buf_release(&b);
	return text;
}

static void
user_list(void **state)
{
	struct fixture *f = *state;
	static const char *const names[] = { "bob", "Alice", "CAROL", "dave", "Eve" };
	static const char *const paths[] = { "/", "/a/", "/a/b/", "/ab/", "/A/" };
	struct store_user v;
	int64_t n;

	for (size_t i = 0; i < 5; i++) {
		v = iam_user(f, names[i]);
		v.path = str_of(paths[i]);
		assert_ok(store_user_add(f->st, &v));
	}
	v = iam_user(f, "other");
	v.account_id = OTHER_ACCOUNT;
	assert_ok(store_user_add(f->st, &v));
	iam_add_group(f, "a-group");
	assert_str(users_paged(f, STR(""), 100), "Alice bob CAROL dave Eve |");
	assert_str(users_paged(f, STR(""), 2), "Alice bob |CAROL dave |Eve |");
	assert_str(users_paged(f, STR("/"), 5), "Alice bob CAROL dave Eve ||");
	assert_str(users_paged(f, STR("/a/"), 1), "Alice |CAROL ||");
	assert_str(users_paged(f, STR("/a"), 9), "Alice CAROL dave |");
	assert_str(users_paged(f, STR("/%"), 9), "|");
	assert_str(users_paged(f, STR("/a/b/c/"), 9), "|");
	assert_ok(store_user_count(f->st, ACCOUNT, &n));
	assert_int_equal(n, 5);
	assert_ok(store_user_count(f->st, STR("9"), &n));
	assert_int_equal(n, 0);
}

static void
user_delete(void **state)
{
	struct fixture *f = *state;
	const struct str id = STR("AIDAalice");
	struct store_inline_policy p = { id, STR("p"), STR("{}") };
	struct store_user v;

	iam_add_user(f, "alice");
	iam_add_group(f, "ops");
	iam_add_policy(f, "read");
	assert_ok(store_group_add_user(f->st, STR("AGPAops"), id));
	assert_int_equal(store_user_delete(f->st, id), ERR_BADSTATE);
	assert_ok(store_group_remove_user(f->st, STR("AGPAops"), id));
	assert_ok(store_attachment_add(f->st, id, STR("ANPAread"), 1));
	assert_int_equal(store_user_delete(f->st, id), ERR_BADSTATE);
	assert_ok(store_attachment_delete(f->st, id, STR("ANPAread")));
	assert_ok(store_inline_policy_put(f->st, &p));
	assert_int_equal(store_user_delete(f->st, id), ERR_BADSTATE);
	assert_ok(store_inline_policy_delete(f->st, id, STR("p")));
	assert_int_equal(store_group_delete(f->st, id), ERR_NOTFOUND);
	assert_int_equal(store_role_delete(f->st, id), ERR_NOTFOUND);
	assert_ok(store_user_delete(f->st, id));
	assert_int_equal(store_user_delete(f->st, id), ERR_NOTFOUND);
	assert_int_equal(store_user_get(f->st, f->a, ACCOUNT, STR("alice"), &v), ERR_NOTFOUND);
	iam_add_user(f, "Alice");
}

/* ---- groups ---- */

static void
group_round_trip(void **state)
{
	struct fixture *f = *state;
	struct store_group in = iam_group(f, "Ops"), v, *list;
	struct store_name_query q = { .account_id = ACCOUNT, .limit = 10 };
	int64_t count;
	size_t n;

	in.path = STR("/eng/");
	assert_ok(store_group_add(f->st, &in));
	assert_int_equal(store_group_add(f->st, &in), ERR_EXISTS);
	fixture_reopen(f);
	assert_ok(store_group_get(f->st, f->a, ACCOUNT, STR("oPS"), &v));
	assert_str(v.group_id, "AGPAOps");
	assert_str(v.account_id, "111122223333");
	assert_str(v.name, "Ops");
	assert_str(v.path, "/eng/");
	assert_str(v.arn, "arn:aws:iam::111122223333:group/Ops");
	assert_int_equal(v.created_at, 1000);
	v.name = STR("Operations");
	v.path = STR("/");
	v.arn = STR("arn:o");
	assert_ok(store_group_update(f->st, &v));
	assert_ok(store_group_get(f->st, f->a, ACCOUNT, STR("operations"), &v));
	assert_str(v.name, "Operations");
	assert_str(v.arn, "arn:o");
	assert_int_equal(store_group_get(f->st, f->a, ACCOUNT, STR("ops"), &v), ERR_NOTFOUND);
	iam_add_group(f, "admins");
	iam_add_user(f, "alice");
	assert_int_equal(store_group_get(f->st, f->a, ACCOUNT, STR("alice"), &v), ERR_NOTFOUND);
	assert_ok(store_group_list(f->st, f->a, &q, &list, &n));
	assert_int_equal(n, 2);
	assert_str(list[0].name, "admins");
	assert_str(list[1].name, "Operations");
	q.after = STR("ADMINS");
	q.path_prefix = STR("/e");
	assert_ok(store_group_list(f->st, f->a, &q, &list, &n));
	assert_int_equal(n, 0);
	assert_ok(store_group_count(f->st, ACCOUNT, &count));
	assert_int_equal(count, 2);
	in.group_id = STR("AGPA0");
	assert_int_equal(store_group_update(f->st, &in), ERR_NOTFOUND);
	assert_ok(store_group_delete(f->st, STR("AGPAOps")));
	assert_int_equal(store_group_delete(f->st, STR("AGPAOps")), ERR_NOTFOUND);
}

static void
group_members(void **state)
{
	struct fixture *f = *state;
	const struct str ops = STR("AGPAops"), dev = STR("AGPADev");
	struct store_member_query q = { .id = ops, .limit = 2 };
	struct store_group *groups;
	struct store_user *users;
	int64_t count;
	size_t n;

	iam_add_group(f, "ops");
	iam_add_group(f, "Dev");
	iam_add_user(f, "bob");
	iam_add_user(f, "Alice");
	iam_add_user(f, "carol");
	assert_ok(store_group_add_user(f->st, ops, STR("AIDAbob")));
	assert_ok(store_group_add_user(f->st, ops, STR("AIDAAlice")));
	assert_ok(store_group_add_user(f->st, ops, STR("AIDAcarol")));
	assert_ok(store_group_add_user(f->st, dev, STR("AIDAbob")));
	assert_int_equal(store_group_add_user(f->st, ops, STR("AIDAbob")), ERR_EXISTS);
	assert_int_equal(store_group_add_user(f->st, ops, STR("AIDAeve")), ERR_BADSTATE);
	assert_int_equal(store_group_add_user(f->st, STR("AGPAx"), STR("AIDAbob")), ERR_BADSTATE);

	assert_ok(store_user_list_in_group(f->st, f->a, &q, &users, &n));
	assert_int_equal(n, 2);
	assert_str(users[0].name, "Alice");
	assert_str(users[1].name, "bob");
	q.after = users[1].name;
	assert_ok(store_user_list_in_group(f->st, f->a, &q, &users, &n));
	assert_int_equal(n, 1);
	assert_str(users[0].name, "carol");
	q.id = STR("AIDAbob");
	q.after = STR("");
	assert_ok(store_group_list_for_user(f->st, f->a, &q, &groups, &n));
	assert_int_equal(n, 2);
	assert_str(groups[0].name, "Dev");
	assert_str(groups[1].name, "ops");
	q.after = STR("DEV");
	assert_ok(store_group_list_for_user(f->st, f->a, &q, &groups, &n));
	assert_int_equal(n, 1);

	assert_ok(store_group_count_users(f->st, ops, &count));
	assert_int_equal(count, 3);
	assert_ok(store_group_count_for_user(f->st, STR("AIDAbob"), &count));
	assert_int_equal(count, 2);
	assert_ok(store_group_count_for_user(f->st, STR("AIDAeve"), &count));
	assert_int_equal(count, 0);
	assert_int_equal(store_group_delete(f->st, dev), ERR_BADSTATE);
	assert_ok(store_group_remove_user(f->st, dev, STR("AIDAbob")));
	assert_int_equal(store_group_remove_user(f->st, dev, STR("AIDAbob")), ERR_NOTFOUND);
	assert_ok(store_group_delete(f->st, dev));
}

/* ---- roles ---- */

static void
role_round_trip(void **state)
{
	struct fixture *f = *state;
	struct store_role in = iam_role(f, "Admin"), v;

	in.description = STR("d");
	in.service_name = STR("ec2-instance-connect.amazonaws.com");
	in.path = STR("/aws-service-role/ec2-instance-connect.amazonaws.com/");
	assert_ok(store_role_add(f->st, &in));
	fixture_reopen(f);
	assert_ok(store_role_get(f->st, f->a, ACCOUNT, STR("aDMIN"), &v));
	assert_str(v.role_id, "AROAAdmin");
	assert_str(v.account_id, "111122223333");
	assert_str(v.name, "Admin");
	assert_str(v.path, "/aws-service-role/ec2-instance-connect.amazonaws.com/");
	assert_str(v.arn, "arn:aws:iam::111122223333:role/Admin");
	assert_str(v.boundary_arn, "");
	assert_int_equal(v.created_at, 1000);
	assert_str(v.description, "d");
	assert_str(v.trust_policy, "{\"trust\":1}");
	assert_int_equal(v.max_session_s, 3600);
	assert_str(v.service_name, "ec2-instance-connect.amazonaws.com");
	assert_int_equal(v.last_used_at, 0);
	assert_str(v.last_used_region, "");
	assert_ok(store_role_get_id(f->st, f->a, STR("AROAAdmin"), &v));
	assert_str(v.name, "Admin");
	iam_add_user(f, "alice");
	assert_int_equal(store_role_get_id(f->st, f->a, STR("AIDAalice"), &v), ERR_NOTFOUND);
}

static void
role_changes(void **state)
{
	struct fixture *f = *state;
	struct store_role v = iam_role(f, "admin"), got;
	int64_t n;

	assert_ok(store_role_add(f->st, &v));
	v.description = STR("new");
	v.trust_policy = STR("{}");
	v.max_session_s = 7200;
	v.name = STR("not written");
	assert_ok(store_role_update(f->st, &v));
	assert_ok(store_role_set_last_used(f->st, v.role_id, 99, STR("eu-lab-1")));
	iam_add_policy(f, "limit");
	assert_ok(store_entity_set_boundary(f->st, v.role_id, iam_arn(f, "policy", "limit")));
	assert_ok(store_role_get(f->st, f->a, ACCOUNT, STR("admin"), &got));
	assert_str(got.description, "new");
	assert_str(got.trust_policy, "{}");
	assert_int_equal(got.max_session_s, 7200);
	assert_int_equal(got.last_used_at, 99);
	assert_str(got.last_used_region, "eu-lab-1");
	assert_str(got.boundary_arn, "arn:aws:iam::111122223333:policy/limit");
	v.role_id = STR("AROAx");
	assert_int_equal(store_role_update(f->st, &v), ERR_NOTFOUND);
	assert_int_equal(store_role_set_last_used(f->st, v.role_id, 1, STR("")), ERR_NOTFOUND);
	assert_int_equal(store_entity_set_boundary(f->st, v.role_id, STR("")), ERR_NOTFOUND);
	assert_ok(store_role_count(f->st, ACCOUNT, &n));
	assert_int_equal(n, 1);
}

/* An add or a delete that is refused leaves nothing half done. */
static void
role_whole_or_not(void **state)
{
	struct fixture *f = *state;
	struct store_role v = iam_role(f, "admin"), got, *list;
	struct store_name_query q = { .account_id = ACCOUNT, .limit = 10 };
	size_t n;

	v.description = STR("a\0b");
	assert_int_equal(store_role_add(f->st, &v), ERR_SYNTAX);
	v.description = STR("");
	assert_ok(store_role_add(f->st, &v));
	v.role_id = STR("AROA2");
	v.arn = STR("arn:2");
	v.name = STR("ADMIN");
	assert_int_equal(store_role_add(f->st, &v), ERR_EXISTS);
	iam_add_policy(f, "read");
	assert_ok(store_attachment_add(f->st, STR("AROAadmin"), STR("ANPAread"), 1));
	assert_int_equal(store_role_delete(f->st, STR("AROAadmin")), ERR_BADSTATE);
	assert_ok(store_role_get(f->st, f->a, ACCOUNT, STR("admin"), &got));
	assert_str(got.trust_policy, "{\"trust\":1}");
	assert_ok(store_attachment_delete(f->st, STR("AROAadmin"), STR("ANPAread")));
	iam_add_role(f, "Zed");
	assert_ok(store_role_list(f->st, f->a, &q, &list, &n));
	assert_int_equal(n, 2);
	q.after = STR("Admin");
	assert_ok(store_role_list(f->st, f->a, &q, &list, &n));
	assert_int_equal(n, 1);
	assert_str(list[0].name, "Zed");
	q.path_prefix = STR("/aws-service-role/");
	assert_ok(store_role_list(f->st, f->a, &q, &list, &n));
	assert_int_equal(n, 0);
	assert_ok(store_role_delete(f->st, STR("AROAadmin")));
	assert_int_equal(store_role_delete(f->st, STR("AROAadmin")), ERR_NOTFOUND);
}

/* ---- instance profiles ---- */

static struct store_instance_profile
profile(struct fixture *f, const char *name)
{
	return (struct store_instance_profile){ .profile_id = arena_fmt(f->a, "AIPA%s", name),
		.account_id = ACCOUNT,
		.name = arena_fmt(f->a, "%s", name),
		.path = STR("/"),
		.arn = iam_arn(f, "instance-profile", name),
		.created_at = 1000 };
}

static void
instance_profile_round_trip(void **state)
{
	struct fixture *f = *state;
	struct store_instance_profile in = profile(f, "Web"), v;

	in.role_id = STR("AROAweb");
	assert_int_equal(store_instance_profile_add(f->st, &in), ERR_BADSTATE);
	iam_add_user(f, "web");
	in.role_id = STR("AIDAweb"); /* not a role */
	assert_int_equal(store_instance_profile_add(f->st, &in), ERR_BADSTATE);
	in.role_id = STR("AROAweb");
	iam_add_role(f, "web");
	assert_ok(store_instance_profile_add(f->st, &in));
	fixture_reopen(f);
	assert_ok(store_instance_profile_get(f->st, f->a, ACCOUNT, STR("wEB"), &v));
	assert_str(v.profile_id, "AIPAWeb");
	assert_str(v.account_id, "111122223333");
	assert_str(v.name, "Web");
	assert_str(v.path, "/");
	assert_str(v.arn, "arn:aws:iam::111122223333:instance-profile/Web");
	assert_str(v.role_id, "AROAweb");
	assert_int_equal(v.created_at, 1000);
	in.profile_id = STR("AIPA2");
	in.arn = STR("arn:2");
	assert_int_equal(store_instance_profile_add(f->st, &in), ERR_EXISTS);
	assert_int_equal(store_role_delete(f->st, STR("AROAweb")), ERR_BADSTATE);
	assert_ok(store_instance_profile_set_role(f->st, STR("AIPAWeb"), STR("")));
	assert_ok(store_instance_profile_get(f->st, f->a, ACCOUNT, STR("Web"), &v));
	assert_str(v.role_id, "");
	assert_ok(store_role_delete(f->st, STR("AROAweb")));
	assert_int_equal(store_instance_profile_set_role(f->st, STR("AIPAWeb"), STR("AROAweb")),
	    ERR_BADSTATE);
	assert_int_equal(store_instance_profile_set_role(f->st, STR("AIPA9"), STR("")),
	    ERR_NOTFOUND);
	assert_ok(store_instance_profile_delete(f->st, STR("AIPAWeb")));
	assert_int_equal(store_instance_profile_delete(f->st, STR("AIPAWeb")), ERR_NOTFOUND);
	assert_int_equal(store_instance_profile_get(f->st, f->a, ACCOUNT, STR("Web"), &v),
	    ERR_NOTFOUND);
}

static void
instance_profile_lists(void **state)
{
	struct fixture *f = *state;
	struct store_name_query q = { .account_id = ACCOUNT, .limit = 2 };
	struct store_instance_profile v, *list;
	int64_t count;
	size_t n;

	iam_add_role(f, "web");
	for (const char *name = "bAc"; *name != '\0'; name++) {
		v = profile(f, (char[]){ *name, '\0' });
		v.role_id = *name == 'A' ? STR("") : STR("AROAweb");
		v.path = *name == 'c' ? STR("/x/") : STR("/");
		assert_ok(store_instance_profile_add(f->st, &v));
	}
	assert_ok(store_instance_profile_list(f->st, f->a, &q, &list, &n));
	assert_int_equal(n, 2);
	assert_str(list[0].name, "A");
	assert_str(list[1].name, "b");
	q.after = STR("B");
	assert_ok(store_instance_profile_list(f->st, f->a, &q, &list, &n));
	assert_int_equal(n, 1);
	assert_str(list[0].name, "c");
	q.after = STR("");
	q.path_prefix = STR("/x/");
	assert_ok(store_instance_profile_list(f->st, f->a, &q, &list, &n));
	assert_int_equal(n, 1);
	assert_ok(store_instance_profile_list_for_role(f->st, f->a, STR("AROAweb"), STR(""), 9,
	    &list, &n));
	assert_int_equal(n, 2);
	assert_str(list[0].name, "b");
	assert_ok(store_instance_profile_list_for_role(f->st, f->a, STR("AROAweb"), STR("B"), 9,
	    &list, &n));
	assert_int_equal(n, 1);
	assert_str(list[0].name, "c");
	assert_ok(store_instance_profile_count(f->st, ACCOUNT, &count));
	assert_int_equal(count, 3);
	assert_ok(store_instance_profile_count(f->st, OTHER_ACCOUNT, &count));
	assert_int_equal(count, 0);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, fixture_accounts, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(user_round_trip),
		T(user_names_have_no_case),
		T(user_refusals),
		T(user_update),
		T(user_boundary),
		T(user_login_profile),
		T(user_list),
		T(user_delete),
		T(group_round_trip),
		T(group_members),
		T(role_round_trip),
		T(role_changes),
		T(role_whole_or_not),
		T(instance_profile_round_trip),
		T(instance_profile_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
