/*
 * authz_test: tests the condition keys (wire.md 7.5). For each there is a stored policy that
 * allows because of it and one that does not, and the request goes through the whole pipeline.
 */
#include "fixture.h"

#include "api/policies.h"
#include "store/store_inline_policy.h"
#include "store/store_role.h"

#define EVE "AIDACKCEVSQ6C2EXAMPLE"
#define ROLE "AROAIOSFODNN7EXAMPLE"
#define USER_ARN "arn:aws:iam::" ACCOUNT ":user/eve"
#define ROLE_ARN "arn:aws:iam::" ACCOUNT ":role/ops/deploy"
#define EC2_ARN "arn:aws:ec2:" REGION ":" ACCOUNT ":"
#define IMAGE_ARN "arn:aws:ec2:" REGION "::image/"

enum who { WHO_USER, WHO_USER_SESSION, WHO_MFA_SESSION, WHO_ROLE };

struct row {
	enum who who;
	const char *operator, * key;
	const char *good, *bad; /* JSON */
};

static void
put_policy(struct fixture *f, const char *holder, const char *document)
{
	const struct store_inline_policy p = { str_of(holder), STR("p"), str_of(document) };

	assert_ok(store_inline_policy_put(f->st, &p));
	policies_changed(f->api->policies);
}

static void
put_tag(struct fixture *f, const char *id, const char *key, const char *value)
{
	const struct store_tag t = { STR(ACCOUNT), str_of(id), STR("x"), str_of(key),
		str_of(value) };

	assert_ok(store_tag_set(f->st, &t));
	policies_changed(f->api->policies);
}

static void
as_root(struct fixture *f)
{
	f->access_key = ROOT_KEY;
	f->secret = ROOT_SECRET;
	f->token = NULL;
}

static void
as_eve(struct fixture *f)
{
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	f->token = NULL;
}

static void
as(struct fixture *f, enum who who)
{
	static struct session_tag tags[] = { { { "Team", 4 }, { "session", 7 }, false } };
	struct session s = { .temporary = true,
		.access_key_id = STR("ASIAIOSFODNN7EXAMPLE"),
		.issuer_key_id = STR(USER_KEY),
		.type = IAM_USER,
		.account_id = STR(ACCOUNT),
		.entity_id = STR(EVE),
		.issued_at = NOW_S - 100,
		.expires_at = NOW_S + 100 };

	as_eve(f);
	if (who == WHO_USER)
		return;
	if (who == WHO_MFA_SESSION) {
		s.mfa = true;
		s.mfa_at = NOW_S - 60;
	}
	if (who == WHO_ROLE) {
		s.type = IAM_ASSUMED_ROLE;
		s.entity_id = STR(ROLE);
		s.session_name = STR("job");
		s.source_identity = STR("ann");
		s.tags = tags;
		s.n_tags = 1;
	}
	fixture_session(f, &s);
}

static const char *
document(struct fixture *f, const char *operator, const char * key, const char *value)
{
	return arena_fmt(f->a,
	    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\","
	    "\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"%s\":{\"%s\":%s}}}}",
	    operator, key, value)
	    .p;
}

static void
make_role(struct fixture *f)
{
	const struct store_role r = { .role_id = STR(ROLE),
		.account_id = STR(ACCOUNT),
		.name = STR("deploy"),
		.path = STR("/ops/"),
		.arn = STR(ROLE_ARN),
		.created_at = NOW_S,
		.trust_policy = STR("{}"),
		.max_session_s = 3600 };

	assert_ok(store_role_add(f->st, &r));
	put_tag(f, EVE, "Team", "web");
	put_tag(f, ROLE, "team", "role");
	put_tag(f, ROLE, "Room", "5");
}

#define ABSENT(who, key) \
	{ \
		who, "Null", key, "true", "false" \
	}
