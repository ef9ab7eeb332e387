/*
 * assume_role_scope: collects what the decision about sts:AssumeRole is made on: the role, its
 * trust policy and the condition keys (wire.md 7.5, 7.7). Source: STS API reference, AssumeRole;
 * IAM user guide, "Pass session tags in AWS STS", "Monitor and control actions taken
 * with assumed roles".
 */
#include "svc/identity/mfa.h"
#include "svc/sts/assume_role.h"
#include "svc/sts/assumed_role.h"

#define CHAINED_MAX_S 3600

/* ---- what is wrong whatever the role ---- */

static enum awserr
check_duration(struct call *c, struct assume_role *in)
{
	in->seconds = in->duration_s.given ? in->duration_s.v : ASSUMED_ROLE_DEFAULT_S;
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

enum awserr
assume_role_scope(struct call *c)
{
	struct assume_role *in = c->input;
	struct str name = STR("");
	enum awserr e;

	if ((e = check(c, in)) != AWSERR_NONE ||
	    (e = assumed_role_name(c, in->role_arn, &name)) != AWSERR_NONE ||
	    (e = entity_tag_request(c, &in->limits.tags)) != AWSERR_NONE ||
	    (e = mfa_authenticate(c, in->serial_number, in->token_code, &in->mfa_at)) !=
		AWSERR_NONE ||
	    (e = assumed_role_find(c, &in->role_arn, name, &in->role)) != AWSERR_NONE)
		return e;
	context(c, in);
	more_targets(c, in);
	return assumed_role_duration(c, &in->role, in->seconds);
}
