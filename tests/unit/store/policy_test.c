/*
 * policy_test: tests managed and inline policies, attachments, and which policies count for a
 * decision.
 */
#include "iam_fixture.h"

#include "store/db.h"
#include "store/store_attachment.h"
#include "store/store_grant.h"
#include "store/store_inline_policy.h"

static void
add_aws_policy(struct fixture *f, const char *name)
{
	struct store_policy v = iam_policy(f, name);

	v.account_id = STR("");
	v.policy_id = arena_fmt(f->a, "ANPAaws%s", name);
	v.arn = arena_fmt(f->a, "arn:aws:iam::aws:policy/%s", name);
	assert_ok(store_policy_add(f->st, &v, STR("of AWS")));
}

/* ---- managed policies ---- */

static void
policy_round_trip(void **state)
{
	struct fixture *f = *state;
	struct store_policy in = iam_policy(f, "Read"), v;
	struct store_policy_version version;

	in.path = STR("/x/");
	in.description = STR("d");
	assert_ok(store_policy_add(f->st, &in, STR("{\"Version\":1}")));
	fixture_reopen(f);
	assert_ok(store_policy_get(f->st, f->a, ACCOUNT, in.arn, &v));
	assert_str(v.policy_id, "ANPARead");
	assert_str(v.account_id, "111122223333");
	assert_str(v.arn, "arn:aws:iam::111122223333:policy/Read");
	assert_str(v.name, "Read");
	assert_str(v.path, "/x/");
	assert_str(v.description, "d");
	assert_int_equal(v.created_at, 1000);
	assert_int_equal(v.updated_at, 1000);
	assert_int_equal(v.default_version, 1);
	assert_int_equal(v.next_version, 2);
	assert_int_equal(v.attachment_count, 0);
	assert_int_equal(v.boundary_count, 0);
	assert_ok(store_policy_version_get(f->st, f->a, v.policy_id, 1, &version));
	assert_str(version.document, "{\"Version\":1}");
	assert_int_equal(version.version, 1);
	assert_int_equal(version.created_at, 1000);
	assert_true(version.is_default);
}

static void
policy_refusals(void **state)
{
	struct fixture *f = *state;
	struct store_policy v = iam_policy(f, "read"), got;

	v.account_id = STR("9");
	assert_int_equal(store_policy_add(f->st, &v, STR("d")), ERR_BADSTATE);
	v.account_id = ACCOUNT;
	assert_int_equal(store_policy_add(f->st, &v, STR("a\0b")), ERR_SYNTAX);
	assert_ok(store_policy_add(f->st, &v, STR("d"))); /* nothing of it was left */
	assert_int_equal(store_policy_add(f->st, &v, STR("d")), ERR_EXISTS);
	v.policy_id = STR("ANPA2");
	v.name = STR("READ");
	assert_int_equal(store_policy_add(f->st, &v, STR("d")), ERR_EXISTS); /* arn */
	v.arn = STR("arn:2");
	assert_int_equal(store_policy_add(f->st, &v, STR("d")), ERR_EXISTS); /* name */
	v.account_id = OTHER_ACCOUNT;
	assert_ok(store_policy_add(f->st, &v, STR("d")));
	/* exact, and not another account's */
	assert_int_equal(store_policy_get(f->st, f->a, ACCOUNT, v.arn, &got), ERR_NOTFOUND);
	assert_int_equal(store_policy_get(f->st, f->a, ACCOUNT,
			     STR("arn:aws:iam::111122223333:policy/READ"), &got),
	    ERR_NOTFOUND);
}

static void
policy_of_aws(void **state)
{
	struct fixture *f = *state;
	struct store_policy v;
	int64_t n;

	add_aws_policy(f, "Admin");
	iam_add_policy(f, "Admin");
	assert_ok(
	    store_policy_get(f->st, f->a, OTHER_ACCOUNT, STR("arn:aws:iam::aws:policy/Admin"), &v));
	assert_str(v.account_id, "");
	v.policy_id = STR("ANPA2");
	v.arn = STR("arn:aws:iam::aws:policy/x/Admin");
	v.name = STR("ADMIN");
	assert_int_equal(store_policy_add(f->st, &v, STR("d")), ERR_EXISTS);
	assert_ok(store_policy_count(f->st, ACCOUNT, &n));
	assert_int_equal(n, 1);
}

