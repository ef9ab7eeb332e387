/*
 * policy: managed policies: CreatePolicy, GetPolicy, ListPolicies, DeletePolicy
 * and their tags.
 */
#include "svc/iam/actions.h"

#include "svc/iam/document.h"
#include "svc/iam/entity.h"
#include "svc/iam/page.h"
#include "svc/iam/policy_ref.h"
#include "svc/iam/quota.h"
#include "store/store_inline_policy.h"

/* All inputs but those of CreatePolicy and ListPolicies begin with a struct policy_ref. */
static enum awserr
read_scope(struct call *c)
{
	return policy_ref_target(c, c->input);
}

/* ---- CreatePolicy ---- */

struct create_input {
	struct str name, path, document, description;
	struct field_list tags;
};

static const struct field create_fields[] = {
	{ .name = "PolicyName",
	    .type = FIELD_STR,
	    .at = offsetof(struct create_input, name),
	    .required = true,
	    .form = FORM_IAM_NAME,
	    .min = 1,
	    .max = 128 },
	{ .name = "Path",
	    .type = FIELD_STR,
	    .at = offsetof(struct create_input, path),
	    .form = FORM_IAM_POLICY_PATH,
	    .min = 1,
	    .max = 512 },
	DOCUMENT_FIELD("PolicyDocument", struct create_input, document),
	{ .name = "Description",
	    .type = FIELD_STR,
	    .at = offsetof(struct create_input, description),
	    .form = FORM_DESCRIPTION,
	    .min = 0,
	    .max = 1000 },
	ENTITY_TAGS_FIELD(struct create_input, tags, false),
};

static enum awserr
create_scope(struct call *c)
{
	struct create_input *in = c->input;
	struct str arn;

	if (in->path.p == NULL)
		in->path = STR("/");
	arn = entity_arn(c, ENTITY_POLICY, in->path, in->name);
	call_target_arn(c, arn);
	/* Who creates with tags needs the permission to tag as well. */
	if (in->tags.n > 0) {
		call_target_arn(c, arn);
		call_target_action(c, "iam:TagPolicy");
	}
	return entity_tag_request(c, &in->tags);
}

static enum awserr
create_act(struct call *c)
{
	const struct create_input *in = c->input;
	struct store_policy p = { .policy_id = entity_new_id(c, ENTITY_POLICY),
		.account_id = c->principal.account_id,
		.arn = c->targets[0].arn,
		.name = in->name,
		.path = in->path,
		.description = in->description,
		.created_at = c->now_s,
		.updated_at = c->now_s,
		.default_version = 1 };
	struct store *st = c->region->store;
	enum awserr e;
	int64_t n;
	int r;

	if ((e = document_check(c, in->document, ADMIT_MANAGED)) != AWSERR_NONE ||
	    (e = quota_check_size(c, QUOTA_POLICY_SIZE,
		 (int64_t)store_inline_policy_size_of(in->document))) != AWSERR_NONE)
		return e;
	if ((r = store_policy_count(st, p.account_id, &n)) != 0)
		return call_internal(c, "policies", r);
	if ((e = quota_check(c, QUOTA_POLICIES, n)) != AWSERR_NONE)
		return e;
	if ((r = store_policy_add(st, &p, in->document)) == ERR_EXISTS)
		return call_fail(c, AWSERR_ENTITY_EXISTS,
		    "A policy called %.*s already exists. Duplicate names are not allowed.",
		    STR_FMT(in->name));
	if (r != 0)
		return call_internal(c, "policy", r);
	if ((e = entity_tags_set(c, ENTITY_POLICY, p.policy_id, &in->tags)) != AWSERR_NONE)
		return e;
	out_object(&c->out, "Policy");
	policy_ref_write(c, &p, false);
	e = entity_tags_out(c, p.policy_id);
	out_end(&c->out);
	return e;
}

/* ---- GetPolicy, DeletePolicy ---- */

static const struct field arn_fields[] = {
	POLICY_REF_FIELD(struct policy_ref, arn),
};

static enum awserr
get_act(struct call *c)
{
	const struct policy_ref *in = c->input;
	enum awserr e;

	out_object(&c->out, "Policy");
	policy_ref_write(c, &in->policy, true);
	e = entity_tags_out_always(c, in->policy.policy_id);
	out_end(&c->out);
	return e;
}

static enum awserr
delete_scope(struct call *c)
{
	return policy_ref_target_own(c, c->input);
}

static enum awserr
delete_act(struct call *c)
{
	const struct store_policy *p = &((struct policy_ref *)c->input)->policy;
	struct store *st = c->region->store;
	int r;

	if (p->attachment_count > 0 || p->boundary_count > 0)
		return call_fail(c, AWSERR_DELETE_CONFLICT,
		    "Cannot delete a policy attached to entities.");
	if ((r = store_policy_delete(st, p->policy_id)) == ERR_BADSTATE)
		return call_fail(c, AWSERR_DELETE_CONFLICT,
		    "This policy has more than one version. Before you delete a policy, you must "
		    "delete the policy's versions. The default version is deleted with the "
		    "policy.");
	if (r != 0 || (r = store_tag_delete_all(st, p->policy_id)) != 0)
		return call_internal(c, "delete policy", r);
	return AWSERR_NONE;
}

/* ---- ListPolicies ---- */

struct list_input {
	struct str scope, path_prefix, usage;
	struct field_bool only_attached;
	struct page page;
};

