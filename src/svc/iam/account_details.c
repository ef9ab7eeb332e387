/*
 * account_details: GetAccountAuthorizationDetails, which shows all users, groups, roles and
 * managed policies with all that belongs to them. It walks through the four lists in turn.
 */
#include "svc/iam/actions.h"

#include "svc/iam/document.h"
#include "svc/iam/entity.h"
#include "svc/iam/policy_ref.h"
#include "svc/iam/trust.h"
#include "api/place.h"
#include "base/num.h"
#include "store/store_attachment.h"
#include "store/store_inline_policy.h"
#include "store/store_instance_profile.h"

/* A page also ends behind the entity that makes it longer than this, whatever MaxItems says. */
#define PAGE_BYTES (OUT_MAX_BYTES / 4)

enum list { USERS, GROUPS, ROLES, POLICIES, N_LISTS };

struct details_input {
	struct field_strs filter;
	struct page page;
};

static const char *const filters[] = { "User", "Role", "Group", "LocalManagedPolicy",
	"AWSManagedPolicy", NULL };

static const struct field details_fields[] = {
	{ .name = "Filter",
	    .type = FIELD_STR_LIST,
	    .at = offsetof(struct details_input, filter),
	    .words = filters },
	PAGE_FIELDS(struct details_input),
};

/* How far the walk has come. */
struct walk {
	enum list from;      /* the list that the page before ended in ... */
	struct str after;    /* ... and the name that it ended with */
	size_t left;         /* how many more entities fit on this page */
	bool more;           /* at least one did not fit */
	enum list last_list; /* list and name of the last one written */
	struct str last;
};

static size_t
limit(const struct walk *w)
{
	return w->left + 1;
}

static struct str
after(const struct walk *w, enum list l)
{
	return l == w->from ? w->after : STR("");
}

/* Takes the room for one more entity. False when the page is full. */
static bool
take(struct call *c, struct walk *w, enum list l, struct str name)
{
	if (w->left == 0 || buf_view(&c->out.body).n > PAGE_BYTES) {
		w->more = true;
		return false;
	}
	w->left--;
	w->last_list = l;
	w->last = name;
	return true;
}

/* ---- what an entity has ---- */

static int
inline_write(struct call *c, const char *list, struct str id)
{
	struct store_inline_policy *v;
	size_t i, n;
	int r;

	if ((r = store_inline_policy_list(c->region->store, c->arena, id, STR(""), STORE_PAGE_MAX,
		 &v, &n)) != 0)
		return r;
	out_list(&c->out, list);
	for (i = 0; i < n; i++) {
		out_item(&c->out);
		out_str(&c->out, "PolicyName", v[i].name);
		document_write(c, "PolicyDocument", v[i].document);
		out_end(&c->out);
	}
	out_end(&c->out);
	return 0;
}

static int
attached_write(struct call *c, struct str id)
{
	const struct store_attachment_query q = { .entity_id = id, .limit = STORE_PAGE_MAX };
	struct store_attachment *v;
	size_t i, n;
	int r;

	if ((r = store_attachment_list(c->region->store, c->arena, &q, &v, &n)) != 0)
		return r;
	out_list(&c->out, "AttachedManagedPolicies");
	for (i = 0; i < n; i++) {
		out_item(&c->out);
		out_str(&c->out, "PolicyName", v[i].name);
		out_str(&c->out, "PolicyArn", v[i].arn);
		out_end(&c->out);
	}
	out_end(&c->out);
	return 0;
}

static int
groups_write(struct call *c, struct str user_id)
{
	const struct store_member_query q = { .id = user_id, .limit = STORE_PAGE_MAX };
	struct store_group *v;
	size_t i, n;
	int r;

	if ((r = store_group_list_for_user(c->region->store, c->arena, &q, &v, &n)) != 0)
		return r;
	out_list(&c->out, "GroupList");
	for (i = 0; i < n; i++)
		out_item_str(&c->out, v[i].name);
	out_end(&c->out);
	return 0;
}

static enum awserr
role_head_write(struct call *c, const struct store_role *v)
{
	out_str(&c->out, "Path", v->path);
	out_str(&c->out, "RoleName", v->name);
	out_str(&c->out, "RoleId", v->role_id);
	out_str(&c->out, "Arn", v->arn);
	out_time(&c->out, "CreateDate", v->created_at);
	return trust_write(c, v->trust_policy);
}

