/*
 * assume_role_test: tests who may assume which role and for how long, and what such a session may
 * do.
 */
#include "sts_kit.h"

/* ---- AssumeRole ---- */

static void
test_assume_role(void **state)
{
	struct fixture *f = *state;
	struct store_audit_event ev;
	struct api_response resp;
	const char *secret;

	trust_eve(f, "");
	as_eve(f);
	/* Names have no case; what is answered has the role's. */
	resp = fixture_sts(f,
	    "AssumeRole&RoleArn=" IAM ":role/ops/aDMIN"
	    "&RoleSessionName=alice@home&DurationSeconds=900");
	use(f, &resp);
	secret = f->secret;
	assert_string_equal(fixture_element(f, &resp, "Arn", 0), SESSION);
	assert_string_equal(fixture_element(f, &resp, "AssumedRoleId", 0), ROLE_ID ":alice@home");
	assert_string_equal(fixture_element(f, &resp, "Expiration", 0), "2023-11-14T22:28:20Z");
	assert_has_not(f, &resp, "PackedPolicySize");
	assert_has_not(f, &resp, "SourceIdentity");
	fixture_audit(f, &ev);
	assert_non_null(memmem(ev.record.p, ev.record.n, "\"assumedRoleUser\"", 17));
	assert_non_null(memmem(ev.record.p, ev.record.n, f->access_key, 20));
	assert_null(memmem(ev.record.p, ev.record.n, secret, 40));
	assert_null(memmem(ev.record.p, ev.record.n, f->token, 40));
	assert_i_am(f, SESSION);
	/* The role may nothing, and not what eve may. */
	allow(f, USER_ID, "p", "{\"Effect\":\"Allow\",\"Action\":\"ec2:*\",\"Resource\":\"*\"}");
	resp = fixture_ec2(f, "DescribeVpcs");
	assert_status(f, &resp, 403);
	assert_has(f, &resp, "User: " SESSION " is not authorized to perform: ec2:DescribeVpcs");
	allow(f, ROLE_ID, "p", "{\"Effect\":\"Allow\",\"Action\":\"ec2:*\",\"Resource\":\"*\"}");
	resp = fixture_ec2(f, "DescribeVpcs");
	assert_status(f, &resp, 200);
}

/* The role is a resource of the record, by its own spelling; when its use is denied,
 * it is none. */
/* STS's own words. Source: the answers to these requests as a published suite of probes of AWS has
 * them; getmoto/moto issue 9218 and newscorpaus/consigliere issue 18 on github.com. */
static void
test_words(void **state)
{
#define FAILED(value, at, must) \
	"Value " value " at &apos;" at "&apos; failed to satisfy constraint: Member must " must
#define ONE(value, at, must) "1 validation error detected: " FAILED(value, at, must)
#define NAMED "AssumeRole&RoleArn=" IAM ":role/Admin&RoleSessionName="
#define ARN_PATTERN \
	"satisfy regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085" \
	"\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+"
	static const struct {
		const char *body, *message;
	} rows[] = {
		{ "AssumeRole&RoleSessionName=alice", ONE("null", "roleArn", "not be null") },
		{ "AssumeRole&RoleArn=&RoleSessionName=alice",
		    "2 validation errors detected: " FAILED("&apos;&apos;", "roleArn",
			ARN_PATTERN) "; " FAILED("&apos;&apos;", "roleArn",
			"have length greater than or equal to 20") },
		{ "AssumeRole&RoleArn=not-an-arn&RoleSessionName=alice",
		    ONE("&apos;not-an-arn&apos;", "roleArn",
			"have length greater than or equal to 20") },
		{ "AssumeRole&RoleArn=" IAM ":role/Admin",
		    ONE("null", "roleSessionName", "not be null") },
		{ NAMED "",
		    ONE("&apos;&apos;", "roleSessionName",
			"have length greater than or equal to 2") },
		{ NAMED "a",
		    ONE("&apos;a&apos;", "roleSessionName",
			"have length greater than or equal to 2") },
		{ NAMED "bad/name",
		    ONE("&apos;bad/name&apos;", "roleSessionName",
			"satisfy regular expression pattern: [\\w+=,.@-]*") },
		{ ASSUME "&DurationSeconds=-1",
		    ONE("&apos;-1&apos;", "durationSeconds",
			"have value greater than or equal to 900") },
		{ ASSUME "&DurationSeconds=43201",
		    ONE("&apos;43201&apos;", "durationSeconds",
			"have value less than or equal to 43200") },
	};
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	for (i = 0; i < FIELD_N(rows); i++) {
		resp = fixture_sts(f, rows[i].body);
		assert_status(f, &resp, 400);
		assert_has(f, &resp, "<Code>ValidationError</Code>");
		assert_has(f, &resp, arena_fmt(f->a, "<Message>%s</Message>", rows[i].message).p);
	}
	resp = fixture_sts(f, ASSUME "&DurationSeconds=abc");
	assert_has(f, &resp, "<Code>MalformedInput</Code>");
}

