/*
 * group: CreateGroup, GetGroup, ListGroups, UpdateGroup, DeleteGroup, and who is
 * in a group. Source: IAM API reference; wire.md 7.7.
 */
#include "svc/iam/delete_conflict.h"
#include "svc/iam/entity.h"
#include "svc/iam/actions.h"
#include "svc/iam/quota.h"
#include "svc/iam/user.h"

static void
members_out(struct call *c, const struct store_group *g)
{
	out_str(&c->out, "Path", g->path);
	out_str(&c->out, "GroupName", g->name);
	out_str(&c->out, "GroupId", g->group_id);
	out_str(&c->out, "Arn", g->arn);
	out_time(&c->out, "CreateDate", g->created_at);
}

static void
groups_out(struct call *c, const struct page *page, const struct store_group *v, size_t n)
{
	size_t i;

	out_list(&c->out, "Groups");
	for (i = 0; i < page_n(page, n); i++) {
		out_item(&c->out);
		members_out(c, &v[i]);
		out_end(&c->out);
	}
	out_end(&c->out);
	page_end(c, page, n, i > 0 ? v[i - 1].name : STR(""));
}

#define GROUP_NAME(input) \
	{ \
		.name = "GroupName", .type = FIELD_STR, .at = offsetof(input, name), \
		.required = true, .form = FORM_IAM_NAME, .min = 1, .max = 128 \
	}

/* ---- CreateGroup ---- */

struct create_input {
	struct str path, name;
};

static const struct field create_fields[] = {
	{ .name = "Path",
	    .type = FIELD_STR,
	    .at = offsetof(struct create_input, path),
	    .form = FORM_IAM_PATH,
	    .min = 1,
	    .max = 512 },
	GROUP_NAME(struct create_input),
};

static enum awserr
create_scope(struct call *c)
{
	struct create_input *in = c->input;

	if (in->path.p == NULL)
		in->path = STR("/");
	call_target_arn(c, entity_arn(c, ENTITY_GROUP, in->path, in->name));
	return AWSERR_NONE;
}

static enum awserr
create_act(struct call *c)
{
	const struct create_input *in = c->input;
	struct store *st = c->region->store;
	struct store_group g = { .account_id = c->principal.account_id,
		.name = in->name,
		.path = in->path,
		.created_at = c->now_s };
	int64_t have;
	enum awserr e;
	int r;

	if ((r = store_group_count(st, g.account_id, &have)) != 0)
		return call_internal(c, "groups", r);
	if ((e = quota_check(c, QUOTA_GROUPS, have)) != AWSERR_NONE)
		return e;
	g.group_id = entity_new_id(c, ENTITY_GROUP);
	g.arn = entity_arn(c, ENTITY_GROUP, g.path, g.name);
	if ((r = store_group_add(st, &g)) == ERR_EXISTS)
		return entity_exists(c, ENTITY_GROUP, in->name);
	if (r != 0)
		return call_internal(c, "group", r);
	out_object(&c->out, "Group");
	members_out(c, &g);
	out_end(&c->out);
	return AWSERR_NONE;
}

/* ---- GetGroup, DeleteGroup ---- */

struct group_input {
	struct str name;
	struct page page;
	struct store_group group; /* set by scope */
};

static const struct field get_fields[] = {
	GROUP_NAME(struct group_input),
	PAGE_FIELDS(struct group_input),
};

static const struct field delete_fields[] = {
	GROUP_NAME(struct group_input),
};

static enum awserr
group_scope(struct call *c)
{
	struct group_input *in = c->input;

	return entity_group(c, in->name, &in->group);
}

