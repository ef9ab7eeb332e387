/*
 * trust_test: tests that a trust policy trusts the principals that had the names when it was
 * written, and nobody who gets such a name later.
 */
#include "fixture.h"

#include "codec/uri.h"
#include "store/store_role.h"

#define ARN(x) "arn:aws:iam::" ACCOUNT ":" x
#define SESSION(x) "arn:aws:sts::" ACCOUNT ":assumed-role/" x
#define EVE ARN("user/eve")
#define TRUST(principal) \
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\"," principal "," \
	"\"Action\":\"sts:AssumeRole\"}]}"
#define AWS(x) TRUST("\"Principal\":{\"AWS\":" x "}")
#define INVALID "Invalid principal in policy: &quot;AWS&quot;:&quot;%s&quot;"
#define ASSUME(name) "AssumeRole&RoleArn=" ARN("role/") name "&RoleSessionName=s1"

struct user {
	const char *id, *key, *secret;
};

static void
as(struct fixture *f, const char *key, const char *secret, const char *token)
{
	f->access_key = key;
	f->secret = secret;
	f->token = token;
}

static void
as_root(struct fixture *f)
{
	as(f, ROOT_KEY, ROOT_SECRET, NULL);
}

static struct api_response
ok(struct fixture *f, const char *body)
{
	struct api_response resp = fixture_iam(f, body);

	assert_status(f, &resp, 200);
	return resp;
}

static struct user
user_new(struct fixture *f, const char *name)
{
	struct api_response resp = ok(f, arena_fmt(f->a, "CreateUser&UserName=%s", name).p);
	struct user u = { .id = fixture_element(f, &resp, "UserId", 0) };

	resp = ok(f, arena_fmt(f->a, "CreateAccessKey&UserName=%s", name).p);
	u.key = fixture_element(f, &resp, "AccessKeyId", 0);
	u.secret = fixture_element(f, &resp, "SecretAccessKey", 0);
	return u;
}

static void
user_delete(struct fixture *f, const char *name, const struct user *u)
{
	ok(f, arena_fmt(f->a, "DeleteAccessKey&UserName=%s&AccessKeyId=%s", name, u->key).p);
	ok(f, arena_fmt(f->a, "DeleteUser&UserName=%s", name).p);
}

static struct api_response
with_document(struct fixture *f, const char *action, const char *document)
{
	struct buf b;

	buf_init(&b, 8192);
	buf_c(&b, action);
	uri_encode(&b, str_of(document));
	action = fixture_cstr(f, buf_view(&b));
	buf_release(&b);
	return fixture_iam(f, action);
}

#define CREATE(name) "CreateRole&RoleName=" name "&AssumeRolePolicyDocument="
#define UPDATE(name) "UpdateAssumeRolePolicy&RoleName=" name "&PolicyDocument="

static const char *
role_new(struct fixture *f, const char *create, const char *document)
{
	struct api_response resp = with_document(f, create, document);

	assert_status(f, &resp, 200);
	return fixture_element(f, &resp, "RoleId", 0);
}

/* The document in an answer. */
static const char *
document_of(struct fixture *f, struct api_response *resp)
{
	const char *sent = fixture_element(f, resp, "AssumeRolePolicyDocument", 0), *text;
	struct buf b;

	assert_status(f, resp, 200);
	buf_init(&b, 8192);
	assert_ok(uri_decode(&b, str_of(sent)));
	text = fixture_cstr(f, buf_view(&b));
	buf_release(&b);
	return text;
}

static void
assert_shown(struct fixture *f, const char *body, const char *want)
{
	struct api_response resp = fixture_iam(f, body);

	assert_string_equal(document_of(f, &resp), want);
}

static void
assert_stored(struct fixture *f, const char *name, const char *want)
{
	struct store_role v;

	assert_ok(store_role_get(f->st, f->a, STR(ACCOUNT), str_of(name), &v));
	assert_string_equal(fixture_cstr(f, v.trust_policy), want);
}

static const char *
aws(struct fixture *f, const char *principal)
{
	return arena_fmt(f->a, AWS("\"%s\""), principal).p;
}