static void
test_assume_role_resources(void **state)
{
	static const char resources[] =
	    "\"readOnly\":true,\"resources\":[{\"accountId\":\"" ACCOUNT
	    "\",\"type\":\"AWS::IAM::Role\",\"ARN\":\"" ROLE "\"}],\"eventType\"";
	struct fixture *f = *state;
	struct store_audit_event ev;
	struct api_response resp;

	trust_eve(f, "");
	as_eve(f);
	resp = fixture_sts(f,
	    "AssumeRole&RoleArn=" IAM ":role/ops/aDMIN"
	    "&RoleSessionName=alice@home&Tags.member.1.Key=k"
	    "&Tags.member.1.Value=v");
	assert_status(f, &resp, 200);
	fixture_audit(f, &ev);
	assert_non_null(strstr(fixture_cstr(f, ev.record), resources));
	assert_int_equal(ev.n_resources, 1);
	assert_string_equal(fixture_cstr(f, ev.resources[0].type), "AWS::IAM::Role");
	assert_string_equal(fixture_cstr(f, ev.resources[0].name), "Admin");
	/* A refusal after the decision names it, too. */
	assert_error(f, ASSUME "&DurationSeconds=7201", 400, "ValidationError", NULL);
	fixture_audit(f, &ev);
	assert_non_null(strstr(fixture_cstr(f, ev.record), resources));
	trust(f,
	    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":"
	    "{\"AWS\":\"" IAM ":user/bob\"},\"Action\":\"sts:AssumeRole\"}}");
	assert_denied(f, ASSUME);
	fixture_audit(f, &ev);
	assert_null(strstr(fixture_cstr(f, ev.record), "\"resources\""));
	resp = fixture_sts(f, "GetCallerIdentity");
	assert_status(f, &resp, 200);
	fixture_audit(f, &ev);
	assert_null(strstr(fixture_cstr(f, ev.record), "\"resources\""));
	assert_int_equal(ev.n_resources, 0);
}

static void
test_assume_role_durations(void **state)
{
	static const struct {
		const char *more, *want;
	} rows[] = {
		{ "", "2023-11-14T23:13:20Z" },
		{ "&DurationSeconds=900", "2023-11-14T22:28:20Z" },
		{ "&DurationSeconds=7200", "2023-11-15T00:13:20Z" },
		{ "&DurationSeconds=7201", NULL },
		{ "&DurationSeconds=899", NULL },
		{ "&DurationSeconds=43201", NULL },
	};
	struct fixture *f = *state;
	struct api_response resp;
	const char *body;
	size_t i;

	trust_eve(f, "");
	as_eve(f);
	for (i = 0; i < FIELD_N(rows); i++) {
		body = arena_fmt(f->a, ASSUME "%s", rows[i].more).p;
		if (rows[i].want == NULL) {
			assert_error(f, body, 400, "ValidationError", NULL);
			continue;
		}
		resp = fixture_sts(f, body);
		assert_status(f, &resp, 200);
		assert_string_equal(fixture_element(f, &resp, "Expiration", 0), rows[i].want);
	}
	/* How long its sessions may last is for those who may assume it. */
	trust(f,
	    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":"
	    "{\"AWS\":\"" IAM ":user/bob\"},\"Action\":\"sts:AssumeRole\"}}");
	assert_denied(f, ASSUME "&DurationSeconds=7201");
}