static const struct row global_rows[] = {
	{ WHO_USER, "IpAddress", "aws:SourceIp", "\"192.0.2.0/24\"", "\"198.51.100.0/24\"" },
	{ WHO_USER, "IpAddress", "AWS:sourceip", "\"192.0.2.1\"", "\"192.0.2.2\"" },
	{ WHO_USER, "DateEquals", "aws:CurrentTime", "\"2023-11-14T22:13:20Z\"",
	    "\"2023-11-14T22:13:21Z\"" },
	{ WHO_USER, "NumericEquals", "aws:EpochTime", "1700000000", "1700000001" },
	{ WHO_USER, "Bool", "aws:SecureTransport", "true", "false" },
	{ WHO_USER, "StringEquals", "aws:UserAgent", "\"test/1\"", "\"test/2\"" },
	ABSENT(WHO_USER, "aws:Referer"),
	{ WHO_USER, "StringEquals", "aws:RequestedRegion", "\"" REGION "\"", "\"us-east-1\"" },
	{ WHO_USER, "StringEquals", "ec2:Region", "\"" REGION "\"", "\"us-east-1\"" },
	{ WHO_USER, "Bool", "aws:ViaAWSService", "false", "true" },
	{ WHO_USER, "Bool", "aws:PrincipalIsAWSService", "false", "true" },
	{ WHO_USER, "ArnEquals", "aws:PrincipalArn", "\"" USER_ARN "\"",
	    "\"arn:aws:iam::" ACCOUNT ":user/ann\"" },
	{ WHO_USER, "StringEquals", "aws:PrincipalAccount", "\"" ACCOUNT "\"", "\"999999999999\"" },
	{ WHO_USER, "StringEquals", "aws:PrincipalType", "\"User\"", "\"AssumedRole\"" },
	{ WHO_USER, "StringEquals", "aws:PrincipalTag/Team", "\"web\"", "\"Web\"" },
	{ WHO_USER, "StringEquals", "aws:principaltag/tEAM", "\"web\"", "\"ops\"" },
	{ WHO_USER, "StringEquals", "aws:userid", "\"" EVE "\"", "\"AIDA\"" },
	{ WHO_USER, "StringEquals", "aws:username", "\"eve\"", "\"Eve\"" },
	/* Long-term keys have none of these. */
	ABSENT(WHO_USER, "aws:MultiFactorAuthPresent"),
	ABSENT(WHO_USER, "aws:MultiFactorAuthAge"),
	ABSENT(WHO_USER, "aws:TokenIssueTime"),
	ABSENT(WHO_USER, "aws:SourceIdentity"),
	ABSENT(WHO_USER, "aws:FederatedProvider"),
	ABSENT(WHO_USER, "aws:PrincipalTag/Room"),
	ABSENT(WHO_USER, "aws:ResourceAccount"),
	{ WHO_USER_SESSION, "Bool", "aws:MultiFactorAuthPresent", "false", "true" },
	ABSENT(WHO_USER_SESSION, "aws:MultiFactorAuthAge"),
	{ WHO_USER_SESSION, "StringEquals", "aws:username", "\"eve\"", "\"ann\"" },
	{ WHO_USER_SESSION, "StringEquals", "aws:PrincipalTag/Team", "\"web\"", "\"ops\"" },
	{ WHO_USER_SESSION, "DateEquals", "aws:TokenIssueTime", "\"2023-11-14T22:11:40Z\"",
	    "\"2023-11-14T22:13:20Z\"" },
	{ WHO_MFA_SESSION, "Bool", "aws:MultiFactorAuthPresent", "true", "false" },
	{ WHO_MFA_SESSION, "NumericEquals", "aws:MultiFactorAuthAge", "60", "61" },
	{ WHO_MFA_SESSION, "NumericLessThan", "aws:MultiFactorAuthAge", "61", "60" },
	{ WHO_ROLE, "ArnEquals", "aws:PrincipalArn", "\"" ROLE_ARN "\"",
	    "\"arn:aws:sts::" ACCOUNT ":assumed-role/deploy/job\"" },
	{ WHO_ROLE, "StringEquals", "aws:PrincipalType", "\"AssumedRole\"", "\"User\"" },
	{ WHO_ROLE, "StringEquals", "aws:userid", "\"" ROLE ":job\"", "\"" ROLE "\"" },
	ABSENT(WHO_ROLE, "aws:username"),
	{ WHO_ROLE, "StringEquals", "aws:SourceIdentity", "\"ann\"", "\"eve\"" },
	/* The session's tag stands for the role's of that key. */
	{ WHO_ROLE, "StringEquals", "aws:PrincipalTag/Team", "\"session\"", "\"role\"" },
	{ WHO_ROLE, "StringEquals", "aws:PrincipalTag/team", "\"session\"", "\"role\"" },
	{ WHO_ROLE, "StringEquals", "aws:PrincipalTag/Room", "\"5\"", "\"6\"" },
	{ WHO_ROLE, "Bool", "aws:MultiFactorAuthPresent", "false", "true" },
};