static enum awserr
profiles_write(struct call *c, const struct store_role *role)
{
	struct store_instance_profile *v;
	enum awserr e;
	size_t i, n;
	int r;

	if ((r = store_instance_profile_list_for_role(c->region->store, c->arena, role->role_id,
		 STR(""), STORE_PAGE_MAX, &v, &n)) != 0)
		return call_internal(c, "role's instance profiles", r);
	out_list(&c->out, "InstanceProfileList");
	for (i = 0; i < n; i++) {
		out_item(&c->out);
		out_str(&c->out, "Path", v[i].path);
		out_str(&c->out, "InstanceProfileName", v[i].name);
		out_str(&c->out, "InstanceProfileId", v[i].profile_id);
		out_str(&c->out, "Arn", v[i].arn);
		out_time(&c->out, "CreateDate", v[i].created_at);
		out_list(&c->out, "Roles");
		out_item(&c->out);
		if ((e = role_head_write(c, role)) != AWSERR_NONE)
			return e;
		out_end(&c->out);
		out_end(&c->out);
		out_end(&c->out);
	}
	out_end(&c->out);
	return AWSERR_NONE;
}

static int
versions_write(struct call *c, const struct store_policy *p)
{
	struct store_policy_version *v;
	size_t i, n;
	int r;

	if ((r = store_policy_version_list(c->region->store, c->arena, p->policy_id, 0,
		 STORE_PAGE_MAX, &v, &n)) != 0)
		return r;
	out_list(&c->out, "PolicyVersionList");
	for (i = 0; i < n; i++) {
		out_item(&c->out);
		policy_ref_version_write(c, &v[i], true);
		out_end(&c->out);
	}
	out_end(&c->out);
	return 0;
}

/* ---- the lists ---- */

static enum awserr
user_write(struct call *c, const struct store_user *v)
{
	int r;

	out_str(&c->out, "Path", v->path);
	out_str(&c->out, "UserName", v->name);
	out_str(&c->out, "UserId", v->user_id);
	out_str(&c->out, "Arn", v->arn);
	out_time(&c->out, "CreateDate", v->created_at);
	if ((r = inline_write(c, "UserPolicyList", v->user_id)) != 0 ||
	    (r = groups_write(c, v->user_id)) != 0 || (r = attached_write(c, v->user_id)) != 0)
		return call_internal(c, "user's policies", r);
	entity_boundary_out(c, v->boundary_arn);
	return entity_tags_out(c, v->user_id);
}

static enum awserr
users(struct call *c, struct walk *w)
{
	const struct store_name_query q = { .account_id = c->principal.account_id,
		.after = after(w, USERS),
		.limit = limit(w) };
	enum awserr e = AWSERR_NONE;
	struct store_user *v;
	size_t i, n;
	int r;

	if ((r = store_user_list(c->region->store, c->arena, &q, &v, &n)) != 0)
		return call_internal(c, "users", r);
	for (i = 0; i < n && e == AWSERR_NONE && take(c, w, USERS, v[i].name); i++) {
		out_item(&c->out);
		e = user_write(c, &v[i]);
		out_end(&c->out);
	}
	return e;
}

static enum awserr
group_write(struct call *c, const struct store_group *v)
{
	int r;

	out_str(&c->out, "Path", v->path);
	out_str(&c->out, "GroupName", v->name);
	out_str(&c->out, "GroupId", v->group_id);
	out_str(&c->out, "Arn", v->arn);
	out_time(&c->out, "CreateDate", v->created_at);
	if ((r = inline_write(c, "GroupPolicyList", v->group_id)) != 0 ||
	    (r = attached_write(c, v->group_id)) != 0)
		return call_internal(c, "group's policies", r);
	return AWSERR_NONE;
}

static enum awserr
groups(struct call *c, struct walk *w)
{
	const struct store_name_query q = { .account_id = c->principal.account_id,
		.after = after(w, GROUPS),
		.limit = limit(w) };
	enum awserr e = AWSERR_NONE;
	struct store_group *v;
	size_t i, n;
	int r;

	if ((r = store_group_list(c->region->store, c->arena, &q, &v, &n)) != 0)
		return call_internal(c, "groups", r);
	for (i = 0; i < n && e == AWSERR_NONE && take(c, w, GROUPS, v[i].name); i++) {
		out_item(&c->out);
		e = group_write(c, &v[i]);
		out_end(&c->out);
	}
	return e;
}

static enum awserr
role_write(struct call *c, const struct store_role *v)
{
	enum awserr e;
	int r;

	if ((e = role_head_write(c, v)) != AWSERR_NONE || (e = profiles_write(c, v)) != AWSERR_NONE)
		return e;
	if ((r = inline_write(c, "RolePolicyList", v->role_id)) != 0 ||
	    (r = attached_write(c, v->role_id)) != 0)
		return call_internal(c, "role's policies", r);
	entity_boundary_out(c, v->boundary_arn);
	if ((e = entity_tags_out(c, v->role_id)) != AWSERR_NONE)
		return e;
	out_object(&c->out, "RoleLastUsed");
	if (v->last_used_at > 0) {
		out_time(&c->out, "LastUsedDate", v->last_used_at);
		out_str(&c->out, "Region", v->last_used_region);
	}
	out_end(&c->out);
	return AWSERR_NONE;
}