static enum awserr
get_act(struct call *c)
{
	struct group_input *in = c->input;
	struct store_member_query q = { .id = in->group.group_id };
	struct store_user *v;
	enum awserr e;
	size_t i, n;
	int r;

	if ((e = page_read(c, &in->page)) != AWSERR_NONE)
		return e;
	q.after = in->page.after;
	q.limit = in->page.limit + 1;
	if ((r = store_user_list_in_group(c->region->store, c->arena, &q, &v, &n)) != 0)
		return call_internal(c, "group's users", r);
	out_object(&c->out, "Group");
	members_out(c, &in->group);
	out_end(&c->out);
	out_list(&c->out, "Users");
	for (i = 0; i < page_n(&in->page, n); i++) {
		out_item(&c->out);
		user_out(c, &v[i]);
		out_end(&c->out);
	}
	out_end(&c->out);
	page_end(c, &in->page, n, i > 0 ? v[i - 1].name : STR(""));
	return AWSERR_NONE;
}

static enum awserr
delete_act(struct call *c)
{
	const struct group_input *in = c->input;
	enum awserr e;
	int r;

	if ((e = delete_conflict_group(c, &in->group)) != AWSERR_NONE)
		return e;
	if ((r = store_group_delete(c->region->store, in->group.group_id)) != 0)
		return call_internal(c, "group", r);
	return AWSERR_NONE;
}

/* ---- ListGroups ---- */

static enum awserr
list_scope(struct call *c)
{
	return entity_list_target(c, ENTITY_GROUP, c->input);
}

static enum awserr
list_act(struct call *c)
{
	struct entity_list *in = c->input;
	struct store_name_query q;
	struct store_group *v;
	enum awserr e;
	size_t n;
	int r;

	if ((e = entity_list_query(c, in, &q)) != AWSERR_NONE)
		return e;
	if ((r = store_group_list(c->region->store, c->arena, &q, &v, &n)) != 0)
		return call_internal(c, "groups", r);
	groups_out(c, &in->page, v, n);
	return AWSERR_NONE;
}

/* ---- UpdateGroup ---- */

struct update_input {
	struct str name, new_path, new_name;
	struct store_group group; /* set by scope */
};

static const struct field update_fields[] = {
	GROUP_NAME(struct update_input),
	{ .name = "NewPath",
	    .type = FIELD_STR,
	    .at = offsetof(struct update_input, new_path),
	    .form = FORM_IAM_PATH,
	    .min = 1,
	    .max = 512 },
	{ .name = "NewGroupName",
	    .type = FIELD_STR,
	    .at = offsetof(struct update_input, new_name),
	    .form = FORM_IAM_NAME,
	    .min = 1,
	    .max = 128 },
};

/* The caller needs the permission for the present ARN of the group and for the new one. */
static enum awserr
update_scope(struct call *c)
{
	struct update_input *in = c->input;
	struct store_group *g = &in->group;
	enum awserr e;

	if ((e = entity_group(c, in->name, g)) != AWSERR_NONE)
		return e;
	if (g->group_id.n == 0) {
		g->path = STR("/");
		g->name = in->name;
	}
	if (in->new_path.p != NULL)
		g->path = in->new_path;
	if (in->new_name.p != NULL)
		g->name = in->new_name;
	g->arn = entity_arn(c, ENTITY_GROUP, g->path, g->name);
	call_target_arn(c, g->arn);
	return AWSERR_NONE;
}

static enum awserr
update_act(struct call *c)
{
	const struct update_input *in = c->input;
	int r;

	if ((r = store_group_update(c->region->store, &in->group)) == ERR_EXISTS)
		return entity_exists(c, ENTITY_GROUP, in->group.name);
	return r == 0 ? AWSERR_NONE : call_internal(c, "group", r);
}

/* ---- AddUserToGroup, RemoveUserFromGroup ---- */

struct member_input {
	struct str name, user_name;
	struct store_group group; /* set by scope */
	struct store_user user;
};

static const struct field member_fields[] = {
	GROUP_NAME(struct member_input),
	{ .name = "UserName",
	    .type = FIELD_STR,
	    .at = offsetof(struct member_input, user_name),
	    .required = true,
	    .form = FORM_IAM_NAME,
	    .min = 1,
	    .max = 128 },
};

