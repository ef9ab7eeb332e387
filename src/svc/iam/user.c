/*
 * user: CreateUser, GetUser, ListUsers, UpdateUser, DeleteUser and the tags of
 * users. Source: IAM API reference; wire.md 7.7.
 */
#include "svc/iam/user.h"

#include "svc/iam/delete_conflict.h"
#include "svc/iam/entity.h"
#include "svc/iam/actions.h"
#include "svc/iam/quota.h"
#include "store/store_account.h"

void
user_out(struct call *c, const struct store_user *u)
{
	out_str(&c->out, "Path", u->path);
	out_str(&c->out, "UserName", u->name);
	out_str(&c->out, "UserId", u->user_id);
	out_str(&c->out, "Arn", u->arn);
	out_time(&c->out, "CreateDate", u->created_at);
	if (u->password_last_used_at != 0)
		out_time(&c->out, "PasswordLastUsed", u->password_last_used_at);
}

static enum awserr
user_write(struct call *c, const struct store_user *u)
{
	enum awserr e;

	out_object(&c->out, "User");
	user_out(c, u);
	entity_boundary_out(c, u->boundary_arn);
	e = entity_tags_out(c, u->user_id);
	out_end(&c->out);
	return e;
}

/* ---- CreateUser ---- */

struct create_input {
	struct str path, name, boundary;
	struct field_list tags;
};

static const struct field create_fields[] = {
	{ .name = "Path",
	    .type = FIELD_STR,
	    .at = offsetof(struct create_input, path),
	    .form = FORM_IAM_PATH,
	    .min = 1,
	    .max = 512 },
	{ .name = "UserName",
	    .type = FIELD_STR,
	    .at = offsetof(struct create_input, name),
	    .required = true,
	    .form = FORM_IAM_NAME,
	    .min = 1,
	    .max = 64 },
	{ .name = "PermissionsBoundary",
	    .type = FIELD_STR,
	    .at = offsetof(struct create_input, boundary),
	    .form = FORM_IAM_ARN,
	    .min = 20,
	    .max = 2048 },
	ENTITY_TAGS_FIELD(struct create_input, tags, false),
};

static enum awserr
create_scope(struct call *c)
{
	struct create_input *in = c->input;
	struct str arn;

	if (in->path.p == NULL)
		in->path = STR("/");
	arn = entity_arn(c, ENTITY_USER, in->path, in->name);
	call_target_arn(c, arn);
	entity_boundary_context(c, in->boundary);
	/* Who creates with tags needs the permission to tag as well. */
	if (in->tags.n > 0) {
		call_target_arn(c, arn);
		call_target_action(c, "iam:TagUser");
	}
	return entity_tag_request(c, &in->tags);
}

static enum awserr
create_act(struct call *c)
{
	const struct create_input *in = c->input;
	struct store *st = c->region->store;
	struct store_user u = { .account_id = c->principal.account_id,
		.name = in->name,
		.path = in->path,
		.boundary_arn = in->boundary,
		.created_at = c->now_s };
	int64_t have;
	enum awserr e;
	int r;

	if ((r = store_user_count(st, u.account_id, &have)) != 0)
		return call_internal(c, "users", r);
	if ((e = quota_check(c, QUOTA_USERS, have)) != AWSERR_NONE ||
	    (e = entity_boundary_check(c, in->boundary)) != AWSERR_NONE)
		return e;
	u.user_id = entity_new_id(c, ENTITY_USER);
	u.arn = entity_arn(c, ENTITY_USER, u.path, u.name);
	if ((r = store_user_add(st, &u)) == ERR_EXISTS)
		return entity_exists(c, ENTITY_USER, in->name);
	if (r != 0)
		return call_internal(c, "user", r);
	if ((e = entity_tags_set(c, ENTITY_USER, u.user_id, &in->tags)) != AWSERR_NONE)
		return e;
	return user_write(c, &u);
}