static struct str
policies(struct fixture *f, struct store_policy_query q)
{
	struct store_policy *v;
	struct buf b;
	struct str text;
	size_t n;

	q.account_id = q.account_id.n > 0 ? q.account_id : ACCOUNT;
	buf_init(&b, 1000);
	do {
		assert_ok(store_policy_list(f->st, f->a, &q, &v, &n));
		for (size_t i = 0; i < n; i++)
			buf_fmt(&b, "%.*s%lld%lld ", STR_FMT(v[i].name),
			    (long long)v[i].attachment_count, (long long)v[i].boundary_count);
		buf_ch(&b, '|');
		if (n > 0)
			q.after = v[n - 1].arn;
	} while (n == q.limit);
	text = arena_str(f->a, buf_view(&b));
	buf_release(&b);
	return text;
}

/* Each: name, attachments, boundaries. By ARN, so the account's own come first. */
static void
policy_list(void **state)
{
	struct fixture *f = *state;
	const struct str limit = iam_arn(f, "policy", "limit");
	struct store_user other = iam_user(f, "other");
	struct store_policy v = iam_policy(f, "under");

	iam_add_policy(f, "limit");
	iam_add_policy(f, "Read");
	v.path = STR("/x/");
	v.arn = iam_arn(f, "policy", "x/under");
	assert_ok(store_policy_add(f->st, &v, STR("d")));
	add_aws_policy(f, "Admin");
	iam_add_user(f, "alice");
	iam_add_role(f, "web");
	other.account_id = OTHER_ACCOUNT;
	assert_ok(store_user_add(f->st, &other));
	assert_ok(store_entity_set_boundary(f->st, STR("AIDAalice"), limit));
	assert_ok(store_entity_set_boundary(f->st, STR("AROAweb"), limit));
	assert_ok(store_attachment_add(f->st, STR("AROAweb"), STR("ANPARead"), 1));
	assert_ok(store_attachment_add(f->st, STR("AIDAother"), STR("ANPAawsAdmin"), 1));

	struct {
		struct store_policy_query q;
		const char *want;
	} rows[] = {
		{ { .limit = 9 }, "Read10 limit02 under00 Admin00 |" },
		{ { .limit = 2 }, "Read10 limit02 |under00 Admin00 ||" },
		{ { .limit = 9, .scope = STORE_POLICY_LOCAL }, "Read10 limit02 under00 |" },
		{ { .limit = 9, .scope = STORE_POLICY_AWS }, "Admin00 |" },
		{ { .limit = 1, .usage = STORE_POLICY_ATTACHED }, "Read10 ||" },
		{ { .limit = 9, .usage = STORE_POLICY_BOUNDARY }, "limit02 |" },
		{ { .limit = 9, .path_prefix = STR("/x/") }, "under00 |" },
		{ { .limit = 9, .path_prefix = STR("/_/") }, "|" },
		{ { .limit = 9, .account_id = OTHER_ACCOUNT }, "Admin10 |" },
		{ { .limit = 9, .account_id = OTHER_ACCOUNT, .usage = STORE_POLICY_ATTACHED },
		    "Admin10 |" },
		{ { .limit = 9, .scope = STORE_POLICY_AWS, .usage = STORE_POLICY_ATTACHED }, "|" },
		{ { .limit = 9, .account_id = STR("9"), .scope = STORE_POLICY_LOCAL }, "|" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_str(policies(f, rows[i].q), rows[i].want);
}

static void
policy_versions(void **state)
{
	struct fixture *f = *state;
	const struct str id = STR("ANPAread");
	struct store_policy_version v = { .policy_id = id,
		.document = STR("two"),
		.created_at = 2000 },
				    *list;
	struct store_policy p;
	int64_t number = 0;
	size_t n;

	assert_int_equal(store_policy_version_add(f->st, &v, &number), ERR_NOTFOUND);
	iam_add_policy(f, "read");
	assert_ok(store_policy_version_add(f->st, &v, &number));
	assert_int_equal(number, 2);
	assert_ok(store_policy_get(f->st, f->a, ACCOUNT, iam_arn(f, "policy", "read"), &p));
	assert_int_equal(p.default_version, 1);
	assert_int_equal(p.updated_at, 1000);
	v.document = STR("three");
	v.is_default = true;
	v.created_at = 3000;
	assert_ok(store_policy_version_add(f->st, &v, NULL));
	assert_ok(store_policy_get(f->st, f->a, ACCOUNT, iam_arn(f, "policy", "read"), &p));
	assert_int_equal(p.default_version, 3);
	assert_int_equal(p.updated_at, 3000);
	assert_ok(store_policy_version_list(f->st, f->a, id, 0, 2, &list, &n));
	assert_int_equal(n, 2);
	assert_int_equal(list[0].version, 3);
	assert_str(list[0].document, "three");
	assert_true(list[0].is_default);
	assert_int_equal(list[1].version, 2);
	assert_false(list[1].is_default);
	assert_ok(store_policy_version_list(f->st, f->a, id, 2, 2, &list, &n));
	assert_int_equal(n, 1);
	assert_str(list[0].document, "read v1");
	assert_ok(store_policy_version_count(f->st, id, &number));
	assert_int_equal(number, 3);

	/* a number is never given twice */
	assert_int_equal(store_policy_version_delete(f->st, id, 3), ERR_BADSTATE);
	assert_ok(store_policy_set_default(f->st, id, 1, 4000));
	assert_ok(store_policy_version_delete(f->st, id, 3));
	assert_int_equal(store_policy_version_delete(f->st, id, 3), ERR_NOTFOUND);
	assert_int_equal(store_policy_set_default(f->st, id, 3, 5000), ERR_NOTFOUND);
	assert_ok(store_policy_get(f->st, f->a, ACCOUNT, iam_arn(f, "policy", "read"), &p));
	assert_int_equal(p.default_version, 1);
	assert_int_equal(p.updated_at, 4000);
	assert_ok(store_policy_version_add(f->st, &v, &number));
	assert_int_equal(number, 4);
	assert_int_equal(store_policy_version_get(f->st, f->a, id, 3, list), ERR_NOTFOUND);
	assert_int_equal(store_policy_set_default(f->st, STR("ANPA9"), 1, 1), ERR_NOTFOUND);
}

static void
policy_delete(void **state)
{
	struct fixture *f = *state;
	const struct str id = STR("ANPAread");
	struct store_policy_version v = { .policy_id = id, .document = STR("two") };
	struct store_policy p;

	iam_add_policy(f, "read");
	iam_add_user(f, "alice");
	assert_ok(store_policy_version_add(f->st, &v, NULL));
	assert_int_equal(store_policy_delete(f->st, id), ERR_BADSTATE);
	assert_ok(store_policy_version_delete(f->st, id, 2));
	assert_ok(store_attachment_add(f->st, STR("AIDAalice"), id, 1));
	assert_int_equal(store_policy_delete(f->st, id), ERR_BADSTATE);
	assert_ok(store_policy_version_get(f->st, f->a, id, 1, &v)); /* still there */
	assert_ok(store_attachment_delete(f->st, STR("AIDAalice"), id));
	assert_ok(store_entity_set_boundary(f->st, STR("AIDAalice"), iam_arn(f, "policy", "read")));
	assert_int_equal(store_policy_delete(f->st, id), ERR_BADSTATE);
	assert_ok(store_entity_set_boundary(f->st, STR("AIDAalice"), STR("")));
	assert_ok(store_policy_delete(f->st, id));
	assert_int_equal(store_policy_delete(f->st, id), ERR_NOTFOUND);
	assert_int_equal(store_policy_get(f->st, f->a, ACCOUNT, iam_arn(f, "policy", "read"), &p),
	    ERR_NOTFOUND);
	iam_add_policy(f, "READ");
}

/* ---- attachments ---- */

static void
attachments_of_an_entity(void **state)
{
	struct fixture *f = *state;
	const struct str alice = STR("AIDAalice");
	struct store_attachment_query q = { .entity_id = alice, .limit = 2 };
	struct store_attachment *v;
	int64_t count;
	size_t n;

	assert_int_equal(store_attachment_add(f->st, alice, STR("ANPAread"), 1), ERR_BADSTATE);
	iam_add_user(f, "alice");
	assert_int_equal(store_attachment_add(f->st, alice, STR("ANPAread"), 1), ERR_BADSTATE);
	iam_add_policy(f, "read");
	iam_add_policy(f, "Write");
	add_aws_policy(f, "Admin");
	assert_ok(store_attachment_add(f->st, alice, STR("ANPAread"), 7));
	assert_int_equal(store_attachment_add(f->st, alice, STR("ANPAread"), 8), ERR_EXISTS);
	assert_ok(store_attachment_add(f->st, alice, STR("ANPAWrite"), 8));
	assert_ok(store_attachment_add(f->st, alice, STR("ANPAawsAdmin"), 9));
	assert_ok(store_attachment_list(f->st, f->a, &q, &v, &n));
	assert_int_equal(n, 2);
	assert_str(v[0].name, "Write");
	assert_str(v[1].policy_id, "ANPAread");
	assert_str(v[1].arn, "arn:aws:iam::111122223333:policy/read");
	assert_str(v[1].name, "read");
	assert_str(v[1].path, "/");
	assert_int_equal(v[1].attached_at, 7);
	q.after = v[1].arn;
	assert_ok(store_attachment_list(f->st, f->a, &q, &v, &n));
	assert_int_equal(n, 1);
	assert_str(v[0].arn, "arn:aws:iam::aws:policy/Admin");
	q.after = STR("");
	q.path_prefix = STR("/x");
	assert_ok(store_attachment_list(f->st, f->a, &q, &v, &n));
	assert_int_equal(n, 0);
	assert_ok(store_attachment_count(f->st, alice, &count));
	assert_int_equal(count, 3);
	assert_ok(store_attachment_delete(f->st, alice, STR("ANPAread")));
	assert_int_equal(store_attachment_delete(f->st, alice, STR("ANPAread")), ERR_NOTFOUND);
	assert_ok(store_attachment_count(f->st, alice, &count));
	assert_int_equal(count, 2);
}

static void
entities_of_a_policy(void **state)
{
	struct fixture *f = *state;
	const struct str id = STR("ANPAawsAdmin");
	struct store_attachment_entity_query q = { .account_id = ACCOUNT,
		.policy_id = id,
		.limit = 9 };
	struct store_user other = iam_user(f, "other");
	struct store_entity *v;
	size_t n;

	add_aws_policy(f, "Admin");
	iam_add_user(f, "alice");
	iam_add_group(f, "ops");
	iam_add_role(f, "web");
	other.account_id = OTHER_ACCOUNT;
	assert_ok(store_user_add(f->st, &other));
	assert_ok(store_attachment_add(f->st, STR("AIDAalice"), id, 1));
	assert_ok(store_attachment_add(f->st, STR("AGPAops"), id, 1));
	assert_ok(store_attachment_add(f->st, STR("AROAweb"), id, 1));
	assert_ok(store_attachment_add(f->st, STR("AIDAother"), id, 1));
	assert_ok(store_attachment_list_entities(f->st, f->a, &q, &v, &n));
	assert_int_equal(n, 3);
	assert_int_equal(v[0].kind, STORE_ENTITY_GROUP);
	assert_str(v[0].entity_id, "AGPAops");
	assert_int_equal(v[1].kind, STORE_ENTITY_USER);
	assert_str(v[1].name, "alice");
	assert_int_equal(v[2].kind, STORE_ENTITY_ROLE);
	assert_str(v[2].arn, "arn:aws:iam::111122223333:role/web");
	q.after = STR("AGPAops");
	q.limit = 1;
	assert_ok(store_attachment_list_entities(f->st, f->a, &q, &v, &n));
	assert_int_equal(n, 1);
	assert_str(v[0].name, "alice");
	q.limit = 9;
	q.kind = STORE_ENTITY_ROLE;
	assert_ok(store_attachment_list_entities(f->st, f->a, &q, &v, &n));
	assert_int_equal(n, 1);
	assert_str(v[0].name, "web");
	q.path_prefix = STR("/y/");
	assert_ok(store_attachment_list_entities(f->st, f->a, &q, &v, &n));
	assert_int_equal(n, 0);
	q = (struct store_attachment_entity_query){ .account_id = ACCOUNT,
		.policy_id = id,
		.boundary = true,
		.limit = 9 };
	assert_ok(store_attachment_list_entities(f->st, f->a, &q, &v, &n));
	assert_int_equal(n, 0);
	assert_ok(
	    store_entity_set_boundary(f->st, STR("AROAweb"), STR("arn:aws:iam::aws:policy/Admin")));
	assert_ok(store_attachment_list_entities(f->st, f->a, &q, &v, &n));
	assert_int_equal(n, 1);
	assert_str(v[0].name, "web");
	assert_str(v[0].boundary_arn, "arn:aws:iam::aws:policy/Admin");
}

/* ---- inline policies ---- */

static void
inline_policies(void **state)
{
	struct fixture *f = *state;
	const struct str alice = STR("AIDAalice");
	struct store_inline_policy v = { alice, STR("Zed"), STR("{ \"a\":\t\"b c\"\r\n}") };
	struct store_inline_policy got, *list;
	int64_t count;
	size_t n;

	assert_int_equal(store_inline_policy_put(f->st, &v), ERR_BADSTATE);
	iam_add_user(f, "alice");
	assert_ok(store_inline_policy_put(f->st, &v));
	assert_ok(store_inline_policy_get(f->st, f->a, alice, STR("zED"), &got));
	assert_str(got.entity_id, "AIDAalice");
	assert_str(got.name, "Zed");
	assert_str(got.document, "{ \"a\":\t\"b c\"\r\n}");
	assert_ok(store_inline_policy_size(f->st, alice, STR(""), &count));
	assert_int_equal(count, 10);
	assert_int_equal(store_inline_policy_size_of(v.document), 10);
	v.name = STR("ZED");
	v.document = STR("{}");
	assert_ok(store_inline_policy_put(f->st, &v));
	assert_ok(store_inline_policy_get(f->st, f->a, alice, STR("Zed"), &got));
	assert_str(got.name, "Zed");
	assert_str(got.document, "{}");
	v.name = STR("abc");
	v.document = STR("[0]");
	assert_ok(store_inline_policy_put(f->st, &v));
	assert_ok(store_inline_policy_list(f->st, f->a, alice, STR(""), 9, &list, &n));
	assert_int_equal(n, 2);
	assert_str(list[0].name, "abc");
	assert_str(list[1].name, "Zed");
	assert_ok(store_inline_policy_list(f->st, f->a, alice, STR("ABC"), 9, &list, &n));
	assert_int_equal(n, 1);
	assert_ok(store_inline_policy_count(f->st, alice, &count));
	assert_int_equal(count, 2);
	assert_ok(store_inline_policy_size(f->st, alice, STR(""), &count));
	assert_int_equal(count, 5);
	assert_ok(store_inline_policy_size(f->st, alice, STR("zed"), &count));
	assert_int_equal(count, 3);
	assert_ok(store_inline_policy_delete(f->st, alice, STR("ABC")));
	assert_int_equal(store_inline_policy_delete(f->st, alice, STR("abc")), ERR_NOTFOUND);
	assert_int_equal(store_inline_policy_get(f->st, f->a, alice, STR("abc"), &got),
	    ERR_NOTFOUND);
	assert_int_equal(store_inline_policy_get(f->st, f->a, STR("AIDAbob"), STR("Zed"), &got),
	    ERR_NOTFOUND);
	assert_ok(store_inline_policy_size(f->st, STR("AIDAbob"), STR(""), &count));
	assert_int_equal(count, 0);
}

/* ---- what counts for a decision ---- */

/* The grants of an entity as sorted lines: whether it is a boundary, holder, name, version,
 * document. */
static struct str
grants(struct fixture *f, struct str entity_id)
{
	struct str lines[16], text;
	struct store_grant *v;
	struct buf b;
	size_t n;

	assert_ok(store_grant_list(f->st, f->a, entity_id, &v, &n));
	assert_in_range(n, 0, 16);
	buf_init(&b, 4000);
	for (size_t i = 0; i < n; i++) {
		size_t k = i;
		struct str line = arena_fmt(f->a, "%d %.*s %.*s %lld '%.*s'\n", v[i].is_boundary,
		    STR_FMT(v[i].holder_id), STR_FMT(v[i].name), (long long)v[i].version,
		    STR_FMT(v[i].document));

		for (; k > 0 && str_cmp(line, lines[k - 1]) < 0; k--)
			lines[k] = lines[k - 1];
		lines[k] = line;
	}
	for (size_t i = 0; i < n; i++)
		buf_str(&b, lines[i]);
	text = arena_str(f->a, buf_view(&b));
	buf_release(&b);
	return text;
}

static void
put_inline(struct fixture *f, struct str entity_id, struct str name)
{
	const struct store_inline_policy v = { entity_id, name,
		arena_fmt(f->a, "inline %.*s", STR_FMT(name)) };

	assert_ok(store_inline_policy_put(f->st, &v));
}

static void
grants_of_a_user(void **state)
{
	struct fixture *f = *state;
	const struct str alice = STR("AIDAalice"), ops = STR("AGPAops");
	struct store_policy_version v = { .policy_id = STR("ANPAread"),
		.document = STR("read v2"),
		.is_default = true };

	assert_str(grants(f, alice), "");
	iam_add_user(f, "alice");
	iam_add_user(f, "bob");
	iam_add_group(f, "ops");
	iam_add_group(f, "dev");
	iam_add_policy(f, "read");
	iam_add_policy(f, "write");
	iam_add_policy(f, "limit");
	assert_str(grants(f, alice), "");
	/* others' do not count */
	put_inline(f, STR("AIDAbob"), STR("b"));
	put_inline(f, STR("AGPAdev"), STR("d"));
	assert_ok(store_attachment_add(f->st, STR("AGPAdev"), STR("ANPAwrite"), 1));
	assert_ok(store_entity_set_boundary(f->st, STR("AIDAbob"), iam_arn(f, "policy", "limit")));
	assert_ok(store_group_add_user(f->st, STR("AGPAdev"), STR("AIDAbob")));
	assert_str(grants(f, alice), "");

	assert_ok(store_group_add_user(f->st, ops, alice));
	put_inline(f, alice, STR("a"));
	put_inline(f, ops, STR("o"));
	assert_ok(store_attachment_add(f->st, alice, STR("ANPAread"), 1));
	assert_ok(store_attachment_add(f->st, ops, STR("ANPAread"), 1));
	assert_ok(store_attachment_add(f->st, ops, STR("ANPAwrite"), 1));
	assert_ok(store_entity_set_boundary(f->st, alice, iam_arn(f, "policy", "limit")));
	assert_ok(store_policy_version_add(f->st, &v, NULL));
	assert_str(grants(f, alice),
	    "0 AGPAops arn:aws:iam::111122223333:policy/read 2 'read v2'\n"
	    "0 AGPAops arn:aws:iam::111122223333:policy/write 1 'write v1'\n"
	    "0 AGPAops o 0 'inline o'\n"
	    "0 AIDAalice a 0 'inline a'\n"
	    "0 AIDAalice arn:aws:iam::111122223333:policy/read 2 'read v2'\n"
	    "1 AIDAalice arn:aws:iam::111122223333:policy/limit 1 'limit v1'\n");
	/* and a change counts at once */
	assert_ok(store_policy_set_default(f->st, STR("ANPAread"), 1, 1));
	assert_ok(store_group_remove_user(f->st, ops, alice));
	assert_ok(store_entity_set_boundary(f->st, alice, STR("")));
	assert_str(grants(f, alice),
	    "0 AIDAalice a 0 'inline a'\n"
	    "0 AIDAalice arn:aws:iam::111122223333:policy/read 1 'read v1'\n");
}

static void
grants_of_a_role(void **state)
{
	struct fixture *f = *state;
	const struct str web = STR("AROAweb");

	iam_add_role(f, "web");
	iam_add_policy(f, "read");
	put_inline(f, web, STR("w"));
	assert_ok(store_attachment_add(f->st, web, STR("ANPAread"), 1));
	assert_ok(store_entity_set_boundary(f->st, web, iam_arn(f, "policy", "read")));
	assert_str(grants(f, web),
	    "0 AROAweb arn:aws:iam::111122223333:policy/read 1 'read v1'\n"
	    "0 AROAweb w 0 'inline w'\n"
	    "1 AROAweb arn:aws:iam::111122223333:policy/read 1 'read v1'\n");
	assert_str(grants(f, STR("AROAwe_")), "");
}

/* What cannot happen by the functions of the store: a document is gone. The row
 * stays, for a policy that is not there might have denied. */
static void
grants_without_a_document(void **state)
{
	struct fixture *f = *state;
	struct db_stmt *q;

	iam_add_role(f, "web");
	iam_add_policy(f, "read");
	assert_ok(store_attachment_add(f->st, STR("AROAweb"), STR("ANPAread"), 1));
	assert_ok(store_entity_set_boundary(f->st, STR("AROAweb"), iam_arn(f, "policy", "read")));
	assert_ok(db_prepare(store_db(f->st), "DELETE FROM policy_version", &q));
	assert_ok(db_exec(q, NULL));
	assert_str(grants(f, STR("AROAweb")),
	    "0 AROAweb arn:aws:iam::111122223333:policy/read 1 ''\n"
	    "1 AROAweb arn:aws:iam::111122223333:policy/read 1 ''\n");
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, fixture_accounts, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(policy_round_trip),
		T(policy_refusals),
		T(policy_of_aws),
		T(policy_list),
		T(policy_versions),
		T(policy_delete),
		T(attachments_of_an_entity),
		T(entities_of_a_policy),
		T(inline_policies),
		T(grants_of_a_user),
		T(grants_of_a_role),
		T(grants_without_a_document),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