static void
assert_assumes(struct fixture *f, const struct user *u, const char *body, unsigned status)
{
	struct api_response resp;

	as(f, u->key, u->secret, NULL);
	resp = fixture_sts(f, body);
	assert_status(f, &resp, status);
	if (status == 403)
		assert_has(f, &resp, "is not authorized to perform: sts:AssumeRole on resource: ");
	as_root(f);
}

static void
test_user_made_anew(void **state)
{
	struct fixture *f = *state;
	struct user before = user_new(f, "bob"), after;
	struct api_response resp;

	role_new(f, CREATE("r"), AWS("\"" ARN("user/bob") "\""));
	assert_stored(f, "r", aws(f, before.id));
	assert_shown(f, "GetRole&RoleName=r", AWS("\"" ARN("user/bob") "\""));
	assert_assumes(f, &before, ASSUME("r"), 200);
	user_delete(f, "bob", &before);
	assert_shown(f, "GetRole&RoleName=r", aws(f, before.id));
	after = user_new(f, "bob");
	assert_string_not_equal(before.id, after.id);
	assert_assumes(f, &after, ASSUME("r"), 403);
	assert_shown(f, "GetRole&RoleName=r", aws(f, before.id));
	/* Until it is said again. */
	resp = with_document(f, UPDATE("r"), AWS("\"" ARN("user/bob") "\""));
	assert_status(f, &resp, 200);
	assert_assumes(f, &after, ASSUME("r"), 200);
}

static void
test_user_renamed(void **state)
{
	struct fixture *f = *state;
	struct user bob = user_new(f, "bob"), other;

	role_new(f, CREATE("r"), AWS("\"" ARN("user/bob") "\""));
	ok(f, "UpdateUser&UserName=bob&NewUserName=Robert&NewPath=/x/");
	assert_shown(f, "GetRole&RoleName=r", AWS("\"" ARN("user/x/Robert") "\""));
	assert_assumes(f, &bob, ASSUME("r"), 200);
	other = user_new(f, "bob");
	assert_assumes(f, &other, ASSUME("r"), 403);
}

/* A role's id stands for its sessions, and a deny for it is bound as well. */
static void
test_role_made_anew(void **state)
{
	struct fixture *f = *state;
	struct user bob = user_new(f, "bob");
	const char *before, *after;
	struct api_response resp;
	int i;

	before = role_new(f, CREATE("a"), AWS("\"" ARN("user/bob") "\""));
	role_new(f, CREATE("b"), AWS("\"" ARN("role/a") "\""));
	assert_stored(f, "b", aws(f, before));
	for (i = 0; i < 2; i++) {
		as(f, bob.key, bob.secret, NULL);
		resp = fixture_sts(f, ASSUME("a"));
		assert_status(f, &resp, 200);
		as(f, fixture_element(f, &resp, "AccessKeyId", 0),
		    fixture_element(f, &resp, "SecretAccessKey", 0),
		    fixture_element(f, &resp, "SessionToken", 0));
		resp = fixture_sts(f, ASSUME("b"));
		assert_status(f, &resp, i == 0 ? 200 : 403);
		as_root(f);
		assert_shown(f, "GetRole&RoleName=b",
		    i == 0 ? AWS("\"" ARN("role/a") "\"") : aws(f, before));
		ok(f, "DeleteRole&RoleName=a");
		after = role_new(f, CREATE("a"), AWS("\"" ARN("user/bob") "\""));
		assert_string_not_equal(before, after);
	}
}

/* A permissions boundary limits a session that its role's id lets in, as it limits
 * one that its role's ARN does; a user who is named is not limited (iam.h). */
static void
test_boundary(void **state)
{
	struct fixture *f = *state;
	struct user bob;
	struct api_response resp;

	with_document(f, "CreatePolicy&PolicyName=p&PolicyDocument=",
	    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"ec2:*\","
	    "\"Resource\":\"*\"}}");
	bob = user_new(f, "bob");
	ok(f, "PutUserPermissionsBoundary&UserName=bob&PermissionsBoundary=" ARN("policy/p"));
	role_new(f, CREATE("a"), AWS("\"" ARN("user/bob") "\""));
	ok(f, "PutRolePermissionsBoundary&RoleName=a&PermissionsBoundary=" ARN("policy/p"));
	role_new(f, CREATE("b"), AWS("\"" ARN("role/a") "\""));
	as(f, bob.key, bob.secret, NULL);
	resp = fixture_sts(f, ASSUME("a"));
	assert_status(f, &resp, 200);
	as(f, fixture_element(f, &resp, "AccessKeyId", 0),
	    fixture_element(f, &resp, "SecretAccessKey", 0),
	    fixture_element(f, &resp, "SessionToken", 0));
	resp = fixture_sts(f, ASSUME("b"));
	assert_status(f, &resp, 403);
}