/* ---- GetUser, DeleteUser ---- */

struct user_input {
	struct str name;
	struct store_user user; /* set by scope */
};

static const struct field get_fields[] = {
	{ .name = "UserName",
	    .type = FIELD_STR,
	    .at = offsetof(struct user_input, name),
	    .form = FORM_IAM_NAME,
	    .min = 1,
	    .max = 128 },
};

static const struct field delete_fields[] = {
	{ .name = "UserName",
	    .type = FIELD_STR,
	    .at = offsetof(struct user_input, name),
	    .required = true,
	    .form = FORM_IAM_NAME,
	    .min = 1,
	    .max = 128 },
};

static bool
is_root_itself(const struct call *c, const struct user_input *in)
{
	return in->name.p == NULL && c->principal.type == IAM_ROOT;
}

static enum awserr
user_scope(struct call *c)
{
	struct user_input *in = c->input;

	if (is_root_itself(c, in)) {
		call_target_arn(c, c->principal.arn);
		return AWSERR_NONE;
	}
	return entity_user(c, in->name, &in->user);
}

/* Answers for the root of the account, which has no name and no path. */
static enum awserr
get_root(struct call *c)
{
	struct store_account a;
	int r;

	r = store_account_get(c->region->store, c->arena, c->principal.account_id, &a);
	if (r != 0)
		return call_internal(c, "account", r);
	out_object(&c->out, "User");
	out_str(&c->out, "UserId", c->principal.user_id);
	out_str(&c->out, "Arn", c->principal.arn);
	out_time(&c->out, "CreateDate", a.created_at);
	out_end(&c->out);
	return AWSERR_NONE;
}

static enum awserr
get_act(struct call *c)
{
	const struct user_input *in = c->input;

	return is_root_itself(c, in) ? get_root(c) : user_write(c, &in->user);
}

static enum awserr
delete_act(struct call *c)
{
	const struct user_input *in = c->input;
	struct store *st = c->region->store;
	enum awserr e;
	int r;

	if ((e = delete_conflict_user(c, &in->user)) != AWSERR_NONE)
		return e;
	if ((r = store_tag_delete_all(st, in->user.user_id)) != 0 ||
	    (r = store_user_delete(st, in->user.user_id)) != 0)
		return call_internal(c, "user", r);
	return AWSERR_NONE;
}

/* ---- ListUsers ---- */

static enum awserr
list_scope(struct call *c)
{
	return entity_list_target(c, ENTITY_USER, c->input);
}