static void
test_global_keys(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	const struct row *row;
	const char *value;
	size_t i, good;

	make_role(f);
	for (i = 0; i < sizeof(global_rows) / sizeof(global_rows[0]); i++) {
		row = &global_rows[i];
		for (good = 0; good < 2; good++) {
			value = good == 1 ? row->good : row->bad;
			put_policy(f, row->who == WHO_ROLE ? ROLE : EVE,
			    document(f, row->operator, row->key, value));
			as(f, row->who);
			resp = fixture_ec2(f, "DescribeRegions");
			if (resp.status != (good == 1 ? 200 : 403))
				fail_msg("%s %s: %s: %s", row->operator, row->key, value,
				    fixture_cstr(f, resp.body));
		}
	}
}

/* A header of the request that is there, signed or not. */
static void
test_referer(void **state)
{
	struct fixture *f = *state;
	struct api_request rq;
	struct api_response resp;
	size_t i;

	for (i = 0; i < 2; i++) {
		put_policy(f, EVE,
		    document(f, "StringEquals", "aws:Referer",
			i == 0 ? "\"https://a/\"" : "\"https://b/\""));
		as_eve(f);
		rq = fixture_query_request(f, "ec2", "Action=DescribeRegions&Version=2016-11-15");
		((struct http_header *)(uintptr_t)rq.headers)[rq.n_headers++] =
		    (struct http_header){ STR("Referer"), STR("https://a/") };
		resp = fixture_run(f, &rq);
		assert_status(f, &resp, i == 0 ? 200 : 403);
	}
}

/* Runs a request of EC2 with these two headers. */
static struct api_response
run_with_headers(struct fixture *f, const char *query, struct str agent, struct str referer)
{
	struct api_request rq = fixture_query_request(f, "ec2", query);
	struct http_header *h = arena_array(f->a, rq.n_headers + 1, sizeof(*h));

	memcpy(h, rq.headers, rq.n_headers * sizeof(*h));
	assert_true(str_eq(h[rq.n_headers - 1].name, STR("User-Agent")));
	h[rq.n_headers - 1].value = agent;
	h[rq.n_headers++] = (struct http_header){ STR("Referer"), referer };
	rq.headers = h;
	return fixture_run(f, &rq);
}

static struct str
letters(struct fixture *f, size_t n, const char *end)
{
	char *p = arena_alloc(f->a, n + 8);

	memset(p, 'a', n);
	memcpy(p + n, end, strlen(end));
	return str_of_n(p, n + strlen(end));
}

#define REGIONS "Action=DescribeRegions&Version=2016-11-15"

/* Of a header, as much is compared as is recorded: 1,024 bytes, and as UTF-8. */
static void
test_headers_are_cut(void **state)
{
	static const struct {
		const char *key;
		size_t n;
		const char *end, *pattern;
		uint16_t status;
	} rows[] = {
		{ "aws:UserAgent", 1023, "b", "\"*ab\"", 200 },
		{ "aws:UserAgent", 1024, "b", "\"*ab\"", 403 },
		{ "aws:UserAgent", 1024, "b", "\"a*a\"", 200 },
		{ "aws:Referer", 1023, "b", "\"*ab\"", 200 },
		{ "aws:Referer", 1024, "b", "\"*ab\"", 403 },
		{ "aws:Referer", 1024, "b", "\"a*a\"", 200 },
		{ "aws:Referer", 3, "\xe9", "\"aaa\xef\xbf\xbd\"", 200 },
		{ "aws:UserAgent", 3, "\xff", "\"aaa\xef\xbf\xbd\"", 200 },
		{ "aws:UserAgent", 3, "\xff", "\"aaa\"", 403 },
	};
	struct fixture *f = *state;
	struct api_response resp;
	struct str value;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		put_policy(f, EVE, document(f, "StringLike", rows[i].key, rows[i].pattern));
		as_eve(f);
		value = letters(f, rows[i].n, rows[i].end);
		resp = run_with_headers(f, REGIONS, value, value);
		assert_status(f, &resp, rows[i].status);
	}
}