static enum awserr
roles(struct call *c, struct walk *w)
{
	const struct store_name_query q = { .account_id = c->principal.account_id,
		.after = after(w, ROLES),
		.limit = limit(w) };
	enum awserr e = AWSERR_NONE;
	struct store_role *v;
	size_t i, n;
	int r;

	if ((r = store_role_list(c->region->store, c->arena, &q, &v, &n)) != 0)
		return call_internal(c, "roles", r);
	for (i = 0; i < n && e == AWSERR_NONE && take(c, w, ROLES, v[i].name); i++) {
		out_item(&c->out);
		e = role_write(c, &v[i]);
		out_end(&c->out);
	}
	return e;
}

static enum awserr
policies(struct call *c, struct walk *w, enum store_policy_scope scope)
{
	const struct store_policy_query q = { .account_id = c->principal.account_id,
		.scope = scope,
		.after = after(w, POLICIES),
		.limit = limit(w) };
	struct store_policy *v;
	size_t i, n;
	int r;

	if ((r = store_policy_list(c->region->store, c->arena, &q, &v, &n)) != 0)
		return call_internal(c, "policies", r);
	for (i = 0; i < n && take(c, w, POLICIES, v[i].arn); i++) {
		out_item(&c->out);
		policy_ref_write(c, &v[i], true);
		if ((r = versions_write(c, &v[i])) != 0)
			return call_internal(c, "versions", r);
		out_end(&c->out);
	}
	return AWSERR_NONE;
}

/* ---- the walk ---- */

static bool
wanted(const struct details_input *in, const char *what)
{
	size_t i;

	for (i = 0; i < in->filter.n; i++) {
		if (str_eq_c(in->filter.v[i], what))
			return true;
	}
	return in->filter.n == 0;
}

static enum awserr
list_write(struct call *c, const struct details_input *in, struct walk *w, enum list l)
{
	bool local = wanted(in, "LocalManagedPolicy"), aws = wanted(in, "AWSManagedPolicy");

	if (l < w->from)
		return AWSERR_NONE;
	switch (l) {
	case USERS:
		return wanted(in, "User") ? users(c, w) : AWSERR_NONE;
	case GROUPS:
		return wanted(in, "Group") ? groups(c, w) : AWSERR_NONE;
	case ROLES:
		return wanted(in, "Role") ? roles(c, w) : AWSERR_NONE;
	case POLICIES:
		if (!local && !aws)
			return AWSERR_NONE;
		return policies(c, w,
		    !aws        ? STORE_POLICY_LOCAL
			: local ? STORE_POLICY_ALL
				: STORE_POLICY_AWS);
	case N_LISTS:
		break;
	}
	return AWSERR_NONE;
}

/* Reads where the page begins: "2:NAME" in the marker is the list, and the last name before. */
static enum awserr
walk_start(struct call *c, struct details_input *in, struct walk *w)
{
	struct str list;
	uint64_t from;
	enum awserr e;

	if ((e = page_read(c, &in->page)) != AWSERR_NONE)
		return e;
	*w = (struct walk){ .left = in->page.limit };
	if (in->page.after.n == 0)
		return AWSERR_NONE;
	list = str_head(in->page.after, str_index(in->page.after, ':'));
	if (num_u64_parse(list, 0, N_LISTS - 1, &from) != 0)
		return call_fail(c, AWSERR_VALIDATION, "Invalid Marker.");
	w->from = (enum list)from;
	w->after = str_from(in->page.after, list.n + 1);
	return AWSERR_NONE;
}

static enum awserr
details_act(struct call *c)
{
	static const char *const names[N_LISTS] = { "UserDetailList", "GroupDetailList",
		"RoleDetailList", "Policies" };
	struct details_input *in = c->input;
	struct walk w;
	enum awserr e;
	int l;

	if ((e = walk_start(c, in, &w)) != AWSERR_NONE)
		return e;
	for (l = 0; l < N_LISTS; l++) {
		out_list(&c->out, names[l]);
		if (!w.more && (e = list_write(c, in, &w, (enum list)l)) != AWSERR_NONE)
			return e;
		out_end(&c->out);
	}
	out_bool(&c->out, "IsTruncated", w.more);
	if (w.more)
		out_str(&c->out, "Marker",
		    place_token(c,
			arena_fmt(c->arena, "%d:%.*s", (int)w.last_list, STR_FMT(w.last))));
	return AWSERR_NONE;
}

static const struct action actions[] = {
	{ IAM_READ("GetAccountAuthorizationDetails", details_fields, struct details_input),
	    .act = details_act },
};
const struct action_rows account_details_rows = { actions, FIELD_N(actions) };
