/*
 * attach: attaches managed policies to users, groups and roles, detaches them, and lists what is
 * attached to whom.
 */
#include "svc/iam/actions.h"

#include "svc/iam/holder.h"
#include "svc/iam/policy_ref.h"
#include "svc/iam/quota.h"
#include "store/store_attachment.h"

/* ---- AttachUserPolicy ..., DetachUserPolicy ... ---- */

struct attach_input {
	struct holder holder;
	struct policy_ref ref;
};

#define ATTACH_FIELDS(name_, max_) \
	{ \
		HOLDER_FIELD(name_, struct attach_input, holder, max_), \
		    POLICY_REF_FIELD(struct attach_input, ref.arn) \
	}

static const struct field user_fields[] = ATTACH_FIELDS("UserName", 64);
static const struct field group_fields[] = ATTACH_FIELDS("GroupName", 128);
static const struct field role_fields[] = ATTACH_FIELDS("RoleName", 64);

static enum awserr
attach_scope(struct call *c)
{
	struct attach_input *in = c->input;
	enum awserr e;

	if ((e = policy_ref_find(c, &in->ref)) != AWSERR_NONE)
		return e;
	entity_policy_context(c, in->ref.arn);
	return holder_target_change(c, &in->holder);
}

/* Checks the quota after the policy was attached: the count includes it. */
static enum awserr
check_count(struct call *c, const struct holder *h)
{
	int64_t n;
	int r;

	if ((r = store_attachment_count(c->region->store, h->id, &n)) != 0)
		return call_internal(c, "attachments", r);
	return quota_check(c,
	    h->kind == ENTITY_GROUP      ? QUOTA_POLICIES_PER_GROUP
		: h->kind == ENTITY_ROLE ? QUOTA_POLICIES_PER_ROLE
					 : QUOTA_POLICIES_PER_USER,
	    n - 1);
}

static enum awserr
attach_act(struct call *c)
{
	const struct attach_input *in = c->input;
	enum awserr e;
	int r;

	if ((e = holder_modifiable(c, &in->holder)) != AWSERR_NONE ||
	    (e = policy_ref_attachable(c, &in->ref)) != AWSERR_NONE)
		return e;
	r = store_attachment_add(c->region->store, in->holder.id, in->ref.policy.policy_id,
	    c->now_s);
	if (r == ERR_EXISTS)
		return AWSERR_NONE;
	return r != 0 ? call_internal(c, "attach", r) : check_count(c, &in->holder);
}

static enum awserr
detach_act(struct call *c)
{
	const struct attach_input *in = c->input;
	enum awserr e;
	int r = ERR_NOTFOUND;

	if ((e = holder_modifiable(c, &in->holder)) != AWSERR_NONE)
		return e;
	if (in->ref.found)
		r = store_attachment_delete(c->region->store, in->holder.id,
		    in->ref.policy.policy_id);
	if (r == ERR_NOTFOUND)
		return call_fail(c, AWSERR_NO_SUCH_ENTITY, "Policy %.*s was not found.",
		    STR_FMT(in->ref.arn));
	return r != 0 ? call_internal(c, "detach", r) : AWSERR_NONE;
}

/* ---- ListAttachedUserPolicies ... ---- */

struct list_input {
	struct holder holder;
	struct str path_prefix;
	struct page page;
};

#define LIST_FIELDS(name_, max_) \
	{ \
		HOLDER_FIELD(name_, struct list_input, holder, max_), \
		    { .name = "PathPrefix", \
			    .type = FIELD_STR, \
			    .at = offsetof(struct list_input, path_prefix), \
			    .form = FORM_IAM_POLICY_PATH, \
			    .min = 1, \
			    .max = 512 }, \
		    PAGE_FIELDS(struct list_input) \
	}

static const struct field list_user_fields[] = LIST_FIELDS("UserName", 64);
static const struct field list_group_fields[] = LIST_FIELDS("GroupName", 128);
static const struct field list_role_fields[] = LIST_FIELDS("RoleName", 64);

static enum awserr
list_scope(struct call *c)
{
	struct list_input *in = c->input;

	return holder_target(c, &in->holder);
}

static enum awserr
list_act(struct call *c)
{
	struct list_input *in = c->input;
	struct store_attachment_query q = { .entity_id = in->holder.id,
		.path_prefix = in->path_prefix };
	struct store_attachment *v;
	enum awserr e;
	size_t i, n;
	int r;

	if ((e = page_read(c, &in->page)) != AWSERR_NONE)
		return e;
	q.after = in->page.after;
	q.limit = in->page.limit + 1;
	if ((r = store_attachment_list(c->region->store, c->arena, &q, &v, &n)) != 0)
		return call_internal(c, "attachments", r);
	out_list(&c->out, "AttachedPolicies");
	for (i = 0; i < page_n(&in->page, n); i++) {
		out_item(&c->out);
		out_str(&c->out, "PolicyName", v[i].name);
		out_str(&c->out, "PolicyArn", v[i].arn);
		out_end(&c->out);
	}
	out_end(&c->out);
	page_end(c, &in->page, n, i > 0 ? v[i - 1].arn : STR(""));
	return AWSERR_NONE;
}

/* ---- ListEntitiesForPolicy ---- */

struct entities_input {
	struct policy_ref ref;
	struct str filter, path_prefix, usage;
	struct page page;
};

static const char *const filters[] = { "User", "Role", "Group", "LocalManagedPolicy",
	"AWSManagedPolicy", NULL };
static const char *const usages[] = { "PermissionsPolicy", "PermissionsBoundary", NULL };