/* That a role is there is told to nobody who may not assume it. */
static void
test_assume_role_denied_alike(void **state)
{
	static const char *const names[] = { "Admin", "admin", "Other", "AdminX" };
	struct fixture *f = *state;
	struct api_response resp;
	struct store_audit_event ev;
	size_t i, n, lengths[4];

	trust(f,
	    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":"
	    "{\"AWS\":\"" IAM ":user/bob\"},\"Action\":\"sts:AssumeRole\"}}");
	allow(f, USER_ID, "p", "{\"Effect\":\"Allow\",\"Action\":\"sts:*\",\"Resource\":\"*\"}");
	as_eve(f);
	for (i = 0; i < 4; i++) {
		resp = fixture_sts(f,
		    arena_fmt(f->a, "AssumeRole&RoleArn=" IAM ":role/ops/%s&RoleSessionName=alice",
			names[i])
			.p);
		assert_status(f, &resp, 403);
		assert_string_equal(fixture_element(f, &resp, "Message", 0),
		    arena_fmt(f->a, DENIED IAM ":role/ops/%s", names[i]).p);
		lengths[i] = resp.body.n - strlen(names[i]);
		fixture_audit(f, &ev);
		assert_string_equal(fixture_cstr(f, ev.error_code), "AccessDenied");
	}
	for (n = 1; n < 4; n++)
		assert_int_equal(lengths[n], lengths[0]);
	/* Its name in another path, or account, is no role of ours. */
	assert_error(f, "AssumeRole&RoleArn=" IAM ":role/Admin&RoleSessionName=alice", 403,
	    "AccessDenied", DENIED IAM ":role/Admin");
	trust_eve(f, "");
	assert_error(f, "AssumeRole&RoleArn=" IAM ":role/Admin&RoleSessionName=alice", 403,
	    "AccessDenied", DENIED IAM ":role/Admin");
	assert_error(f,
	    "AssumeRole&RoleArn=arn:aws:iam::999999999999:role/ops/Admin"
	    "&RoleSessionName=alice",
	    403, "AccessDenied", DENIED "arn:aws:iam::999999999999:role/ops/Admin");
}

static void
test_assume_role_malformed(void **state)
{
	static const char *const bodies[] = {
		"AssumeRole&RoleArn=" ROLE,
		"AssumeRole&RoleSessionName=alice",
		"AssumeRole&RoleArn=" ROLE "&RoleSessionName=a",
		"AssumeRole&RoleArn=" ROLE "&RoleSessionName=a%20b",
		"AssumeRole&RoleArn=" EVE "&RoleSessionName=alice",
		"AssumeRole&RoleArn=arn:aws:s3:::role/ops/Admin&RoleSessionName=alice",
		"AssumeRole&RoleArn=12345678901234567890&RoleSessionName=alice",
		ASSUME "&ExternalId=x",
		ASSUME "&SourceIdentity=x",
		ASSUME "&Tags.member.1.Key=k",
		ASSUME "&PolicyArns.member.1.arn=" IAM ":policy/none",
		ASSUME "&SerialNumber=" SERIAL,
	};
	struct fixture *f = *state;
	size_t i;

	trust_eve(f, "");
	as_eve(f);
	for (i = 0; i < FIELD_N(bodies); i++)
		assert_error(f, bodies[i], 400, "ValidationError", NULL);
	assert_error(f, ASSUME "&Policy={}", 400, "MalformedPolicyDocument", NULL);
	assert_error(f,
	    ASSUME "&Policy=%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A"
		   "%22e%2A%3Ax%22%2C%22Resource%22%3A%22%2A%22%7D%7D",
	    400, "MalformedPolicyDocument", "Vendor e* is not valid");
	assert_error(f, ASSUME "&TransitiveTagKeys.member.1=k", 400, "InvalidParameterValue", NULL);
	assert_error(f,
	    ASSUME "&Tags.member.1.Key=k&Tags.member.1.Value=v&Tags.member.2.Key=K"
		   "&Tags.member.2.Value=v",
	    400, "InvalidParameterValue", NULL);
	f->access_key = ROOT_KEY;
	f->secret = ROOT_SECRET;
	assert_error(f, ASSUME, 403, "AccessDenied", "Roles may not be assumed by root accounts.");
}