static void
test_not_there(void **state)
{
	static const struct {
		const char *document, *arn;
	} rows[] = {
		{ AWS("\"" ARN("user/none") "\""), ARN("user/none") },
		{ AWS("\"" ARN("role/none") "\""), ARN("role/none") },
		{ AWS("\"" ARN("user/EVE") "\""), ARN("user/EVE") },
		{ AWS("\"" ARN("user/x/eve") "\""), ARN("user/x/eve") },
		{ AWS("\"" ARN("role/eve") "\""), ARN("role/eve") },
		{ AWS("\"" ARN("role/new") "\""), ARN("role/new") },
		{ AWS("\"arn:aws-cn:iam::" ACCOUNT ":user/eve\""),
		    "arn:aws-cn:iam::" ACCOUNT ":user/eve" },
		{ AWS("[\"" EVE "\",\"*\",\"" ARN("user/none") "\"]"), ARN("user/none") },
	};
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	role_new(f, CREATE("there"), AWS("\"" EVE "\""));
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		resp = with_document(f, CREATE("new"), rows[i].document);
		fixture_assert_iam_error(f, &resp, 400, "MalformedPolicyDocument",
		    arena_fmt(f->a, INVALID, rows[i].arn).p);
		resp = with_document(f, UPDATE("there"), rows[i].document);
		fixture_assert_iam_error(f, &resp, 400, "MalformedPolicyDocument",
		    arena_fmt(f->a, INVALID, rows[i].arn).p);
	}
	assert_shown(f, "GetRole&RoleName=there", AWS("\"" EVE "\""));
	/* Who may not write it, does not learn who is there. */
	as(f, USER_KEY, USER_SECRET, NULL);
	resp = with_document(f, UPDATE("there"), rows[0].document);
	assert_status(f, &resp, 403);
	assert_has_not(f, &resp, "Invalid principal");
}

/* What is not a user or role of the account is stored and shown as it was sent. */
static void
test_left_alone(void **state)
{
	static const char *const rows[] = {
		AWS("\"*\""),
		AWS("\"" ACCOUNT "\""),
		AWS("[ \"" ARN("root") "\" ]"),
		AWS("\"" SESSION("none/s") "\""),
		AWS("\"arn:aws:iam::999999999999:user/none\""),
		AWS("\"AIDAAAAAAAAAAAAAAAAA\""),
		TRUST("\"Principal\":\"*\""),
		TRUST("\"Principal\" : {\"Service\":\"ec2.amazonaws.com\",\n"
		      "\"Federated\":\"" ARN("saml-provider/x") "\"}"),
		/* The name of one that is there, where it is no principal. */
		TRUST("\"Condition\":{\"ArnLike\":{\"aws:PrincipalArn\":[ \"" EVE "\" ]}},"
		      "\"Principal\":\"*\""),
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		role_new(f, CREATE("r"), rows[i]);
		assert_stored(f, "r", rows[i]);
		assert_shown(f, "GetRole&RoleName=r", rows[i]);
		ok(f, "DeleteRole&RoleName=r");
	}
}

#define FIRST \
	"{\"Version\":\"2012-10-17\",\"Id\":\"x\",\"Statement\":[{\"Sid\":\"One\"," \
	"\"Effect\":\"Allow\",\"Principal\":{\"AWS\":["
