/*
 * denial_test: tests what a client is told that is denied, what the audit record says, and what
 * the encoded message tells those who may decode it.
 */
#include "fixture.h"

#include "api/denial_pack.h"
#include "api/policies.h"
#include "base/b64.h"
#include "store/store_inline_policy.h"

#define EVE "AIDACKCEVSQ6C2EXAMPLE"
#define ENCODED ". Encoded authorization failure message: "
#define SENTENCE(action) \
	"User: arn:aws:iam::" ACCOUNT ":user/eve is not authorized to perform: " action

static void
put_policy(struct fixture *f, const char *document)
{
	const struct store_inline_policy p = { STR(EVE), STR("fence"), str_of(document) };

	assert_ok(store_inline_policy_put(f->st, &p));
	policies_changed(f->api->policies);
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
}

/* The text between the tags or quotes that a message stands in. */
static struct str
message(struct api_response *resp)
{
	const char *p = memmem(resp->body.p, resp->body.n, "essage", 6);
	struct str s = str_from(resp->body, (size_t)(p - resp->body.p) + 6);

	s = str_from(s, s.p[0] == '>' ? 1 : 3);
	return str_head(s, str_index(s, s.p[-1] == '>' ? '<' : '"'));
}

/* What keyd sealed, after the account's number. */
static struct json *
opened(struct fixture *f, struct api_response *resp)
{
	struct str text = message(resp), plain;
	const char *p = memmem(text.p, text.n, ENCODED, strlen(ENCODED));
	struct json *v = NULL;
	struct errinfo ei = { "" };
	struct buf sealed, out, unpacked;

	assert_non_null(p);
	buf_init(&sealed, PORTS_MAX_MESSAGE_BYTES);
	buf_init(&out, PORTS_MAX_MESSAGE_BYTES);
	assert_ok(b64_parse(str_from(text, (size_t)(p - text.p) + strlen(ENCODED)), &sealed));
	assert_ok(f->keyd.open_message(f->keyd.ctx, buf_view(&sealed), &out));
	buf_init(&unpacked, 8 * PORTS_MAX_MESSAGE_BYTES);
	denial_pack_read(&unpacked, buf_view(&out));
	plain = buf_view(&unpacked);
	assert_true(str_starts(plain, STR(ACCOUNT "{")));
	assert_ok(json_parse(str_from(plain, 12), plain.n, 32, &v, &ei));
	buf_release(&sealed);
	buf_release(&out);
	buf_release(&unpacked);
	return v;
}

static const char *
member(struct fixture *f, const struct json *v, const char *name)
{
	struct str s = STR("");

	assert_ok(json_str(json_get(v, name), &s));
	return fixture_cstr(f, s);
}

/* The value of a condition key in the context, or "". */
static const char *
key_value(struct fixture *f, const struct json *v, const char *key)
{
	const struct json *items =
	    json_get(json_get(json_get(v, "context"), "conditions"), "items");
	size_t i;

	for (i = 0; i < json_len(items); i++) {
		if (strcmp(member(f, json_at(items, i), "key"), key) == 0)
			return member(f,
			    json_at(json_get(json_get(json_at(items, i), "values"), "items"), 0),
			    "value");
	}
	return "";
}

static void
assert_record(struct fixture *f, const char *sentence, const char *parameters)
{
	struct store_audit_event ev;
	const char *record;

	fixture_audit(f, &ev);
	record = fixture_cstr(f, ev.record);
	assert_non_null(strstr(record,
	    arena_fmt(f->a,
		"\"errorMessage\":\"%s\","
		"\"requestParameters\":%s,\"responseElements\":null",
		sentence, parameters)
		.p));
}

/* EC2 has a sentence of its own in front; all have the message behind it. */
static void
test_sentences(void **state)
{
	/* clang-format off */
	static const char *const tails[] = {
		SENTENCE("ec2:DescribeRegions") " on resource: * because no "
		"identity-based policy allows the ec2:DescribeRegions action",
		SENTENCE("iam:ListUsers") " on resource: arn:aws:iam::" ACCOUNT ":user/ because no "
		"identity-based policy allows the iam:ListUsers action",
		SENTENCE("ec2-instance-connect:SendSSHPublicKey") " on resource: arn:aws:ec2:"
		REGION ":" ACCOUNT ":instance/i-0123456789abcdef0 because no "
		"identity-based policy allows the ec2-instance-connect:SendSSHPublicKey action",
	};
	/* clang-format on */
	struct fixture *f = *state;
	struct api_response resp[3];
	const char *want;
	size_t i;

	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	for (i = 0; i < 3; i++) {
		if (i == 0)
			resp[i] = fixture_ec2(f, "DescribeRegions");
		else if (i == 1)
			resp[i] = fixture_iam(f, "ListUsers");
		else
			resp[i] = fixture_push(f,
			    "{\"InstanceId\":\"i-0123456789abcdef0\","
			    "\"InstanceOSUser\":\"x\",\"SSHPublicKey\":\"ssh-ed25519 AAAA"
			    "C3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\"}");
		want = arena_fmt(f->a, "%s%s",
		    i == 0 ? "You are not authorized to perform this operation. " : "", tails[i])
			   .p;
		assert_true(str_starts(message(&resp[i]), arena_fmt(f->a, "%s" ENCODED, want)));
		assert_record(f, want, i == 0 ? "{\"regionSet\":{}}" : "null");
	}
}

