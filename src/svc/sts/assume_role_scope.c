/*
 * assume_role_scope: collects what the decision about sts:AssumeRole is made on: the role, its
 * trust policy and the condition keys (wire.md 7.5, 7.7). Source: STS API reference, AssumeRole;
 * IAM user guide, "Pass session tags in AWS STS", "Monitor and control actions taken
 * with assumed roles".
 *
 * For a role that does not exist, a trust policy that trusts nobody is used. So it is refused in
 * the same way, and takes as long, as a role that does not trust the caller.
 */
#include "svc/identity/mfa.h"
#include "svc/sts/assume_role.h"
#include "aws/arn.h"
#include "iam/policy.h"

#define DEFAULT_S 3600
#define CHAINED_MAX_S 3600

/* It trusts a user of an account that does not exist. */
#define NO_TRUST \
	STR("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\"," \
	    "\"Principal\":{\"AWS\":\"arn:aws:iam::000000000000:user/nobody\"}," \
	    "\"Action\":\"sts:AssumeRole\"}}")

/* ---- what is wrong whatever the role ---- */

static enum awserr
check_duration(struct call *c, struct assume_role *in)
{
	in->seconds = in->duration_s.given ? in->duration_s.v : DEFAULT_S;
	if (assume_role_chained(c) && in->seconds > CHAINED_MAX_S)
		return call_fail(c, AWSERR_VALIDATION,
		    "The requested DurationSeconds exceeds the 1 hour session limit for roles "
		    "assumed by role chaining");
	return AWSERR_NONE;
}

static bool
has_tag(const struct assume_role *in, struct str key)
{
	const struct entity_tag *tags = in->limits.tags.v;
	size_t i;

	for (i = 0; i < in->limits.tags.n; i++) {
		if (str_eq_nocase(tags[i].key, key))
			return true;
	}
	return false;
}

static enum awserr
check_tags(struct call *c, const struct assume_role *in)
{
	size_t i;

	for (i = 0; i < in->transitive_keys.n; i++) {
		if (!has_tag(in, in->transitive_keys.v[i]))
			return call_fail(c, AWSERR_INVALID_PARAMETER_VALUE,
			    "The specified transitive tag key must be included in the requested "
			    "tags.");
	}
	for (i = 0; i < c->session.n_tags; i++) {
		if (c->session.tags[i].transitive && has_tag(in, c->session.tags[i].key))
			return call_fail(c, AWSERR_INVALID_PARAMETER_VALUE,
			    "One of the specified tag keys can't be set because it conflicts with "
			    "a transitive tag key from the calling session.");
	}
	return AWSERR_NONE;
}

static enum awserr
check_source_identity(struct call *c, struct assume_role *in)
{
	const struct str set = c->session.source_identity;

	if (set.n == 0)
		return AWSERR_NONE;
	if (in->source_identity.p != NULL && !str_eq(in->source_identity, set))
		return call_fail(c, AWSERR_ACCESS_DENIED,
		    "The source identity of a session cannot be changed");
	in->source_identity = set;
	return AWSERR_NONE;
}

static enum awserr
check(struct call *c, struct assume_role *in)
{
	enum awserr e;

	if (c->principal.type == IAM_ROOT)
		return call_fail(c, AWSERR_ACCESS_DENIED,
		    "Roles may not be assumed by root accounts.");
	if ((e = check_duration(c, in)) != AWSERR_NONE ||
	    (e = session_limits_check(c, &in->limits)) != AWSERR_NONE ||
	    (e = check_tags(c, in)) != AWSERR_NONE)
		return e;
	return check_source_identity(c, in);
}

/* ---- the role ---- */

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

/* Finds the role, parses its trust policy and makes it the target. */
static enum awserr
role_find(struct call *c, struct assume_role *in, struct str name)
{
	struct errinfo ei = { "" };
	struct str id = STR("-"), trust = NO_TRUST, told = in->role_arn;
	enum awserr e;
	int r;

	if ((r = role_get(c, in->role_arn, name, &in->role)) == 0) {
		in->role_arn = in->role.arn;
		id = in->role.role_id;
		trust = in->role.trust_policy;
	} else if (r != ERR_NOTFOUND) {
		return call_internal(c, "role", r);
	}
	if ((r = iam_policy_parse(trust, IAM_RESOURCE_POLICY, &c->trust, &ei)) != 0)
		return call_internal(c, "trust policy", r);
	if ((e = call_target_arn_tagged(c, in->role_arn, id)) == AWSERR_NONE)
		c->targets[0].told = told;
	return e;
}

/* ---- the circumstances ---- */

static void
context(struct call *c, const struct assume_role *in)
{
	call_context(c, STR("sts:RoleSessionName"), in->session_name);
	if (in->external_id.p != NULL)
		call_context(c, STR("sts:ExternalId"), in->external_id);
	if (in->source_identity.n > 0)
		call_context(c, STR("sts:SourceIdentity"), in->source_identity);
	if (in->transitive_keys.n > 0)
		call_context_list(c, STR("sts:TransitiveTagKeys"), in->transitive_keys.v,
		    in->transitive_keys.n);
	/* An MFA code in this request counts, whatever the caller's session says about MFA. */
	if (in->mfa_at > 0) {
		call_context(c, STR("aws:MultiFactorAuthPresent"), STR("true"));
		call_context(c, STR("aws:MultiFactorAuthAge"), STR("0"));
	}
}

/* Adds the actions that must be allowed besides sts:AssumeRole, by the role's trust policy as
 * well. */
static void
more_targets(struct call *c, const struct assume_role *in)
{
	const struct call_target role = c->targets[0];

	if (in->limits.tags.n > 0) {
		call_target_arn_tags(c, role.arn, role.tags, role.n_tags);
		call_target_action(c, "sts:TagSession");
	}
	if (in->source_identity.n > 0) {
		call_target_arn_tags(c, role.arn, role.tags, role.n_tags);
		call_target_action(c, "sts:SetSourceIdentity");
	}
}

/* *ret is the name of the role in its ARN, which ends with "role/PATH/NAME". */
static enum awserr
role_name(struct call *c, const struct assume_role *in, struct str *ret)
{
	const char *slash;
	struct arn arn;

	if (arn_parse(in->role_arn, &arn) != 0 || !str_eq_c(arn.service, "iam") ||
	    !str_starts(arn.resource, STR("role/")))
		return call_fail(c, AWSERR_VALIDATION, "%.*s is invalid", STR_FMT(in->role_arn));
	slash = memrchr(arn.resource.p, '/', arn.resource.n);
	*ret = str_from(arn.resource, (size_t)(slash - arn.resource.p) + 1);
	return AWSERR_NONE;
}

enum awserr
assume_role_scope(struct call *c)
{
	struct assume_role *in = c->input;
	struct str name = STR("");
	enum awserr e;

	if ((e = check(c, in)) != AWSERR_NONE || (e = role_name(c, in, &name)) != AWSERR_NONE ||
	    (e = entity_tag_request(c, &in->limits.tags)) != AWSERR_NONE ||
	    (e = mfa_authenticate(c, in->serial_number, in->token_code, &in->mfa_at)) !=
		AWSERR_NONE ||
	    (e = role_find(c, in, name)) != AWSERR_NONE)
		return e;
	context(c, in);
	more_targets(c, in);
	if (in->role.role_id.n > 0 && in->seconds > in->role.max_session_s)
		return call_defer(c,
		    call_fail(c, AWSERR_VALIDATION,
			"The requested DurationSeconds exceeds the MaxSessionDuration set for this "
			"role."));
	return AWSERR_NONE;
}
