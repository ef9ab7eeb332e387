/*
 * request_bench: what requests of all shapes cost core, in processor time, and what they are
 * charged (api/limits.h), in steps; the store is one of files. What is charged is right when the
 * last column, the nanoseconds of a step divided by those that it is taken for, is between 0.5 and
 * 2 for every shape that a client can make large. Build it with -Doptimization=2.
 */
#include "fixture.h"

#include <time.h>

#include "api/limits.h"
#include "api/policies.h"
#include "store/store_inline_policy.h"
#include "store/store_user.h"

#define EVE "AIDACKCEVSQ6C2EXAMPLE"
/* A token is half a millisecond. */
#define NS_PER_STEP (5e5 / (double)LIMITS_WORK_PER_TOKEN)
#define ROUNDS 5
#define BATCH 8
#define BODY_BYTES (1u << 20)

enum way { EC2, IAM, STS, LOOKUP, PUSH };

struct shape {
	const char *name;
	enum way way;
	const char *body;
};

static const char everything[] = "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\","
				 "\"Action\":\"*\",\"Resource\":\"*\"}}";

static double
cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static const char *
done(struct fixture *f, struct buf *b)
{
	const char *text = fixture_cstr(f, buf_view(b));

	assert_ok(buf_err(b));
	buf_release(b);
	return text;
}

/* head, and n times one, with the numbers from 1 on in place of '#', and of 17 digits of '@'. */
static const char *
many(struct fixture *f, const char *head, const char *one, int n)
{
	const char *p;
	struct buf b;
	int i;

	buf_init(&b, 4 * BODY_BYTES);
	buf_c(&b, head);
	for (i = 1; i <= n; i++)
		for (p = one; *p != '\0'; p++)
			if (*p == '#' || *p == '@')
				buf_fmt(&b, "%0*d", *p == '@' ? 17 : 1, i);
			else
				buf_ch(&b, *p);
	return done(f, &b);
}

/* Twenty filters of 200 values each, all that there may be. */
static const char *
filters(struct fixture *f)
{
	static const char *const names[] = { "vpc-id", "instance-id", "image-id", "subnet-id",
		"private-dns-name", "tag-key", "tag-value", "instance-type" };
	struct buf b;
	int i, k;

	buf_init(&b, BODY_BYTES);
	buf_c(&b, "DescribeInstances");
	for (i = 1; i <= 8; i++) {
		buf_fmt(&b, "&Filter.%d.Name=%s", i, names[i - 1]);
		for (k = 1; k <= 200; k++)
			buf_fmt(&b, "&Filter.%d.Value.%d=*a*b%d*", i, k, k);
	}
	return done(f, &b);
}