/* Trust policies by their conditions: what is asked, and whether it may. */
static void
test_trust(void **state)
{
	static const struct {
		const char *condition, *body;
		bool allowed;
	} rows[] = {
		{ "\"StringEquals\":{\"sts:ExternalId\":\"42-x\"}", ASSUME "&ExternalId=42-x",
		    true },
		{ "\"StringEquals\":{\"sts:ExternalId\":\"42-x\"}", ASSUME "&ExternalId=42-X",
		    false },
		{ "\"StringEquals\":{\"sts:ExternalId\":\"42-x\"}", ASSUME, false },
		{ "\"Null\":{\"sts:ExternalId\":\"true\"}", ASSUME, true },
		{ "\"Null\":{\"sts:ExternalId\":\"true\"}", ASSUME "&ExternalId=42-x", false },
		{ "\"StringLike\":{\"sts:RoleSessionName\":\"alice*\"}", ASSUME, true },
		{ "\"StringLike\":{\"sts:RoleSessionName\":\"bob*\"}", ASSUME, false },
		{ "\"StringLike\":{\"sts:RoleSessionName\":\"${aws:username}\"}", ASSUME, false },
		{ "\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"}", ASSUME, false },
		{ "\"BoolIfExists\":{\"aws:MultiFactorAuthPresent\":\"true\"}", ASSUME, true },
		{ "\"StringEquals\":{\"aws:RequestTag/team\":\"blue\"}",
		    ASSUME "&Tags.member.1.Key=team&Tags.member.1.Value=blue", true },
		{ "\"StringEquals\":{\"aws:RequestTag/team\":\"blue\"}",
		    ASSUME "&Tags.member.1.Key=team&Tags.member.1.Value=red", false },
		{ "\"StringEquals\":{\"aws:RequestTag/team\":\"blue\"}", ASSUME, false },
		{ "\"ForAllValues:StringEquals\":{\"aws:TagKeys\":[\"team\"]}",
		    ASSUME "&Tags.member.1.Key=team&Tags.member.1.Value=blue", true },
		{ "\"ForAllValues:StringEquals\":{\"aws:TagKeys\":[\"team\"]}",
		    ASSUME "&Tags.member.1.Key=cost&Tags.member.1.Value=1", false },
		{ "\"ForAllValues:StringEquals\":{\"sts:TransitiveTagKeys\":[\"team\"]}",
		    ASSUME "&Tags.member.1.Key=cost&Tags.member.1.Value=1"
			   "&TransitiveTagKeys.member.1=cost",
		    false },
		{ "\"ForAnyValue:StringEquals\":{\"sts:TransitiveTagKeys\":[\"team\"]}",
		    ASSUME "&Tags.member.1.Key=team&Tags.member.1.Value=1"
			   "&TransitiveTagKeys.member.1=team",
		    true },
		{ "\"IpAddress\":{\"aws:SourceIp\":\"192.0.2.0/24\"}", ASSUME, true },
		{ "\"IpAddress\":{\"aws:SourceIp\":\"198.51.100.0/24\"}", ASSUME, false },
	};
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	as_eve(f);
	for (i = 0; i < FIELD_N(rows); i++) {
		trust_eve(f, arena_fmt(f->a, ",\"Condition\":{%s}", rows[i].condition).p);
		if (!rows[i].allowed) {
			assert_denied(f, rows[i].body);
			continue;
		}
		resp = fixture_sts(f, rows[i].body);
		assert_status(f, &resp, 200);
	}
}