#define SECOND \
	"],\"Service\":\"ec2.amazonaws.com\"},\"Action\":[\"sts:AssumeRole\",\"sts:TagSession\"]," \
	"\"Condition\":{\"StringEquals\":{\"sts:ExternalId\":[\"\\\"\\\\u\",\"" EVE "\"]}," \
	"\"NumericLessThan\":{\"aws:MultiFactorAuthAge\":1.5}," \
	"\"Bool\":{\"aws:MultiFactorAuthPresent\":true}}}," \
	"{\"Effect\":\"Deny\",\"Principal\":{\"AWS\":"
#define CREATE_A "CreateRole&RoleName=a&Path=/x/&AssumeRolePolicyDocument="
#define THIRD "},\"Action\":\"sts:*\"}]}"

/* As it was sent, in every answer that shows it. */
static void
test_round_trip(void **state)
{
	static const char sent[] = FIRST "\"" ARN("role/x/a") "\",\"" SESSION(
	    "a/s") "\",\"" EVE "\",\"" ACCOUNT "\"" SECOND "\"" ARN("user/bob") "\"" THIRD;
	static const char *const shows[] = {
		"GetRole&RoleName=r",
		"ListRoles&PathPrefix=/y/",
		"UpdateRoleDescription&RoleName=r&Description=d",
		"GetInstanceProfile&InstanceProfileName=ip",
		"ListInstanceProfilesForRole&RoleName=r",
		"GetAccountAuthorizationDetails&Filter.member.1=Role&MaxItems=2",
	};
	struct fixture *f = *state;
	struct store_audit_event ev;
	struct api_response resp;
	const char *a, *bob;
	size_t i;

	bob = user_new(f, "bob").id;
	a = role_new(f, CREATE_A, TRUST("\"Principal\":\"*\""));
	role_new(f, "CreateRole&RoleName=r&Path=/y/&AssumeRolePolicyDocument=", sent);
	fixture_audit(f, &ev);
	assert_null(strstr(fixture_cstr(f, ev.record), bob));
	assert_stored(f, "r",
	    arena_fmt(f->a,
		"%s\"%s\",\"" SESSION("a/s") "\",\"AIDACKCEVSQ6C2EXAMPLE\",\"" ACCOUNT
					     "\"%s\"%s\"%s",
		FIRST, a, SECOND, bob, THIRD)
		.p);
	ok(f, "CreateInstanceProfile&InstanceProfileName=ip");
	ok(f, "AddRoleToInstanceProfile&InstanceProfileName=ip&RoleName=r");
	ok(f, "DeleteRole&RoleName=a");
	a = role_new(f, CREATE_A, TRUST("\"Principal\":\"*\""));
	resp = with_document(f, UPDATE("r"), sent);
	assert_status(f, &resp, 200);
	ok(f, "DeleteRole&RoleName=a");
	for (i = 0; i < sizeof(shows) / sizeof(shows[0]); i++)
		assert_shown(f, shows[i],
		    arena_fmt(f->a,
			"%s\"%s\",\"" SESSION("a/s") "\",\"" EVE "\",\"" ACCOUNT
						     "\"%s\"" ARN("user/bob") "\"%s",
			FIRST, a, SECOND, THIRD)
			.p);
}

/* Ids as they are sent: of the account shown as ARNs, of others not. */
static void
test_ids_of_others(void **state)
{
	struct fixture *f = *state;

	assert_ok(store_user_add(f->st,
	    &(struct store_user){ .user_id = STR("AIDAOTHEROTHEROTHER2"),
		.account_id = STR("999999999999"),
		.name = STR("x"),
		.path = STR("/"),
		.arn = STR("arn:aws:iam::999999999999:user/x"),
		.created_at = NOW_S }));
	role_new(f, CREATE("r"), AWS("\"AIDAOTHEROTHEROTHER2\""));
	assert_shown(f, "GetRole&RoleName=r", AWS("\"AIDAOTHEROTHEROTHER2\""));
	role_new(f, CREATE("s"), AWS("\"AIDACKCEVSQ6C2EXAMPLE\""));
	assert_shown(f, "GetRole&RoleName=s", AWS("\"" EVE "\""));
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_user_made_anew),
		TEST(test_user_renamed),
		TEST(test_role_made_anew),
		TEST(test_boundary),
		TEST(test_not_there),
		TEST(test_left_alone),
		TEST(test_round_trip),
		TEST(test_ids_of_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