/*
 * Ten patterns that are compared with long headers by trying take more steps than a decision may
 * take. One is decided, for a few targets; a call with many shares the limit among them.
 */
static void
test_step_limit(void **state)
{
	static const struct {
		size_t n_patterns, n_targets;
		uint16_t status;
	} rows[] = { { 1, 0, 200 }, { 10, 0, 403 }, { 1, 3, 400 }, { 1, 30, 403 } };
	struct fixture *f = *state;
	struct api_response resp;
	struct buf patterns, query;
	size_t i, k;

	buf_init(&patterns, 8192);
	buf_init(&query, 8192);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_clear(&patterns);
		buf_clear(&query);
		buf_c(&patterns, "[");
		for (k = 0; k < rows[i].n_patterns; k++)
			buf_c(&patterns, "\"*${aws:Referer}?b*\",");
		buf_c(&patterns, "\"*\"]");
		buf_c(&query,
		    rows[i].n_targets == 0 ? REGIONS
					   : "Action=TerminateInstances&Version=2016-11-15");
		for (k = 0; k < rows[i].n_targets; k++)
			buf_fmt(&query, "&InstanceId.%zu=i-%017zx", k + 1, k);
		put_policy(f, EVE,
		    document(f, "StringLike", "aws:UserAgent",
			fixture_cstr(f, buf_view(&patterns))));
		as_eve(f);
		resp = run_with_headers(f, fixture_cstr(f, buf_view(&query)), letters(f, 1000, ""),
		    letters(f, 500, ""));
		assert_status(f, &resp, rows[i].status);
		assert_true(rows[i].status != 403 ||
		    fixture_has(&resp,
			" because the policies and the request take too long to compare"));
	}
	buf_release(&patterns);
	buf_release(&query);
}

static const struct {
	const char *operator, * key, *good, *bad;
} push_rows[] = {
	{ "StringEquals", "ec2:osuser", "\"ec2-user\"", "\"EC2-user\"" },
	{ "StringEquals", "ec2-instance-connect:osUser", "\"ec2-user\"", "\"root\"" },
	{ "StringEquals", "ec2:osuser", "[\"root\",\"${aws:PrincipalTag/login}\"]",
	    "\"${aws:PrincipalTag/Team}\"" },
	{ "StringEquals", "ec2:osuser", "\"${aws:PrincipalTag/none,'ec2-user'}\"",
	    "\"${aws:PrincipalTag/none}\"" },
	{ "StringEquals", "aws:ResourceTag/Env", "\"dev\"", "\"Dev\"" },
	{ "StringEquals", "AWS:resourcetag/ENV", "\"dev\"", "\"prod\"" },
	{ "StringEquals", "ec2:ResourceTag/Env", "\"dev\"", "\"prod\"" },
	/* Of two tags whose keys differ only in case, the one with the same spelling counts. */
	{ "StringEquals", "ec2:ResourceTag/Two", "\"first\"", "\"second\"" },
	{ "StringEquals", "ec2:ResourceTag/two", "\"second\"", "\"first\"" },
	{ "StringEquals", "aws:ResourceAccount", "\"" ACCOUNT "\"", "\"999999999999\"" },
	{ "Null", "iam:ResourceTag/Env", "true", "false" },
	{ "Null", "aws:ResourceTag/None", "true", "false" },
	{ "Null", "ec2:Region", "true", "false" },
};

static struct api_response
push(struct fixture *f, const char *id)
{
	return fixture_push(f,
	    arena_fmt(f->a,
		"{\"InstanceId\":\"%s\",\"InstanceOSUser\":"
		"\"ec2-user\",\"SSHPublicKey\":\"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI"
		"AABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f x\"}",
		id)
		.p);
}