/* Whom a trust policy names: itself is enough, the account is not. */
static void
test_trust_principals(void **state)
{
	static const struct {
		const char *principal, *own;
		bool allowed;
	} rows[] = {
		{ "{\"AWS\":\"" EVE "\"}", NULL, true },
		{ "{\"AWS\":\"" IAM ":user/bob\"}", NULL, false },
		{ "{\"AWS\":\"" IAM ":user/bob\"}", "Allow", false },
		{ "{\"AWS\":\"" IAM ":root\"}", NULL, false },
		{ "{\"AWS\":\"" IAM ":root\"}", "Allow", true },
		{ "{\"AWS\":\"" ACCOUNT "\"}", "Allow", true },
		{ "{\"AWS\":\"" EVE "\"}", "Deny", false },
		{ "{\"AWS\":\"999999999999\"}", "Allow", false },
		{ "{\"Service\":\"ec2.amazonaws.com\"}", "Allow", false },
		{ "\"*\"", "Allow", true },
	};
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	as_eve(f);
	for (i = 0; i < FIELD_N(rows); i++) {
		trust(f,
		    arena_fmt(f->a,
			"{\"Version\":\"2012-10-17\",\"Statement\":"
			"{\"Effect\":\"Allow\",\"Principal\":%s,\"Action\":\"sts:AssumeRole\"}}",
			rows[i].principal)
			.p);
		allow(f, USER_ID, "p",
		    arena_fmt(f->a,
			"{\"Effect\":\"%s\",\"Action\":\"%s\",\"Resource\":\"" ROLE "\"}",
			rows[i].own != NULL ? rows[i].own : "Allow",
			rows[i].own != NULL ? "sts:AssumeRole" : "ec2:*")
			.p);
		if (!rows[i].allowed) {
			assert_denied(f, ASSUME);
			continue;
		}
		resp = fixture_sts(f, ASSUME);
		assert_status(f, &resp, 200);
	}
}

static void
test_trust_with_mfa(void **state)
{
	struct fixture *f = *state;
	struct str seed = device(f);
	struct api_response resp;

	trust_eve(f,
	    ",\"Condition\":{\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"},"
	    "\"NumericLessThan\":{\"aws:MultiFactorAuthAge\":\"60\"}}");
	as_eve(f);
	assert_denied(f, ASSUME);
	assert_error(f, with_code(f, ASSUME, "000000"), 403, "AccessDenied", WRONG);
	resp = fixture_sts(f, with_code(f, ASSUME, fixture_totp(f, seed, NOW_S)));
	use(f, &resp);
	assert_i_am(f, SESSION);
	/* The code counted for this request alone: the role's session carries no MFA, and so may
	 * not assume what wants MFA (user guide, "Secure API access with MFA": "temporary
	 * credentials returned by AssumeRole do not include MFA information in the context"). */
	allow(f, ROLE_ID, "p",
	    "{\"Effect\":\"Allow\",\"Action\":\"ec2:*\",\"Resource\":\"*\",\"Condition\":"
	    "{\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"}}}");
	resp = fixture_ec2(f, "DescribeVpcs");
	assert_status(f, &resp, 403);
	allow(f, ROLE_ID, "p",
	    "{\"Effect\":\"Allow\",\"Action\":\"ec2:*\",\"Resource\":\"*\",\"Condition\":"
	    "{\"Bool\":{\"aws:MultiFactorAuthPresent\":\"false\"},"
	    "\"Null\":{\"aws:MultiFactorAuthAge\":\"true\"}}}");
	resp = fixture_ec2(f, "DescribeVpcs");
	assert_status(f, &resp, 200);
	/* With a session that showed a code no other one is needed, while it is young. */
	as_eve(f);
	resp = fixture_sts(f, with_code(f, "GetSessionToken", fixture_totp(f, seed, NOW_S + 30)));
	use(f, &resp);
	wait_s(f, 59);
	resp = fixture_sts(f, ASSUME);
	assert_status(f, &resp, 200);
	wait_s(f, 1);
	assert_denied(f, ASSUME);
	/* A code of now stands for the old one. */
	resp = fixture_sts(f, with_code(f, ASSUME, fixture_totp(f, seed, f->wall_ms / 1000)));
	assert_status(f, &resp, 200);
}