/* A document with n actions, encoded. */
static const char *
policy(struct fixture *f, const char *head, const char *one, int n)
{
	struct buf b;
	const char *p;
	int i;

	buf_init(&b, BODY_BYTES);
	buf_c(&b, "{\"Version\":\"2012-10-17\",\"Statement\":[");
	for (i = 0; i < n; i++)
		buf_fmt(&b, "%s%s", i > 0 ? "," : "", one);
	buf_c(&b, "]}");
	p = done(f, &b);
	buf_init(&b, BODY_BYTES);
	buf_fmt(&b, "%s=", head);
	for (; *p != '\0'; p++)
		buf_fmt(&b, (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ? "%c" : "%%%02X",
		    *p);
	return done(f, &b);
}

static struct api_request
request(struct fixture *f, const struct shape *s)
{
	static const char *const names[] = { "ec2", "iam", "sts" };
	static const char *const versions[] = { "2016-11-15", "2010-05-08", "2011-06-15" };

	if (s->way == LOOKUP)
		return fixture_cloudtrail_request(f, "LookupEvents", s->body);
	if (s->way == PUSH)
		return fixture_json_request(f, "AWSEC2InstanceConnectService.SendSSHPublicKey",
		    s->body);
	return fixture_query_request(f, names[s->way],
	    arena_fmt(f->a, "Action=%s&Version=%s", s->body, versions[s->way]).p);
}

static void
measure(struct fixture *f, const struct shape *s, const char *who)
{
	struct arena *a = arena_new(512u << 20);
	double best = 1e18, start, took;
	struct api_response resp[BATCH];
	struct api_request rq[BATCH];
	uint64_t store = 0;
	int round, i, n = 1;

	for (round = 0; round < ROUNDS; round++) {
		for (i = 0; i < BATCH; i++)
			rq[i] = request(f, s);
		start = cpu_ns();
		for (i = 0; i < n; i++) {
			arena_reset(a);
			store = store_work(f->st);
			batch_run(f->api, rq, BATCH, a, resp);
		}
		took = (cpu_ns() - start) / n / BATCH;
		best = took < best ? took : best;
		store = (store_work(f->st) - store) / BATCH;
		n = took < 1e6 ? (int)(1e6 / took) + 1 : 1;
	}
	printf("%-34s %-8s %4u %7zu %7zu %9.0f %9llu %9llu %6.2f\n", s->name, who, resp->status,
	    rq->body.n, resp->body.n, best / 1000, (unsigned long long)store,
	    (unsigned long long)resp->work, best / (double)resp->work / NS_PER_STEP);
	arena_free(a);
}

static void
allow_all(struct fixture *f)
{
	const struct store_inline_policy p = { STR(EVE), STR("p"), str_of(everything) };

	assert_ok(store_inline_policy_put(f->st, &p));
	policies_changed(f->api->policies);
}

static void
users_add(struct fixture *f, int n)
{
	struct store_user u = { .account_id = STR(ACCOUNT), .path = STR("/"), .created_at = NOW_S };

	for (; n > 0; n--) {
		u.user_id = arena_fmt(f->a, "AIDA%017d", n);
		u.name = arena_fmt(f->a, "user-%d", n);
		u.arn = arena_fmt(f->a, "arn:aws:iam::" ACCOUNT ":user/user-%d", n);
		assert_ok(store_user_add(f->st, &u));
	}
}

static void
all(void **state)
{
	struct fixture *f = *state;
	const char *statement = "{\"Effect\":\"Allow\",\"Action\":\"ec2:*\",\"Resource\":\"*\"}";
	const char *conditions = "{\"Effect\":\"Allow\",\"Action\":[\"ec2:Run*\",\"ec2:Desc*\"],"
				 "\"Resource\":\"arn:aws:ec2:*:*:instance/*\",\"Condition\":{"
				 "\"StringLike\":{\"aws:UserAgent\":[\"a*\",\"b*\",\"*c\"]}}}";
	const struct shape shapes[] = {
		{ "small: DescribeVpcs", EC2, "DescribeVpcs" },
		{ "small: DescribeInstances", EC2, "DescribeInstances" },
		{ "small: GetCallerIdentity", STS, "GetCallerIdentity" },
		{ "small: GetUser", IAM, "GetUser" },
		{ "ListUsers, 400", IAM, "ListUsers&MaxItems=1000" },
		{ "TerminateInstances, 1000 ids", EC2,
		    many(f, "TerminateInstances", "&InstanceId.#=i-@", 1000) },
		{ "DescribeInstances, 1000 ids", EC2,
		    many(f, "DescribeInstances", "&InstanceId.#=i-@", 1000) },
		{ "DescribeInstances, 8x200 filters", EC2, filters(f) },
		{ "CreateTags, 1000 ids", EC2,
		    many(f, "CreateTags&Tag.1.Key=k&Tag.1.Value=v", "&ResourceId.#=i-@", 1000) },
		{ "DescribeRegions, 1000 unheard", EC2,
		    many(f, "DescribeRegions", "&Unheard.#=#", 1000) },
		{ "DescribeVpcs, 4000 unheard", EC2, many(f, "DescribeVpcs", "&Unheard#=#", 4000) },
		{ "unknown action, 1000 params", EC2, many(f, "Nothing", "&A.#=#", 1000) },
		{ "unknown action, 200 kB", EC2,
		    many(f, "Nothing&Long=", "aaaaaaaaaaaaaaaaaaaaa", 10000) },
		{ "CreatePolicy, 110 statements", IAM,
		    policy(f, "CreatePolicy&PolicyName=p&PolicyDocument", statement, 110) },
		{ "CreatePolicy, 30 conditions", IAM,
		    policy(f, "CreatePolicy&PolicyName=p&PolicyDocument", conditions, 30) },
		{ "CreatePolicy, 1200 statements", IAM,
		    policy(f, "CreatePolicy&PolicyName=p&PolicyDocument", statement, 1200) },
		{ "PutUserPolicy, 30 statements", IAM,
		    policy(f, "PutUserPolicy&UserName=eve&PolicyName=q&PolicyDocument", statement,
			30) },
		{ "AssumeRole, policy of 35", STS,
		    policy(f,
			"AssumeRole&RoleArn=arn:aws:iam::123456789012:role/x&RoleSessionName=ab&"
			"Policy",
			statement, 35) },
		{ "TagUser, 50 tags", IAM,
		    many(f, "TagUser&UserName=eve", "&Tags.member.#.Key=k#&Tags.member.1.Value=v",
			50) },
		{ "AccountAuthorizationDetails", IAM,
		    "GetAccountAuthorizationDetails&MaxItems=1000" },
		{ "LookupEvents, 50", LOOKUP, "{\"MaxResults\":50}" },
		{ "LookupEvents, 20000 numbers", LOOKUP,
		    many(f, "{\"LookupAttributes\":[0", ",#", 20000) },
		{ "push, 30000 strings", PUSH, many(f, "{\"a\":[0", ",\"\"", 30000) },
	};
	size_t i;

	f->settings.api_rate = f->settings.lookup_rate = f->settings.costly_rate = 0;
	f->settings.push_rate = 0;
	(void)fixture_launch(f, "");
	users_add(f, 400);
	printf("%-34s %-8s %4s %7s %7s %9s %9s %9s %6s\n", "", "", "", "body", "answer", "us",
	    "store", "steps", "ratio");
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	for (i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		measure(f, &shapes[i], "denied");
	allow_all(f);
	for (i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		measure(f, &shapes[i], "allowed");
	f->secret = "wrong";
	for (i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		measure(f, &shapes[i], "unsigned");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