static void
test_push_keys(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct api_response resp;
	size_t i, good;

	put_tag(f, id, "Env", "dev");
	put_tag(f, id, "Two", "first");
	put_tag(f, id, "two", "second");
	put_tag(f, EVE, "login", "ec2-user");
	put_tag(f, EVE, "Team", "web");
	for (i = 0; i < sizeof(push_rows) / sizeof(push_rows[0]); i++) {
		for (good = 0; good < 2; good++) {
			put_policy(f, EVE,
			    document(f, push_rows[i].operator, push_rows[i].key,
				good == 1 ? push_rows[i].good : push_rows[i].bad));
			as_eve(f);
			f->request_id =
			    arena_fmt(f->a, "0a0b0c0d-0000-4000-8000-%012zu", 2 * i + good).p;
			resp = push(f, id);
			if (resp.status != (good == 1 ? 200 : 400))
				fail_msg("row %zu %zu: %s", i, good, fixture_cstr(f, resp.body));
		}
	}
}

#define RUN "RunInstances&DryRun=true&ImageId=" IMAGE "&MinCount=1&MaxCount=1"
#define TAGGED \
	RUN "&TagSpecification.1.ResourceType=instance&TagSpecification.1.Tag.1.Key=Env" \
	    "&TagSpecification.1.Tag.1.Value=dev"
#define ALLOW(action, resource, more) \
	"{\"Effect\":\"Allow\",\"Action\":\"ec2:" action "\",\"Resource\":\"" resource "\"" more "}"
#define IF(operator, key, value) ",\"Condition\":{\"" operator"\":{\"" key "\":" value "}}"
#define REST \
	"," ALLOW("RunInstances", EC2_ARN "subnet/*", "") "," ALLOW("RunInstances", \
	    EC2_ARN "security-group/*", "") "," ALLOW("RunInstances", \
	    EC2_ARN "network-interface/*", "") "," ALLOW("RunInstances", IMAGE_ARN "*", "")
#define ON_IMAGE(operator, key, value) \
	ALLOW("RunInstances", IMAGE_ARN "*", IF(operator, key, value))
#define DENY_ON(resource, more) \
	"{\"Effect\":\"Deny\",\"Action\":\"ec2:RunInstances\",\"Resource\":\"" resource "\"" more \
	"}"
#define ON(resource, operator, key, value) \
	ALLOW("RunInstances", EC2_ARN resource, IF(operator, key, value))
#define RUN_ALL ALLOW("RunInstances", "*", "")

