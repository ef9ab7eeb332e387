/*
 * policy_version: versions of managed policies. The store numbers them and uses no number twice.
 * When two administrators create versions at the same time, both are kept, and the one that was
 * made the default last is in force, as on AWS.
 */
#include "svc/iam/actions.h"

#include "svc/iam/document.h"
#include "svc/iam/page.h"
#include "svc/iam/policy_ref.h"
#include "svc/iam/quota.h"
#include "store/store_inline_policy.h"

/* All inputs below begin with a struct policy_ref. */
static enum awserr
read_scope(struct call *c)
{
	return policy_ref_target(c, c->input);
}

static enum awserr
write_scope(struct call *c)
{
	return policy_ref_target_own(c, c->input);
}

/* ---- CreatePolicyVersion ---- */

struct create_input {
	struct policy_ref ref;
	struct str document;
	struct field_bool set_as_default;
};

static const struct field create_fields[] = {
	POLICY_REF_FIELD(struct create_input, ref.arn),
	DOCUMENT_FIELD("PolicyDocument", struct create_input, document),
	{ .name = "SetAsDefault",
	    .type = FIELD_BOOL,
	    .at = offsetof(struct create_input, set_as_default) },
};

static enum awserr
create_act(struct call *c)
{
	const struct create_input *in = c->input;
	struct store_policy_version v = { .policy_id = in->ref.policy.policy_id,
		.document = in->document,
		.created_at = c->now_s,
		.is_default = in->set_as_default.v };
	struct store *st = c->region->store;
	enum awserr e;
	int64_t n;
	int r;

	if ((e = document_check(c, in->document, ADMIT_MANAGED)) != AWSERR_NONE ||
	    (e = quota_check_size(c, QUOTA_POLICY_SIZE,
		 (int64_t)store_inline_policy_size_of(in->document))) != AWSERR_NONE)
		return e;
	if ((r = store_policy_version_count(st, v.policy_id, &n)) != 0)
		return call_internal(c, "versions", r);
	if (n >= quota_limit(QUOTA_VERSIONS_PER_POLICY))
		return call_fail(c, AWSERR_LIMIT_EXCEEDED,
		    "A managed policy can have up to %lld versions. Before you create a new "
		    "version, you must delete an existing version.",
		    (long long)quota_limit(QUOTA_VERSIONS_PER_POLICY));
	if ((r = store_policy_version_add(st, &v, &v.version)) != 0)
		return call_internal(c, "version", r);
	out_object(&c->out, "PolicyVersion");
	policy_ref_version_write(c, &v, false);
	out_end(&c->out);
	return AWSERR_NONE;
}

/* ---- GetPolicyVersion, SetDefaultPolicyVersion, DeletePolicyVersion ---- */

struct version_input {
	struct policy_ref ref;
	struct str version_id;
};

static const struct field version_fields[] = {
	POLICY_REF_FIELD(struct version_input, ref.arn),
	{ .name = "VersionId",
	    .type = FIELD_STR,
	    .at = offsetof(struct version_input, version_id),
	    .required = true,
	    .form = FORM_POLICY_VERSION,
	    .min = 1,
	    .max = 64 },
};

static enum awserr
no_version(struct call *c, const struct version_input *in)
{
	return call_fail(c, AWSERR_NO_SUCH_ENTITY,
	    "Policy %.*s version %.*s does not exist or is not attachable.", STR_FMT(in->ref.arn),
	    STR_FMT(in->version_id));
}

static enum awserr
get_act(struct call *c)
{
	const struct version_input *in = c->input;
	struct store_policy_version v;
	int r;

	r = store_policy_version_get(c->region->store, c->arena, in->ref.policy.policy_id,
	    policy_ref_version(in->version_id), &v);
	if (r != 0)
		return r == ERR_NOTFOUND ? no_version(c, in) : call_internal(c, "version", r);
	out_object(&c->out, "PolicyVersion");
	policy_ref_version_write(c, &v, true);
	out_end(&c->out);
	return AWSERR_NONE;
}

static enum awserr
set_default_act(struct call *c)
{
	const struct version_input *in = c->input;
	int r;

	r = store_policy_set_default(c->region->store, in->ref.policy.policy_id,
	    policy_ref_version(in->version_id), c->now_s);
	if (r == ERR_NOTFOUND)
		return no_version(c, in);
	return r != 0 ? call_internal(c, "default version", r) : AWSERR_NONE;
}

static enum awserr
delete_act(struct call *c)
{
	const struct version_input *in = c->input;
	int r;

	r = store_policy_version_delete(c->region->store, in->ref.policy.policy_id,
	    policy_ref_version(in->version_id));
	if (r == ERR_NOTFOUND)
		return no_version(c, in);
	if (r == ERR_BADSTATE)
		return call_fail(c, AWSERR_DELETE_CONFLICT,
		    "Cannot delete the default version of a policy.");
	return r != 0 ? call_internal(c, "delete version", r) : AWSERR_NONE;
}

/* ---- ListPolicyVersions ---- */

struct list_input {
	struct policy_ref ref;
	struct page page;
};

static const struct field list_fields[] = {
	POLICY_REF_FIELD(struct list_input, ref.arn),
	PAGE_FIELDS(struct list_input),
};

static enum awserr
list_act(struct call *c)
{
	struct list_input *in = c->input;
	struct store_policy_version *v;
	struct str last = STR("");
	enum awserr e;
	size_t i, n;
	int r;

	if ((e = page_read(c, &in->page)) != AWSERR_NONE)
		return e;
	if ((r = store_policy_version_list(c->region->store, c->arena, in->ref.policy.policy_id,
		 policy_ref_version(in->page.after), in->page.limit + 1, &v, &n)) != 0)
		return call_internal(c, "versions", r);
	out_list(&c->out, "Versions");
	for (i = 0; i < page_n(&in->page, n); i++) {
		out_item(&c->out);
		policy_ref_version_write(c, &v[i], false);
		out_end(&c->out);
		last = policy_ref_version_id(c, v[i].version);
	}
	out_end(&c->out);
	page_end(c, &in->page, n, last);
	return AWSERR_NONE;
}

#define VERSION struct version_input

static const struct action actions[] = {
	{ IAM_WRITE("CreatePolicyVersion", create_fields, struct create_input),
	    .scope = write_scope, .act = create_act },
	{ IAM_READ("GetPolicyVersion", version_fields, VERSION), .scope = read_scope,
	    .act = get_act },
	{ IAM_WRITE("SetDefaultPolicyVersion", version_fields, VERSION), .scope = write_scope,
	    .act = set_default_act },
	{ IAM_WRITE("DeletePolicyVersion", version_fields, VERSION), .scope = write_scope,
	    .act = delete_act },
	{ IAM_READ("ListPolicyVersions", list_fields, struct list_input), .scope = read_scope,
	    .act = list_act },
};
const struct action_rows policy_version_rows = { actions, FIELD_N(actions) };