static const struct field entities_fields[] = {
	POLICY_REF_FIELD(struct entities_input, ref.arn),
	{ .name = "EntityFilter",
	    .type = FIELD_STR,
	    .at = offsetof(struct entities_input, filter),
	    .words = filters },
	{ .name = "PathPrefix",
	    .type = FIELD_STR,
	    .at = offsetof(struct entities_input, path_prefix),
	    .form = FORM_IAM_PATH,
	    .min = 1,
	    .max = 512 },
	{ .name = "PolicyUsageFilter",
	    .type = FIELD_STR,
	    .at = offsetof(struct entities_input, usage),
	    .words = usages },
	PAGE_FIELDS(struct entities_input),
};

static enum awserr
entities_scope(struct call *c)
{
	return policy_ref_target(c, c->input);
}

struct entities {
	struct store_entity *v;
	size_t n;
};

/* Finds the entities that use the policy in this way. None when the request asks only for the
 * other way. */
static int
entities_get(struct call *c, const struct entities_input *in, const char *usage,
    struct entities *ret)
{
	struct store_attachment_entity_query q = { .account_id = c->principal.account_id,
		.policy_id = in->ref.policy.policy_id,
		.boundary = strcmp(usage, "PermissionsBoundary") == 0,
		.path_prefix = in->path_prefix,
		.after = in->page.after,
		.limit = in->page.limit + 1 };

	*ret = (struct entities){ NULL, 0 };
	if (in->usage.p != NULL && !str_eq_c(in->usage, usage))
		return 0;
	if (str_eq_c(in->filter, "User"))
		q.kind = STORE_ENTITY_USER;
	else if (str_eq_c(in->filter, "Group"))
		q.kind = STORE_ENTITY_GROUP;
	else if (str_eq_c(in->filter, "Role"))
		q.kind = STORE_ENTITY_ROLE;
	else if (in->filter.p != NULL) /* a kind that nothing is attached to */
		return 0;
	return store_attachment_list_entities(c->region->store, c->arena, &q, &ret->v, &ret->n);
}

/* Merges two lists that are sorted by id. An entity that is in both is in the result once. */
static struct entities
merge(struct call *c, const struct entities *a, const struct entities *b)
{
	struct entities m = { arena_array(c->arena, a->n + b->n + 1, sizeof(m.v[0])), 0 };
	size_t i = 0, j = 0;
	int order;

	while (i < a->n || j < b->n) {
		order = i == a->n ? 1
		    : j == b->n   ? -1
				  : str_cmp(a->v[i].entity_id, b->v[j].entity_id);
		m.v[m.n++] = order <= 0 ? a->v[i] : b->v[j];
		i += order <= 0;
		j += order >= 0;
	}
	return m;
}

static void
entities_write(struct call *c, const struct store_entity *v, size_t n, enum store_entity_kind kind,
    const char *list, const char *name, const char *id)
{
	size_t i;

	out_list(&c->out, list);
	for (i = 0; i < n; i++) {
		if (v[i].kind != kind)
			continue;
		out_item(&c->out);
		out_str(&c->out, name, v[i].name);
		out_str(&c->out, id, v[i].entity_id);
		out_end(&c->out);
	}
	out_end(&c->out);
}

static enum awserr
entities_act(struct call *c)
{
	struct entities_input *in = c->input;
	struct entities attached, bounded, all;
	enum awserr e;
	size_t n;
	int r;

	if ((e = page_read(c, &in->page)) != AWSERR_NONE)
		return e;
	if ((r = entities_get(c, in, "PermissionsPolicy", &attached)) != 0 ||
	    (r = entities_get(c, in, "PermissionsBoundary", &bounded)) != 0)
		return call_internal(c, "entities of policy", r);
	all = merge(c, &attached, &bounded);
	n = page_n(&in->page, all.n);
	entities_write(c, all.v, n, STORE_ENTITY_GROUP, "PolicyGroups", "GroupName", "GroupId");
	entities_write(c, all.v, n, STORE_ENTITY_USER, "PolicyUsers", "UserName", "UserId");
	entities_write(c, all.v, n, STORE_ENTITY_ROLE, "PolicyRoles", "RoleName", "RoleId");
	page_end(c, &in->page, all.n, n > 0 ? all.v[n - 1].entity_id : STR(""));
	return AWSERR_NONE;
}

#define ATTACH struct attach_input
#define LIST struct list_input

static const struct action actions[] = {
	{ IAM_WRITE("AttachUserPolicy", user_fields, ATTACH), .scope = attach_scope,
	    .act = attach_act },
	{ IAM_WRITE("AttachGroupPolicy", group_fields, ATTACH), .scope = attach_scope,
	    .act = attach_act },
	{ IAM_WRITE("AttachRolePolicy", role_fields, ATTACH), .scope = attach_scope,
	    .act = attach_act },
	{ IAM_WRITE("DetachUserPolicy", user_fields, ATTACH), .scope = attach_scope,
	    .act = detach_act },
	{ IAM_WRITE("DetachGroupPolicy", group_fields, ATTACH), .scope = attach_scope,
	    .act = detach_act },
	{ IAM_WRITE("DetachRolePolicy", role_fields, ATTACH), .scope = attach_scope,
	    .act = detach_act },
	{ IAM_READ("ListAttachedUserPolicies", list_user_fields, LIST), .scope = list_scope,
	    .act = list_act },
	{ IAM_READ("ListAttachedGroupPolicies", list_group_fields, LIST), .scope = list_scope,
	    .act = list_act },
	{ IAM_READ("ListAttachedRolePolicies", list_role_fields, LIST), .scope = list_scope,
	    .act = list_act },
	{ IAM_READ("ListEntitiesForPolicy", entities_fields, struct entities_input),
	    .scope = entities_scope, .act = entities_act },
};
const struct action_rows attach_rows = { actions, FIELD_N(actions) };