static void
test_tags_need_permission(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	trust(f,
	    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":"
	    "{\"AWS\":\"" EVE "\"},\"Action\":\"sts:AssumeRole\"}}");
	as_eve(f);
	assert_error(f, ASSUME "&Tags.member.1.Key=team&Tags.member.1.Value=blue", 403,
	    "AccessDenied",
	    "User: " EVE " is not authorized to perform: sts:TagSession on resource: " ROLE);
	assert_error(f, ASSUME "&SourceIdentity=alice", 403, "AccessDenied",
	    "User: " EVE " is not authorized to perform: sts:SetSourceIdentity on resource: " ROLE);
	resp = fixture_sts(f, ASSUME);
	assert_status(f, &resp, 200);
}

/* Tags of a session are aws:PrincipalTag; those that are transitive go on. */
static void
test_chain(void **state)
{
	static const char next[] = "AssumeRole&RoleArn=" IAM ":role/Next&RoleSessionName=bob";
	struct fixture *f = *state;
	const struct store_role role = { .role_id = STR("AROANEXTNEXTNEXTNEXT"),
		.account_id = STR(ACCOUNT),
		.name = STR("Next"),
		.path = STR("/"),
		.arn = STR(IAM ":role/Next"),
		.created_at = NOW_S,
		.trust_policy =
		    STR("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\","
			"\"Principal\":{\"AWS\":\"" ROLE "\"},\"Action\":"
			"[\"sts:AssumeRole\",\"sts:TagSession\","
			"\"sts:SetSourceIdentity\"]}}"),
		.max_session_s = 43200 };
	struct api_response resp;

	assert_ok(store_role_add(f->st, &role));
	trust(f,
	    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":"
	    "{\"AWS\":\"" EVE "\"},\"Action\":\"sts:*\"}}");
	allow(f, ROLE_ID, "p",
	    "{\"Effect\":\"Allow\",\"Action\":\"ec2:*\",\"Resource\":\"*\","
	    "\"Condition\":{\"StringEquals\":{\"aws:PrincipalTag/team\":\"blue\","
	    "\"aws:PrincipalTag/cost\":\"1\",\"aws:SourceIdentity\":\"alice\"}}}");
	allow(f, "AROANEXTNEXTNEXTNEXT", "p",
	    "{\"Effect\":\"Allow\",\"Action\":\"ec2:*\",\"Resource\":\"*\",\"Condition\":"
	    "{\"StringEquals\":{\"aws:PrincipalTag/team\":\"blue\",\"aws:SourceIdentity\":"
	    "\"alice\"},\"Null\":{\"aws:PrincipalTag/cost\":\"true\"}}}");
	as_eve(f);
	resp = fixture_sts(f,
	    ASSUME "&SourceIdentity=alice&Tags.member.1.Key=team"
		   "&Tags.member.1.Value=blue&Tags.member.2.Key=cost&Tags.member.2.Value=1"
		   "&TransitiveTagKeys.member.1=Team");
	use(f, &resp);
	assert_string_equal(fixture_element(f, &resp, "SourceIdentity", 0), "alice");
	assert_string_equal(fixture_element(f, &resp, "PackedPolicySize", 0), "1");
	resp = fixture_ec2(f, "DescribeVpcs");
	assert_status(f, &resp, 200);

	assert_error(f, arena_fmt(f->a, "%s&DurationSeconds=3601", next).p, 400, "ValidationError",
	    "The requested DurationSeconds exceeds the 1 hour session limit "
	    "for roles assumed by role chaining");
	assert_error(f, arena_fmt(f->a, "%s&SourceIdentity=bob", next).p, 403, "AccessDenied",
	    NULL);
	assert_error(f,
	    arena_fmt(f->a, "%s&Tags.member.1.Key=TEAM&Tags.member.1.Value=red", next).p, 400,
	    "InvalidParameterValue", NULL);
	resp = fixture_sts(f, next);
	use(f, &resp);
	assert_string_equal(fixture_element(f, &resp, "SourceIdentity", 0), "alice");
	assert_i_am(f, "arn:aws:sts::" ACCOUNT ":assumed-role/Next/bob");
	resp = fixture_ec2(f, "DescribeVpcs");
	assert_status(f, &resp, 200);
	/* The end of the chain ends with its beginning. */
	assert_ok(store_access_key_set_status(f->st, STR(USER_KEY), STORE_ACCESS_KEY_INACTIVE));
	assert_error(f, "GetCallerIdentity", 403, "InvalidClientTokenId", NULL);
}

