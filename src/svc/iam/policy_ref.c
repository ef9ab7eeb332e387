/*
 * policy_ref: see policy_ref.h.
 */
#include "svc/iam/policy_ref.h"

#include "svc/iam/document.h"
#include "svc/iam/entity.h"
#include "svc/iam/managed.h"
#include "aws/arn.h"
#include "base/num.h"

static bool
is_policy_arn(struct str s)
{
	struct arn arn;

	return arn_parse(s, &arn) == 0 && str_eq_c(arn.partition, "aws") &&
	    str_eq_c(arn.service, "iam") && arn.region.n == 0 && arn.account.n > 0 &&
	    str_starts(arn.resource, STR("policy/"));
}

enum awserr
policy_ref_find(struct call *c, struct policy_ref *ref)
{
	int r;

	if (!is_policy_arn(ref->arn))
		return call_fail(c, AWSERR_INVALID_INPUT, "ARN %.*s is not valid.",
		    STR_FMT(ref->arn));
	r = store_policy_get(c->region->store, c->arena, c->principal.account_id, ref->arn,
	    &ref->policy);
	ref->found = r == 0;
	return r == 0 || r == ERR_NOTFOUND ? AWSERR_NONE : call_internal(c, "policy", r);
}

enum awserr
policy_ref_target(struct call *c, struct policy_ref *ref)
{
	enum awserr e;

	/* For a policy that does not exist, tags are looked up by an id that nothing has, so that
	 * it takes as long. */
	if ((e = policy_ref_find(c, ref)) != AWSERR_NONE ||
	    (e = call_target_arn_tagged(c, ref->arn,
		 ref->found ? ref->policy.policy_id : STR("-"))) != AWSERR_NONE)
		return e;
	if (ref->found)
		return AWSERR_NONE;
	return call_defer(c,
	    call_fail(c, AWSERR_NO_SUCH_ENTITY, "Policy %.*s was not found.", STR_FMT(ref->arn)));
}

enum awserr
policy_ref_target_own(struct call *c, struct policy_ref *ref)
{
	enum awserr e = policy_ref_target(c, ref);

	if (e != AWSERR_NONE || !ref->found || ref->policy.account_id.n > 0)
		return e;
	return call_defer(c,
	    call_fail(c, AWSERR_ACCESS_DENIED, "Policy %.*s is outside your own account.",
		STR_FMT(ref->arn)));
}

struct str
policy_ref_version_id(struct call *c, int64_t version)
{
	return arena_fmt(c->arena, "v%lld", (long long)version);
}

int64_t
policy_ref_version(struct str version_id)
{
	int64_t v;

	if (!str_starts(version_id, STR("v")) ||
	    num_i64_parse(str_from(version_id, 1), 1, INT64_MAX, &v) != 0)
		return 0;
	return v;
}

/* Is it a policy that only the role of its service can have? */
static bool
is_of_service(const struct store_policy *p)
{
	return p->account_id.n == 0 && str_starts(p->path, STR(MANAGED_SERVICE_PATH));
}

enum awserr
policy_ref_attachable(struct call *c, const struct policy_ref *ref)
{
	if (!ref->found)
		return call_fail(c, AWSERR_NO_SUCH_ENTITY,
		    "Policy %.*s does not exist or is not attachable.", STR_FMT(ref->arn));
	if (is_of_service(&ref->policy))
		return call_fail(c, AWSERR_POLICY_NOT_ATTACHABLE,
		    "Cannot attach a Service Role Policy to a Customer Role.");
	return AWSERR_NONE;
}

void
policy_ref_write(struct call *c, const struct store_policy *p, bool described)
{
	struct out *o = &c->out;

	out_str(o, "PolicyName", p->name);
	out_str(o, "PolicyId", p->policy_id);
	out_str(o, "Arn", p->arn);
	out_str(o, "Path", p->path);
	out_str(o, "DefaultVersionId", policy_ref_version_id(c, p->default_version));
	out_i64(o, "AttachmentCount", p->attachment_count);
	out_i64(o, "PermissionsBoundaryUsageCount", p->boundary_count);
	out_bool(o, "IsAttachable", !is_of_service(p));
	if (described)
		out_opt(o, "Description", p->description);
	out_time(o, "CreateDate", p->created_at);
	out_time(o, "UpdateDate", p->updated_at);
}

void
policy_ref_version_write(struct call *c, const struct store_policy_version *v, bool document)
{
	if (document)
		document_write(c, "Document", v->document);
	out_str(&c->out, "VersionId", policy_ref_version_id(c, v->version));
	out_bool(&c->out, "IsDefaultVersion", v->is_default);
	out_time(&c->out, "CreateDate", v->created_at);
}