static const struct {
	const char *statements, *body;
	bool allowed;
} run_rows[] = {
	{ RUN_ALL, RUN, true },
	{ ALLOW("RunInstances", EC2_ARN "instance/*", "") REST, RUN, true },
	/* Each resource is asked for. */
	{ ALLOW("RunInstances", EC2_ARN "instance/*", ""), RUN, false },
	/* The ARN of an image names no account (service authorization reference, "Resource types
	 * defined by Amazon EC2"): what guardrails in use are written against. */
	{ DENY_ON(IMAGE_ARN IMAGE, "") "," RUN_ALL, RUN, false },
	{ DENY_ON("arn:aws:ec2:*::image/*", "") "," RUN_ALL, RUN, false },
	{ DENY_ON("arn:aws:ec2:*::image/*",
	      IF("StringNotEquals", "ec2:ImageID", "\"" IMAGE "\"")) "," RUN_ALL,
	    RUN, true },
	{ DENY_ON("arn:aws:ec2:*::image/*",
	      IF("StringNotEquals", "ec2:ImageID", "\"ami-1\"")) "," RUN_ALL,
	    RUN, false },
	{ DENY_ON("arn:aws:ec2:*:*:image/*", "") "," RUN_ALL, RUN, false },
	{ DENY_ON(EC2_ARN "image/*", "") "," RUN_ALL, RUN, true },
	{ DENY_ON("arn:aws:ec2:*::image/*",
	      IF("StringEquals", "aws:ResourceAccount", "\"" ACCOUNT "\"")) "," RUN_ALL,
	    RUN, false },
	{ "{\"Effect\":\"Deny\",\"Action\":\"ec2:*\",\"Resource\":\"" EC2_ARN "subnet/" SUBNET
	  "\"}," RUN_ALL,
	    RUN, false },
	{ "{\"Effect\":\"Deny\",\"Action\":\"ec2:*\",\"Resource\":\"" EC2_ARN
	  "security-group/" GROUP "\"}," RUN_ALL,
	    RUN, false },
	{ "{\"Effect\":\"Deny\",\"Action\":\"ec2:*\",\"Resource\":\"" EC2_ARN "network-interface"
	  "/*\"}," RUN_ALL,
	    RUN, false },
	/* Tags are CreateTags, under its own key. */
	{ RUN_ALL, TAGGED, false },
	{ RUN_ALL "," ALLOW("CreateTags", "*", ""), TAGGED, true },
	{ RUN_ALL "," ALLOW("CreateTags", EC2_ARN "instance/*",
	      IF("StringEquals", "ec2:CreateAction", "\"RunInstances\"")),
	    TAGGED, true },
	{ RUN_ALL "," ALLOW("CreateTags", "*",
	      IF("StringEquals", "ec2:CreateAction", "\"CreateVolume\"")),
	    TAGGED, false },
	{ RUN_ALL "," ALLOW("CreateTags", "*", IF("StringEquals", "aws:RequestTag/Env", "\"dev\"")),
	    TAGGED, true },
	{ RUN_ALL
	    "," ALLOW("CreateTags", "*", IF("StringEquals", "aws:RequestTag/Env", "\"prod\"")),
	    TAGGED, false },
	{ RUN_ALL "," ALLOW("CreateTags", "*",
	      IF("ForAllValues:StringEquals", "aws:TagKeys", "[\"Env\",\"Name\"]")),
	    TAGGED, true },
	{ RUN_ALL "," ALLOW("CreateTags", "*",
	      IF("ForAllValues:StringEquals", "aws:TagKeys", "\"Name\"")),
	    TAGGED, false },
	{ ON("instance/*", "StringEquals", "aws:RequestTag/Env", "\"dev\"") REST
	    "," ALLOW("CreateTags", "*", ""),
	    TAGGED, true },
	{ ON("instance/*", "StringEquals", "aws:RequestTag/Env", "\"dev\"") REST, RUN, false },
	/* Keys of the instance are not those of the image. */
	{ ON("instance/*", "StringEquals", "ec2:InstanceType", "\"m1.small\"") REST, RUN, true },
	{ ON("instance/*", "StringEquals", "ec2:InstanceType", "\"t2.micro\"") REST, RUN, false },
	{ ON("*", "StringEquals", "ec2:InstanceType", "\"m1.small\""), RUN, false },
	{ ON("instance/*", "StringEquals", "ec2:MetadataHttpTokens", "\"required\"") REST,
	    RUN "&MetadataOptions.HttpTokens=required", true },
	{ ON("instance/*", "StringEquals", "ec2:MetadataHttpTokens", "\"required\"") REST, RUN,
	    false },
	{ ON("instance/*", "NumericLessThan", "ec2:MetadataHttpPutResponseHopLimit", "3") REST,
	    RUN "&MetadataOptions.HttpPutResponseHopLimit=2", true },
	{ ON("instance/*", "NumericLessThan", "ec2:MetadataHttpPutResponseHopLimit", "3") REST,
	    RUN "&MetadataOptions.HttpPutResponseHopLimit=3", false },
	{ ON("instance/*", "StringEquals", "ec2:MetadataHttpEndpoint", "\"enabled\"") REST,
	    RUN "&MetadataOptions.HttpEndpoint=enabled", true },
	{ ON("instance/*", "StringEquals", "ec2:MetadataHttpEndpoint", "\"enabled\"") REST,
	    RUN "&MetadataOptions.HttpEndpoint=disabled", false },
	{ ON("subnet/*", "StringEquals", "ec2:SubnetID", "\"" SUBNET "\"") REST, RUN, false },
	{ ALLOW("RunInstances", EC2_ARN "instance/*", "") "," ON("subnet/*", "StringEquals",
	      "ec2:SubnetID", "\"" SUBNET "\"") "," ON("security-group/*", "ArnEquals", "ec2:Vpc",
	      "\"" EC2_ARN "vpc/" VPC "\"") "," ON("network-interface/*", "ArnEquals", "ec2:Subnet",
	      "\"" EC2_ARN "subnet/" SUBNET
	      "\"") "," ON_IMAGE("StringEquals", "ec2:Region", "\"" REGION "\""),
	    RUN, true },
};

