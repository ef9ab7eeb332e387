/*
 * sts_kit: what the tests of temporary credentials share: a role, policies, a simulated
 * authenticator app, and requests that are signed with the credentials in an answer.
 */
#ifndef STS_KIT_H
#define STS_KIT_H

#include "fixture.h"

#include "api/field.h"
#include "api/policies.h"
#include "store/store_inline_policy.h"
#include "store/store_mfa_device.h"
#include "store/store_role.h"

#define USER_ID "AIDACKCEVSQ6C2EXAMPLE"
#define ROLE_ID "AROAIOSFODNN7EXAMPLE"
#define IAM "arn:aws:iam::" ACCOUNT
#define EVE IAM ":user/eve"
#define ROLE IAM ":role/ops/Admin"
#define SESSION "arn:aws:sts::" ACCOUNT ":assumed-role/Admin/alice@home"
#define SERIAL IAM ":mfa/phone"
#define ASSUME \
	"AssumeRole&RoleArn=arn:aws:iam::123456789012:role/ops/Admin" \
	"&RoleSessionName=alice@home"
#define DENIED "User: " EVE " is not authorized to perform: sts:AssumeRole on resource: "
#define WRONG "MultiFactorAuthentication failed with invalid MFA one time pass code."

/* ---- what is there ---- */

static inline void
trust(struct fixture *f, const char *policy)
{
	struct store_role role = { .role_id = STR(ROLE_ID),
		.account_id = STR(ACCOUNT),
		.name = STR("Admin"),
		.path = STR("/ops/"),
		.arn = STR(ROLE),
		.created_at = NOW_S,
		.trust_policy = str_of(policy),
		.max_session_s = 7200 };

	if (store_role_get_id(f->st, f->a, role.role_id, &role) == ERR_NOTFOUND) {
		assert_ok(store_role_add(f->st, &role));
		return;
	}
	role.trust_policy = str_of(policy);
	assert_ok(store_role_update(f->st, &role));
}

static inline void
trust_eve(struct fixture *f, const char *more)
{
	char text[1024];

	snprintf(text, sizeof(text), "%s%s%s",
	    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":"
	    "{\"AWS\":\"" EVE "\"},\"Action\":[\"sts:AssumeRole\",\"sts:TagSession\"]",
	    more, "}}");
	trust(f, text);
}

/* To whom is "AIDA..." or "AROA...". */
static inline void
allow(struct fixture *f, const char *to, const char *name, const char *statement)
{
	const struct store_inline_policy p = { .entity_id = str_of(to),
		.name = str_of(name),
		.document =
		    arena_fmt(f->a, "{\"Version\":\"2012-10-17\",\"Statement\":%s}", statement) };

	assert_ok(store_inline_policy_put(f->st, &p));
	policies_changed(f->api->policies);
}

static inline void
as_eve(struct fixture *f)
{
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	f->token = NULL;
}

/* Signs what follows with the credentials of an answer. */
static inline void
use(struct fixture *f, struct api_response *resp)
{
	assert_status(f, resp, 200);
	f->access_key = fixture_element(f, resp, "AccessKeyId", 0);
	f->secret = fixture_element(f, resp, "SecretAccessKey", 0);
	f->token = fixture_element(f, resp, "SessionToken", 0);
	assert_true(str_starts(str_of(f->access_key), STR("ASIA")));
	assert_int_equal(strlen(f->secret), 40);
}

static inline void
assert_i_am(struct fixture *f, const char *arn)
{
	struct api_response resp = fixture_sts(f, "GetCallerIdentity");

	assert_status(f, &resp, 200);
	assert_string_equal(fixture_element(f, &resp, "Arn", 0), arn);
}

static inline void
assert_error(struct fixture *f, const char *body, uint16_t status, const char *code,
    const char *message)
{
	struct api_response resp = fixture_sts(f, body);

	assert_status(f, &resp, status);
	assert_string_equal(fixture_element(f, &resp, "Code", 0), code);
	if (message != NULL)
		assert_string_equal(fixture_element(f, &resp, "Message", 0), message);
}

static inline void
assert_denied(struct fixture *f, const char *body)
{
	assert_error(f, body, 403, "AccessDenied", DENIED ROLE);
}

/* A device of eve's; its sealed seed. */
static inline struct str
device(struct fixture *f)
{
	const struct keyd_hash q = { .kind = KEYD_NEW_TOTP };
	struct keyd_hash_answer seed;
	struct store_mfa_device d = { .serial_number = STR(SERIAL),
		.account_id = STR(ACCOUNT),
		.name = STR("phone"),
		.path = STR("/"),
		.user_id = STR(USER_ID),
		.enabled_at = NOW_S,
		.created_at = NOW_S };

	assert_ok(f->keyd.hash_finish(f, f->keyd.hash_begin(f, &q), &q, &seed));
	d.sealed_seed = arena_str(f->a, buf_view(&seed.second));
	assert_ok(store_mfa_device_add(f->st, &d));
	buf_release(&seed.first);
	buf_release(&seed.second);
	return d.sealed_seed;
}

static inline const char *
with_code(struct fixture *f, const char *body, const char *code)
{
	return arena_fmt(f->a, "%s&SerialNumber=" SERIAL "&TokenCode=%s", body, code).p;
}

static inline void
wait_s(struct fixture *f, int64_t s)
{
	f->wall_ms += s * 1000;
	f->boot_ms += s * 1000;
}

#endif