static void
test_no_allow(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	struct json *v;
	bool flag = true;

	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	resp = fixture_ec2(f, "DescribeRegions");
	v = opened(f, &resp);
	assert_ok(json_bool(json_get(v, "allowed"), &flag));
	assert_false(flag);
	assert_string_equal(member(f, v, "reason"), "NoIdentityAllow");
	/* Keys that no policy asked for are told too. */
	assert_string_equal(key_value(f, v, "aws:SourceIp"), "192.0.2.1");
	assert_string_equal(key_value(f, v, "aws:username"), "eve");
	assert_string_equal(key_value(f, v, "aws:MultiFactorAuthPresent"), "");
	json_free(v);
}

static void
test_explicit_deny(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	struct json *v;
	bool flag = false;

	put_policy(f,
	    "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"},"
	    "{\"Sid\":\"Fence\",\"Effect\":\"Deny\",\"Action\":\"ec2:Describe*\",\"Resource\":"
	    "\"*\",\"Condition\":{\"StringEquals\":{\"aws:username\":\"eve\"}}}]}");
	resp = fixture_ec2(f, "DescribeRegions");
	assert_has(f, &resp,
	    SENTENCE("ec2:DescribeRegions") " on resource: * with an explicit "
					    "deny in an identity-based policy" ENCODED);
	/* The answer does not name the policy that denied; only the encoded message does. */
	assert_has_not(f, &resp, "fence");
	v = opened(f, &resp);
	assert_ok(json_bool(json_get(v, "explicitDeny"), &flag));
	assert_true(flag);
	assert_string_equal(member(f, v, "policy"), "fence");
	assert_string_equal(member(f,
				json_at(json_get(json_get(v, "matchedStatements"), "items"), 0),
				"statementId"),
	    "Fence");
	json_free(v);
}

/* However large the statement is, the policy is named and the denial is told. */
static void
test_large(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	struct json *v;
	struct buf b;
	int i;

	buf_init(&b, 1u << 17);
	buf_c(&b, "{\"Statement\":{\"Effect\":\"Deny\",\"Action\":[\"*\"");
	for (i = 0; i < 3000; i++)
		buf_fmt(&b, ",\"ec2:Some%d\"", i);
	buf_c(&b,
	    "],\"Resource\":\"*\",\"Condition\":{\"StringLike\":{\"aws:username\":"
	    "\"e*\"}}}}");
	put_policy(f, fixture_cstr(f, buf_view(&b)));
	buf_release(&b);
	resp = fixture_ec2(f, "DescribeRegions");
	assert_status(f, &resp, 403);
	v = opened(f, &resp);
	assert_int_equal(json_len(json_get(json_get(v, "matchedStatements"), "items")), 0);
	assert_string_equal(member(f, v, "policy"), "fence");
	assert_string_equal(member(f, v, "reason"), "ExplicitDeny");
	/* The keys that were asked for stay. */
	assert_string_equal(key_value(f, v, "aws:username"), "eve");
	assert_string_equal(key_value(f, v, "aws:SourceIp"), "");
	json_free(v);
}

/* Each part that has a byte of its own, and what looks like one, comes back as it was. */
static void
test_pack(void **state)
{
	static const char text[] =
	    "123456789012{\"allowed\":false,\"explicitDeny\":true,\"matchedStatements\":{\"items"
	    "\":[{\"statementId\":\"a\",\"effect\":\"DENY\",\"principals\":{\"items\":[{\"value\""
	    ":\"AIDA\"}]},\"principalGroups\":{\"items\":[]},\"actions\":{\"items\":[{\"value\":"
	    "\"ec2:*\"},{\"value\":\"ec2-instance-connect:*\"}]},\"resources\":{\"items\":[{\"val"
	    "ue\":\"*\"}]},\"conditions\":{\"items\":[{\"operator\":\"Bool\",\"key\":\"aws:Secure"
	    "Transport\",\"values\":{\"items\":[{\"value\":\"\\u0001\\\\\"}]}}]}}]},\"failures\":"
	    "{\"items\":[]},\"context\":{\"principal\":{\"id\":\"AIDA\",\"arn\":\"arn:aws:iam::1:"
	    "user/\u00e9\"},\"action\":\"a:b\",\"resource\":\"*\",\"conditions\":{\"items\":[{\"k"
	    "ey\":\"aws:PrincipalArn\",\"values\":{\"items\":[{\"value\":\"x\"}]}},{\"key\":\"aws"
	    ":userid\",\"values\":{\"items\":[]}}]}},\"reason\":\"ExplicitDeny\"}";
	struct buf packed, unpacked;

	(void)state;
	buf_init(&packed, 4096);
	buf_init(&unpacked, 4096);
	denial_pack_write(&packed, str_of(text));
	assert_true(packed.n < sizeof(text) / 3);
	denial_pack_read(&unpacked, buf_view(&packed));
	assert_true(str_eq_c(buf_view(&unpacked), text));
	/* A message of before, which was not packed. */
	buf_clear(&unpacked);
	denial_pack_read(&unpacked, str_of(text));
	assert_true(str_eq_c(buf_view(&unpacked), text));
	buf_release(&packed);
	buf_release(&unpacked);
}

static int
no_seal(void *ctx, struct str plain, struct buf *sealed)
{
	(void)ctx;
	(void)plain;
	(void)sealed;
	return ERR_UNAVAIL;
}

/* Without keyd's help the denial stands alone. */
static void
test_no_seal(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	f->keyd.seal_message = no_seal;
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	resp = fixture_ec2(f, "DescribeRegions");
	assert_status(f, &resp, 403);
	assert_has(f, &resp, " allows the ec2:DescribeRegions action</Message>");
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_sentences),
		TEST(test_no_allow),
		TEST(test_explicit_deny),
		TEST(test_large),
		cmocka_unit_test(test_pack),
		TEST(test_no_seal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