static enum awserr
list_act(struct call *c)
{
	struct entity_list *in = c->input;
	struct store_name_query q;
	struct store_user *v;
	enum awserr e;
	size_t i, n;
	int r;

	if ((e = entity_list_query(c, in, &q)) != AWSERR_NONE)
		return e;
	if ((r = store_user_list(c->region->store, c->arena, &q, &v, &n)) != 0)
		return call_internal(c, "users", r);
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

/* ---- UpdateUser ---- */

struct update_input {
	struct str name, new_path, new_name;
	struct store_user user; /* set by scope */
};

static const struct field update_fields[] = {
	{ .name = "UserName",
	    .type = FIELD_STR,
	    .at = offsetof(struct update_input, name),
	    .required = true,
	    .form = FORM_IAM_NAME,
	    .min = 1,
	    .max = 128 },
	{ .name = "NewPath",
	    .type = FIELD_STR,
	    .at = offsetof(struct update_input, new_path),
	    .form = FORM_IAM_PATH,
	    .min = 1,
	    .max = 512 },
	{ .name = "NewUserName",
	    .type = FIELD_STR,
	    .at = offsetof(struct update_input, new_name),
	    .form = FORM_IAM_NAME,
	    .min = 1,
	    .max = 64 },
};

/* The caller needs the permission for the present ARN of the user and for the new one. */
static enum awserr
update_scope(struct call *c)
{
	struct update_input *in = c->input;
	struct store_user *u = &in->user;
	struct call_target *t;
	enum awserr e;

	if ((e = entity_user(c, in->name, u)) != AWSERR_NONE)
		return e;
	if (u->user_id.n == 0) {
		u->path = STR("/");
		u->name = in->name;
	}
	if (in->new_path.p != NULL)
		u->path = in->new_path;
	if (in->new_name.p != NULL)
		u->name = in->new_name;
	u->arn = entity_arn(c, ENTITY_USER, u->path, u->name);
	call_target_arn(c, u->arn);
	t = &c->targets[c->n_targets - 1];
	t->tags = t[-1].tags;
	t->n_tags = t[-1].n_tags;
	return AWSERR_NONE;
}

static enum awserr
update_act(struct call *c)
{
	const struct update_input *in = c->input;
	int r;

	if ((r = store_user_update(c->region->store, &in->user)) == ERR_EXISTS)
		return entity_exists(c, ENTITY_USER, in->user.name);
	return r == 0 ? AWSERR_NONE : call_internal(c, "user", r);
}

/* ---- TagUser, UntagUser, ListUserTags ---- */

struct tag_input {
	struct str name;
	struct field_list tags;
	struct field_strs keys;
	struct page page;
	struct store_user user; /* set by scope */
};

#define TAGGED_USER \
	{ \
		.name = "UserName", .type = FIELD_STR, .at = offsetof(struct tag_input, name), \
		.required = true, .form = FORM_IAM_NAME, .min = 1, .max = 128 \
	}

static const struct field tag_fields[] = {
	TAGGED_USER,
	ENTITY_TAGS_FIELD(struct tag_input, tags, true),
};

static const struct field untag_fields[] = {
	TAGGED_USER,
	ENTITY_TAG_KEYS_FIELD(struct tag_input, keys),
};

static const struct field list_tags_fields[] = {
	TAGGED_USER,
	PAGE_FIELDS(struct tag_input),
};

static enum awserr
tag_scope(struct call *c)
{
	struct tag_input *in = c->input;
	enum awserr e;

	entity_tag_keys_request(c, &in->keys);
	if ((e = entity_tag_request(c, &in->tags)) != AWSERR_NONE)
		return e;
	return entity_user(c, in->name, &in->user);
}

static enum awserr
tag_act(struct call *c)
{
	const struct tag_input *in = c->input;

	return entity_tags_set(c, ENTITY_USER, in->user.user_id, &in->tags);
}

static enum awserr
untag_act(struct call *c)
{
	const struct tag_input *in = c->input;

	return entity_tags_remove(c, in->user.user_id, &in->keys);
}

static enum awserr
list_tags_act(struct call *c)
{
	struct tag_input *in = c->input;

	return entity_tags_list(c, in->user.user_id, &in->page);
}

static const struct action actions[] = {
	{ IAM_WRITE("CreateUser", create_fields, struct create_input), .scope = create_scope,
	    .act = create_act },
	{ IAM_READ("GetUser", get_fields, struct user_input), .scope = user_scope, .act = get_act },
	{ IAM_READ("ListUsers", entity_list_fields, struct entity_list), .scope = list_scope,
	    .act = list_act },
	{ IAM_WRITE("UpdateUser", update_fields, struct update_input), .scope = update_scope,
	    .act = update_act },
	{ IAM_WRITE("DeleteUser", delete_fields, struct user_input), .scope = user_scope,
	    .act = delete_act },
	{ IAM_WRITE("TagUser", tag_fields, struct tag_input), .scope = tag_scope, .act = tag_act },
	{ IAM_WRITE("UntagUser", untag_fields, struct tag_input), .scope = tag_scope,
	    .act = untag_act },
	{ IAM_READ("ListUserTags", list_tags_fields, struct tag_input), .scope = tag_scope,
	    .act = list_tags_act },
};
const struct action_rows user_rows = { actions, FIELD_N(actions) };