static void
test_run_instances(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	for (i = 0; i < sizeof(run_rows) / sizeof(run_rows[0]); i++) {
		put_policy(f, EVE,
		    arena_fmt(f->a, "{\"Statement\":[%s]}", run_rows[i].statements).p);
		as_eve(f);
		resp = fixture_ec2(f, run_rows[i].body);
		if (resp.status != (run_rows[i].allowed ? 412 : 403))
			fail_msg("row %zu: %s", i, fixture_cstr(f, resp.body));
	}
}

/* Only who is allowed to do it is told that a resource does not exist. */
static void
test_existence(void **state)
{
#define NO_IMAGE "RunInstances&ImageId=ami-00000000000000000&MinCount=1&MaxCount=1"
	static const struct {
		const char *body, *code;
	} rows[] = {
		{ NO_IMAGE, "InvalidAMIID.NotFound" },
		{ NO_IMAGE "&DryRun=true", "InvalidAMIID.NotFound" },
		{ "RunInstances&ImageId=" IMAGE "&MinCount=1&MaxCount=1"
		  "&SubnetId=subnet-00000000000000000",
		    "InvalidSubnetID.NotFound" },
		{ "RunInstances&ImageId=" IMAGE "&MinCount=1&MaxCount=1"
		  "&SecurityGroupId.1=sg-00000000000000000",
		    "InvalidGroup.NotFound" },
		{ "StopInstances&InstanceId.1=i-00000000000000000", "InvalidInstanceID.NotFound" },
		{ "CreateTags&ResourceId.1=i-00000000000000000&Tag.1.Key=a&Tag.1.Value=b",
		    "InvalidInstanceID.NotFound" },
	};
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		as_root(f);
		resp = fixture_ec2(f, rows[i].body);
		assert_status(f, &resp, 400);
		assert_has(f, &resp, arena_fmt(f->a, "<Code>%s</Code>", rows[i].code).p);
		as_eve(f);
		resp = fixture_ec2(f, rows[i].body);
		assert_status(f, &resp, 403);
		assert_has(f, &resp, "<Code>UnauthorizedOperation</Code>");
	}
}

/* Keys and tags of an instance that is there already. */
static void
test_instance_keys(void **state)
{
	static const struct {
		const char *operator, * key, *value;
		bool allowed;
	} rows[] = {
		{ "StringEquals", "ec2:ResourceTag/Env", "\"dev\"", true },
		{ "StringEquals", "ec2:ResourceTag/Env", "\"prod\"", false },
		{ "StringEquals", "ec2:InstanceType", "\"m1.small\"", true },
		{ "StringEquals", "ec2:InstanceType", "\"t2.micro\"", false },
		{ "StringEquals", "ec2:AvailabilityZone", "\"" ZONE "\"", true },
		{ "StringEquals", "ec2:AvailabilityZone", "\"xx-test-1b\"", false },
		{ "StringEquals", "ec2:MetadataHttpTokens", "\"optional\"", true },
		{ "StringEquals", "ec2:MetadataHttpTokens", "\"required\"", false },
	};
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct api_response resp;
	size_t i;

	put_tag(f, id, "Env", "dev");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		put_policy(f, EVE, document(f, rows[i].operator, rows[i].key, rows[i].value));
		as_eve(f);
		resp = fixture_ec2(f,
		    arena_fmt(f->a, "StartInstances&DryRun=true&InstanceId.1=%s", id).p);
		if (resp.status != (rows[i].allowed ? 412 : 403))
			fail_msg("row %zu: %s", i, fixture_cstr(f, resp.body));
	}
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_global_keys),
		TEST(test_referer),
		TEST(test_headers_are_cut),
		TEST(test_step_limit),
		TEST(test_push_keys),
		TEST(test_run_instances),
		TEST(test_existence),
		TEST(test_instance_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