/* A session policy allows nothing; it limits. */
static void
test_session_policies(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	trust_eve(f, "");
	allow(f, ROLE_ID, "p", "{\"Effect\":\"Allow\",\"Action\":\"ec2:*\",\"Resource\":\"*\"}");
	as_eve(f);
	resp = fixture_sts(f,
	    ASSUME "&Policy={\"Version\":\"2012-10-17\",\"Statement\":"
		   "{\"Effect\":\"Allow\",\"Action\":\"ec2:DescribeVpcs\",\"Resource\":\"*\"}}");
	use(f, &resp);
	resp = fixture_ec2(f, "DescribeVpcs");
	assert_status(f, &resp, 200);
	resp = fixture_ec2(f, "DescribeSubnets");
	assert_status(f, &resp, 403);
	assert_has(f, &resp, "because no session policy allows the ec2:DescribeSubnets action");
	as_eve(f);
	resp = fixture_sts(f,
	    ASSUME "&Policy={\"Version\":\"2012-10-17\",\"Statement\":"
		   "{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}");
	use(f, &resp);
	resp = fixture_sts(f, "GetAccessKeyInfo&AccessKeyId=" USER_KEY);
	assert_status(f, &resp, 403);
}

static void
test_packed_size(void **state)
{
	struct fixture *f = *state;
	char value[257];
	struct buf body;
	int i;

	memset(value, 'v', 256);
	value[256] = '\0';
	trust_eve(f, "");
	as_eve(f);
	buf_init(&body, 65536);
	buf_c(&body, ASSUME);
	for (i = 1; i <= 50; i++)
		buf_fmt(&body, "&Tags.member.%d.Key=key-%d&Tags.member.%d.Value=%s", i, i, i,
		    value);
	/* 50 of 2 + 5 or 6 + 2 + 256 + 1: 13341 of 8192. */
	assert_error(f, fixture_cstr(f, buf_view(&body)), 400, "PackedPolicyTooLarge",
	    "Packed policy consumes 163% of allotted space, please use smaller policy.");
	buf_release(&body);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_assume_role),
		TEST(test_assume_role_resources),
		TEST(test_words),
		TEST(test_assume_role_durations),
		TEST(test_assume_role_denied_alike),
		TEST(test_assume_role_malformed),
		TEST(test_trust),
		TEST(test_trust_principals),
		TEST(test_trust_with_mfa),
		TEST(test_tags_need_permission),
		TEST(test_chain),
		TEST(test_session_policies),
		TEST(test_packed_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