/* As on AWS, the caller needs the permission for the group only. The user must exist. */
static enum awserr
member_scope(struct call *c)
{
	struct member_input *in = c->input;
	enum awserr e;
	int r;

	if ((e = entity_group(c, in->name, &in->group)) != AWSERR_NONE)
		return e;
	r = store_user_get(c->region->store, c->arena, c->principal.account_id, in->user_name,
	    &in->user);
	if (r == ERR_NOTFOUND && c->deferred == AWSERR_NONE)
		return call_defer(c, entity_missing(c, ENTITY_USER, in->user_name));
	return r == 0 || r == ERR_NOTFOUND ? AWSERR_NONE : call_internal(c, "user", r);
}

/* Adding a user who is in the group already is no error and changes nothing. */
static enum awserr
add_act(struct call *c)
{
	const struct member_input *in = c->input;
	struct store *st = c->region->store;
	int64_t have;
	int r;

	if ((r = store_group_add_user(st, in->group.group_id, in->user.user_id)) == ERR_EXISTS)
		return AWSERR_NONE;
	if (r != 0 || (r = store_group_count_for_user(st, in->user.user_id, &have)) != 0)
		return call_internal(c, "member", r);
	return quota_check(c, QUOTA_GROUPS_PER_USER, have - 1);
}

static enum awserr
remove_act(struct call *c)
{
	const struct member_input *in = c->input;
	int r;

	r = store_group_remove_user(c->region->store, in->group.group_id, in->user.user_id);
	if (r == ERR_NOTFOUND)
		return call_fail(c, AWSERR_NO_SUCH_ENTITY,
		    "The user with name %.*s is not in the group with name %.*s.",
		    STR_FMT(in->user.name), STR_FMT(in->group.name));
	return r == 0 ? AWSERR_NONE : call_internal(c, "member", r);
}

/* ---- ListGroupsForUser ---- */

struct for_user_input {
	struct str name;
	struct page page;
	struct store_user user; /* set by scope */
};

static const struct field for_user_fields[] = {
	{ .name = "UserName",
	    .type = FIELD_STR,
	    .at = offsetof(struct for_user_input, name),
	    .required = true,
	    .form = FORM_IAM_NAME,
	    .min = 1,
	    .max = 128 },
	PAGE_FIELDS(struct for_user_input),
};

static enum awserr
for_user_scope(struct call *c)
{
	struct for_user_input *in = c->input;

	return entity_user(c, in->name, &in->user);
}

static enum awserr
for_user_act(struct call *c)
{
	struct for_user_input *in = c->input;
	struct store_member_query q = { .id = in->user.user_id };
	struct store_group *v;
	enum awserr e;
	size_t n;
	int r;

	if ((e = page_read(c, &in->page)) != AWSERR_NONE)
		return e;
	q.after = in->page.after;
	q.limit = in->page.limit + 1;
	if ((r = store_group_list_for_user(c->region->store, c->arena, &q, &v, &n)) != 0)
		return call_internal(c, "user's groups", r);
	groups_out(c, &in->page, v, n);
	return AWSERR_NONE;
}

static const struct action actions[] = {
	{ IAM_WRITE("CreateGroup", create_fields, struct create_input), .scope = create_scope,
	    .act = create_act },
	{ IAM_READ("GetGroup", get_fields, struct group_input), .scope = group_scope,
	    .act = get_act },
	{ IAM_READ("ListGroups", entity_list_fields, struct entity_list), .scope = list_scope,
	    .act = list_act },
	{ IAM_WRITE("UpdateGroup", update_fields, struct update_input), .scope = update_scope,
	    .act = update_act },
	{ IAM_WRITE("DeleteGroup", delete_fields, struct group_input), .scope = group_scope,
	    .act = delete_act },
	{ IAM_WRITE("AddUserToGroup", member_fields, struct member_input), .scope = member_scope,
	    .act = add_act },
	{ IAM_WRITE("RemoveUserFromGroup", member_fields, struct member_input),
	    .scope = member_scope, .act = remove_act },
	{ IAM_READ("ListGroupsForUser", for_user_fields, struct for_user_input),
	    .scope = for_user_scope, .act = for_user_act },
};
const struct action_rows group_rows = { actions, FIELD_N(actions) };