static const char *const scopes[] = { "All", "AWS", "Local", NULL };
static const char *const usages[] = { "PermissionsPolicy", "PermissionsBoundary", NULL };

static const struct field list_fields[] = {
	{ .name = "Scope",
	    .type = FIELD_STR,
	    .at = offsetof(struct list_input, scope),
	    .words = scopes },
	{ .name = "OnlyAttached",
	    .type = FIELD_BOOL,
	    .at = offsetof(struct list_input, only_attached) },
	{ .name = "PathPrefix",
	    .type = FIELD_STR,
	    .at = offsetof(struct list_input, path_prefix),
	    .form = FORM_IAM_POLICY_PATH,
	    .min = 1,
	    .max = 512 },
	{ .name = "PolicyUsageFilter",
	    .type = FIELD_STR,
	    .at = offsetof(struct list_input, usage),
	    .words = usages },
	PAGE_FIELDS(struct list_input),
};

static enum store_policy_usage
usage_of(const struct list_input *in)
{
	if (str_eq_c(in->usage, "PermissionsBoundary"))
		return STORE_POLICY_BOUNDARY;
	if (in->only_attached.v || in->usage.p != NULL)
		return STORE_POLICY_ATTACHED;
	return STORE_POLICY_ANY_USAGE;
}

static enum awserr
list_act(struct call *c)
{
	struct list_input *in = c->input;
	struct store_policy_query q = { .account_id = c->principal.account_id,
		.scope = str_eq_c(in->scope, "AWS") ? STORE_POLICY_AWS
		    : str_eq_c(in->scope, "Local")  ? STORE_POLICY_LOCAL
						    : STORE_POLICY_ALL,
		.usage = usage_of(in),
		.path_prefix = in->path_prefix };
	struct store_policy *v;
	enum awserr e;
	size_t i, n;
	int r;

	if ((e = page_read(c, &in->page)) != AWSERR_NONE)
		return e;
	q.after = in->page.after;
	q.limit = in->page.limit + 1;
	if ((r = store_policy_list(c->region->store, c->arena, &q, &v, &n)) != 0)
		return call_internal(c, "policies", r);
	out_list(&c->out, "Policies");
	for (i = 0; i < page_n(&in->page, n); i++) {
		out_item(&c->out);
		policy_ref_write(c, &v[i], false);
		out_end(&c->out);
	}
	out_end(&c->out);
	page_end(c, &in->page, n, i > 0 ? v[i - 1].arn : STR(""));
	return AWSERR_NONE;
}

/* ---- TagPolicy, UntagPolicy, ListPolicyTags ---- */

struct tag_input {
	struct policy_ref ref;
	struct field_list tags;
};

static const struct field tag_fields[] = {
	POLICY_REF_FIELD(struct tag_input, ref.arn),
	ENTITY_TAGS_FIELD(struct tag_input, tags, true),
};

static enum awserr
tag_scope(struct call *c)
{
	struct tag_input *in = c->input;
	enum awserr e = policy_ref_target_own(c, &in->ref);

	return e != AWSERR_NONE ? e : entity_tag_request(c, &in->tags);
}

static enum awserr
tag_act(struct call *c)
{
	const struct tag_input *in = c->input;

	return entity_tags_set(c, ENTITY_POLICY, in->ref.policy.policy_id, &in->tags);
}

struct untag_input {
	struct policy_ref ref;
	struct field_strs keys;
};

static const struct field untag_fields[] = {
	POLICY_REF_FIELD(struct untag_input, ref.arn),
	ENTITY_TAG_KEYS_FIELD(struct untag_input, keys),
};

static enum awserr
untag_scope(struct call *c)
{
	struct untag_input *in = c->input;

	entity_tag_keys_request(c, &in->keys);
	return policy_ref_target_own(c, &in->ref);
}

static enum awserr
untag_act(struct call *c)
{
	const struct untag_input *in = c->input;

	return entity_tags_remove(c, in->ref.policy.policy_id, &in->keys);
}

struct list_tags_input {
	struct policy_ref ref;
	struct page page;
};

static const struct field list_tags_fields[] = {
	POLICY_REF_FIELD(struct list_tags_input, ref.arn),
	PAGE_FIELDS(struct list_tags_input),
};

static enum awserr
tags_act(struct call *c)
{
	struct list_tags_input *in = c->input;

	return entity_tags_list(c, in->ref.policy.policy_id, &in->page);
}

static const struct action actions[] = {
	{ IAM_WRITE("CreatePolicy", create_fields, struct create_input), .scope = create_scope,
	    .act = create_act },
	{ IAM_READ("GetPolicy", arn_fields, struct policy_ref), .scope = read_scope,
	    .act = get_act },
	{ IAM_READ("ListPolicies", list_fields, struct list_input), .act = list_act },
	{ IAM_WRITE("DeletePolicy", arn_fields, struct policy_ref), .scope = delete_scope,
	    .act = delete_act },
	{ IAM_WRITE("TagPolicy", tag_fields, struct tag_input), .scope = tag_scope,
	    .act = tag_act },
	{ IAM_WRITE("UntagPolicy", untag_fields, struct untag_input), .scope = untag_scope,
	    .act = untag_act },
	{ IAM_READ("ListPolicyTags", list_tags_fields, struct list_tags_input), .scope = read_scope,
	    .act = tags_act },
};
const struct action_rows policy_rows = { actions, FIELD_N(actions) };
