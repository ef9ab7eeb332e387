/*
 * assumed_role: see assumed_role.h.
 */
#include "svc/sts/assumed_role.h"

#include "aws/arn.h"
#include "iam/policy.h"

/* It trusts a user of an account that does not exist. */
#define NO_TRUST \
	STR("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\"," \
	    "\"Principal\":{\"AWS\":\"arn:aws:iam::000000000000:user/nobody\"}," \
	    "\"Action\":\"sts:AssumeRole\"}}")

enum awserr
assumed_role_name(struct call *c, struct str role_arn, struct str *ret)
{
	const char *slash;
	struct arn arn;

	if (arn_parse(role_arn, &arn) != 0 || !str_eq_c(arn.service, "iam") ||
	    !str_starts(arn.resource, STR("role/")))
		return call_fail(c, AWSERR_VALIDATION, "%.*s is invalid", STR_FMT(role_arn));
	slash = memrchr(arn.resource.p, '/', arn.resource.n);
	*ret = str_from(arn.resource, (size_t)(slash - arn.resource.p) + 1);
	return AWSERR_NONE;
}

/* Finds the role by its name, which is unique in the account. The path in the ARN must be right,
 * too. */
static int
role_get(struct call *c, struct str role_arn, struct str name, struct store_role *ret)
{
	int r;

	r = store_role_get(c->region->store, c->arena, c->principal.account_id, name, ret);
	if (r == 0 && !str_eq_nocase(ret->arn, role_arn))
		r = ERR_NOTFOUND;
	return r;
}

enum awserr
assumed_role_find(struct call *c, struct str *role_arn, struct str name, struct store_role *ret)
{
	struct errinfo ei = { "" };
	struct str id = STR("-"), trust = NO_TRUST, told = *role_arn;
	struct store_role role;
	enum awserr e;
	int r;

	if ((r = role_get(c, *role_arn, name, &role)) == 0) {
		*ret = role;
		*role_arn = role.arn;
		id = role.role_id;
		trust = role.trust_policy;
	} else if (r != ERR_NOTFOUND) {
		return call_internal(c, "role", r);
	}
	if ((r = iam_policy_parse(trust, IAM_RESOURCE_POLICY, &c->trust, &ei)) != 0)
		return call_internal(c, "trust policy", r);
	if ((e = call_target_arn_tagged(c, *role_arn, id)) == AWSERR_NONE)
		c->targets[0].told = told;
	return e;
}

enum awserr
assumed_role_duration(struct call *c, const struct store_role *role, int64_t seconds)
{
	if (role->role_id.n == 0 || seconds <= role->max_session_s)
		return AWSERR_NONE;
	return call_defer(c,
	    call_fail(c, AWSERR_VALIDATION,
		"The requested DurationSeconds exceeds the MaxSessionDuration set for this "
		"role."));
}

void
assumed_role_write(struct call *c, const struct store_role *role, struct str session_name)
{
	out_object(&c->out, "AssumedRoleUser");
	out_str(&c->out, "AssumedRoleId",
	    arena_fmt(c->arena, "%.*s:%.*s", STR_FMT(role->role_id), STR_FMT(session_name)));
	out_str(&c->out, "Arn",
	    arena_fmt(c->arena, "arn:aws:sts::%.*s:assumed-role/%.*s/%.*s",
		STR_FMT(role->account_id), STR_FMT(role->name), STR_FMT(session_name)));
	out_end(&c->out);
}
