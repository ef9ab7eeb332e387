/*
 * instance_profile: on AWS, an instance gets its role through an instance profile. Here, profiles
 * can be created and filled, because clients do so, but no instance can be launched with one.
 * Source: IAM API reference.
 */
#include "svc/iam/entity.h"
#include "svc/iam/actions.h"
#include "svc/iam/quota.h"
#include "svc/iam/role.h"
#include "store/store_instance_profile.h"

struct profile_input {
	struct str name, path, role_name, path_prefix;
	struct field_list tags;
	struct field_strs keys;
	struct page page;
	/* set by scope */
	struct store_instance_profile profile;
	struct store_role role;
};
#define IN struct profile_input

#define PROFILE_FIELD \
	{ \
		.name = "InstanceProfileName", .type = FIELD_STR, .at = offsetof(IN, name), \
		.required = true, .form = FORM_IAM_NAME, .min = 1, .max = 128 \
	}
#define ROLE_FIELD \
	{ \
		.name = "RoleName", .type = FIELD_STR, .at = offsetof(IN, role_name), \
		.required = true, .form = FORM_IAM_NAME, .min = 1, .max = 64 \
	}

/* The roles that profiles hold, in one statement. */
struct roles {
	struct store_role *v;
	size_t n;
};

static enum awserr
roles_get(struct call *c, const struct store_instance_profile *v, size_t n, struct roles *ret)
{
	struct str *ids = arena_array(c->arena, n, sizeof(*ids));
	size_t i, n_ids = 0;
	int r;

	for (i = 0; i < n; i++) {
		if (v[i].role_id.n > 0)
			ids[n_ids++] = v[i].role_id;
	}
	r = store_role_list_of(c->region->store, c->arena, ids, n_ids, &ret->v, &ret->n);
	return r == 0 ? AWSERR_NONE : call_internal(c, "roles of instance profiles", r);
}

static enum awserr
roles_write(struct call *c, const struct store_instance_profile *v, const struct roles *roles)
{
	enum awserr e;
	size_t i;

	out_list(&c->out, "Roles");
	if (v->role_id.n > 0) {
		for (i = 0; i < roles->n && !str_eq(roles->v[i].role_id, v->role_id); i++)
			;
		if (i == roles->n)
			return call_internal(c, "role of an instance profile", ERR_NOTFOUND);
		out_item(&c->out);
		if ((e = role_out(c, &roles->v[i])) != AWSERR_NONE)
			return e;
		out_end(&c->out);
	}
	out_end(&c->out);
	return AWSERR_NONE;
}

static enum awserr
members_write(struct call *c, const struct store_instance_profile *v, const struct roles *roles)
{
	out_str(&c->out, "Path", v->path);
	out_str(&c->out, "InstanceProfileName", v->name);
	out_str(&c->out, "InstanceProfileId", v->profile_id);
	out_str(&c->out, "Arn", v->arn);
	out_time(&c->out, "CreateDate", v->created_at);
	return roles_write(c, v, roles);
}

static enum awserr
profile_write(struct call *c, const struct store_instance_profile *v)
{
	struct roles roles;
	enum awserr e;

	if ((e = roles_get(c, v, 1, &roles)) != AWSERR_NONE)
		return e;
	out_object(&c->out, "InstanceProfile");
	if ((e = members_write(c, v, &roles)) != AWSERR_NONE ||
	    (e = entity_tags_out(c, v->profile_id)) != AWSERR_NONE)
		return e;
	out_end(&c->out);
	return AWSERR_NONE;
}

/* ---- CreateInstanceProfile ---- */

static const struct field create_fields[] = {
	PROFILE_FIELD,
	{ .name = "Path",
	    .type = FIELD_STR,
	    .at = offsetof(IN, path),
	    .form = FORM_IAM_PATH,
	    .min = 1,
	    .max = 512 },
	ENTITY_TAGS_FIELD(IN, tags, false),
};

static enum awserr
create_scope(struct call *c)
{
	IN *in = c->input;
	struct str arn;

	if (in->path.p == NULL)
		in->path = STR("/");
	arn = entity_arn(c, ENTITY_INSTANCE_PROFILE, in->path, in->name);
	call_target_arn(c, arn);
	if (in->tags.n > 0) {
		call_target_arn(c, arn);
		call_target_action(c, "iam:TagInstanceProfile");
	}
	return entity_tag_request(c, &in->tags);
}

static enum awserr
create_act(struct call *c)
{
	const IN *in = c->input;
	struct store_instance_profile v = { .account_id = c->principal.account_id,
		.name = in->name,
		.path = in->path,
		.created_at = c->now_s };
	int64_t have;
	enum awserr e;
	int r;

	if ((r = store_instance_profile_count(c->region->store, v.account_id, &have)) != 0)
		return call_internal(c, "instance profiles", r);
	if ((e = quota_check(c, QUOTA_INSTANCE_PROFILES, have)) != AWSERR_NONE)
		return e;
	v.profile_id = entity_new_id(c, ENTITY_INSTANCE_PROFILE);
	v.arn = entity_arn(c, ENTITY_INSTANCE_PROFILE, v.path, v.name);
	if ((r = store_instance_profile_add(c->region->store, &v)) == ERR_EXISTS)
		return entity_exists(c, ENTITY_INSTANCE_PROFILE, in->name);
	if (r != 0)
		return call_internal(c, "instance profile", r);
	e = entity_tags_set(c, ENTITY_INSTANCE_PROFILE, v.profile_id, &in->tags);
	return e != AWSERR_NONE ? e : profile_write(c, &v);
}

/* ---- GetInstanceProfile, DeleteInstanceProfile ---- */

static const struct field get_fields[] = { PROFILE_FIELD };

static enum awserr
profile_scope(struct call *c)
{
	IN *in = c->input;

	return entity_instance_profile(c, in->name, &in->profile);
}

static enum awserr
get_act(struct call *c)
{
	const IN *in = c->input;

	return profile_write(c, &in->profile);
}

static enum awserr
delete_act(struct call *c)
{
	const IN *in = c->input;
	struct store *st = c->region->store;
	int r;

	if (in->profile.role_id.n > 0)
		return call_fail(c, AWSERR_DELETE_CONFLICT,
		    "Cannot delete entity, must remove roles from instance profile first.");
	if ((r = store_tag_delete_all(st, in->profile.profile_id)) != 0 ||
	    (r = store_instance_profile_delete(st, in->profile.profile_id)) != 0)
		return call_internal(c, "instance profile", r);
	return AWSERR_NONE;
}

/* ---- ListInstanceProfiles, ListInstanceProfilesForRole ---- */

static const struct field list_fields[] = {
	{ .name = "PathPrefix",
	    .type = FIELD_STR,
	    .at = offsetof(IN, path_prefix),
	    .form = FORM_IAM_PATH_PREFIX,
	    .min = 1,
	    .max = 512 },
	PAGE_FIELDS(IN),
};

static const struct field list_for_role_fields[] = { ROLE_FIELD, PAGE_FIELDS(IN) };

static enum awserr
list_scope(struct call *c)
{
	const IN *in = c->input;
	struct str prefix = in->path_prefix.n > 0 ? in->path_prefix : STR("/");

	call_target_arn(c, entity_arn(c, ENTITY_INSTANCE_PROFILE, prefix, STR("")));
	return AWSERR_NONE;
}

static enum awserr
list_for_role_scope(struct call *c)
{
	IN *in = c->input;

	return entity_role(c, in->role_name, &in->role);
}

static enum awserr
list_act(struct call *c)
{
	IN *in = c->input;
	struct store_name_query q = { .account_id = c->principal.account_id,
		.path_prefix = in->path_prefix };
	struct store_instance_profile *v;
	struct roles roles;
	enum awserr e;
	size_t i, n;
	int r;

	if ((e = page_read(c, &in->page)) != AWSERR_NONE)
		return e;
	q.after = in->page.after;
	q.limit = in->page.limit + 1;
	r = in->role.role_id.n > 0
	    ? store_instance_profile_list_for_role(c->region->store, c->arena, in->role.role_id,
		  q.after, q.limit, &v, &n)
	    : store_instance_profile_list(c->region->store, c->arena, &q, &v, &n);
	if (r != 0)
		return call_internal(c, "instance profiles", r);
	if ((e = roles_get(c, v, page_n(&in->page, n), &roles)) != AWSERR_NONE)
		return e;
	out_list(&c->out, "InstanceProfiles");
	for (i = 0; i < page_n(&in->page, n); i++) {
		out_item(&c->out);
		if ((e = members_write(c, &v[i], &roles)) != AWSERR_NONE)
			return e;
		out_end(&c->out);
	}
	out_end(&c->out);
	page_end(c, &in->page, n, i > 0 ? v[i - 1].name : STR(""));
	return AWSERR_NONE;
}

/* ---- AddRoleToInstanceProfile, RemoveRoleFromInstanceProfile ---- */

static const struct field member_fields[] = { PROFILE_FIELD, ROLE_FIELD };

/* Whoever puts a role into a profile hands it to every instance with the profile. */
static enum awserr
add_scope(struct call *c)
{
	IN *in = c->input;
	enum awserr e;

	if ((e = profile_scope(c)) != AWSERR_NONE ||
	    (e = entity_role(c, in->role_name, &in->role)) != AWSERR_NONE)
		return e;
	call_target_action(c, "iam:PassRole");
	call_target_context(c, STR("iam:PassedToService"), STR("ec2.amazonaws.com"));
	return AWSERR_NONE;
}

static enum awserr
add_act(struct call *c)
{
	const IN *in = c->input;
	enum awserr e;
	int r;

	if ((e = role_modifiable(c, &in->role)) != AWSERR_NONE)
		return e;
	if (in->profile.role_id.n > 0)
		return call_fail(c, AWSERR_LIMIT_EXCEEDED,
		    "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
	r = store_instance_profile_set_role(c->region->store, in->profile.profile_id,
	    in->role.role_id);
	return r == 0 ? AWSERR_NONE : call_internal(c, "instance profile", r);
}

static enum awserr
remove_act(struct call *c)
{
	const IN *in = c->input;
	struct store *st = c->region->store;
	struct store_role role;
	int r;

	r = store_role_get(st, c->arena, c->principal.account_id, in->role_name, &role);
	if (r == ERR_NOTFOUND)
		return entity_missing(c, ENTITY_ROLE, in->role_name);
	if (r != 0)
		return call_internal(c, "role", r);
	if (!str_eq(role.role_id, in->profile.role_id))
		return call_fail(c, AWSERR_NO_SUCH_ENTITY,
		    "The role with name %.*s is not in the instance profile with name %.*s.",
		    STR_FMT(in->role_name), STR_FMT(in->name));
	r = store_instance_profile_set_role(st, in->profile.profile_id, STR(""));
	return r == 0 ? AWSERR_NONE : call_internal(c, "instance profile", r);
}

/* ---- TagInstanceProfile, UntagInstanceProfile, ListInstanceProfileTags ---- */

static const struct field tag_fields[] = { PROFILE_FIELD, ENTITY_TAGS_FIELD(IN, tags, true) };
static const struct field untag_fields[] = { PROFILE_FIELD, ENTITY_TAG_KEYS_FIELD(IN, keys) };
static const struct field list_tags_fields[] = { PROFILE_FIELD, PAGE_FIELDS(IN) };

static enum awserr
tag_scope(struct call *c)
{
	IN *in = c->input;
	enum awserr e;

	entity_tag_keys_request(c, &in->keys);
	if ((e = entity_tag_request(c, &in->tags)) != AWSERR_NONE)
		return e;
	return profile_scope(c);
}

static enum awserr
tag_act(struct call *c)
{
	const IN *in = c->input;

	return entity_tags_set(c, ENTITY_INSTANCE_PROFILE, in->profile.profile_id, &in->tags);
}

static enum awserr
untag_act(struct call *c)
{
	const IN *in = c->input;

	return entity_tags_remove(c, in->profile.profile_id, &in->keys);
}

static enum awserr
list_tags_act(struct call *c)
{
	IN *in = c->input;

	return entity_tags_list(c, in->profile.profile_id, &in->page);
}

static const struct action actions[] = {
	{ IAM_WRITE("CreateInstanceProfile", create_fields, IN), .scope = create_scope,
	    .act = create_act },
	{ IAM_READ("GetInstanceProfile", get_fields, IN), .scope = profile_scope, .act = get_act },
	{ IAM_READ("ListInstanceProfiles", list_fields, IN), .scope = list_scope, .act = list_act },
	{ IAM_READ("ListInstanceProfilesForRole", list_for_role_fields, IN),
	    .scope = list_for_role_scope, .act = list_act },
	{ IAM_WRITE("DeleteInstanceProfile", get_fields, IN), .scope = profile_scope,
	    .act = delete_act },
	{ IAM_WRITE("AddRoleToInstanceProfile", member_fields, IN), .scope = add_scope,
	    .act = add_act },
	{ IAM_WRITE("RemoveRoleFromInstanceProfile", member_fields, IN), .scope = profile_scope,
	    .act = remove_act },
	{ IAM_WRITE("TagInstanceProfile", tag_fields, IN), .scope = tag_scope, .act = tag_act },
	{ IAM_WRITE("UntagInstanceProfile", untag_fields, IN), .scope = tag_scope,
	    .act = untag_act },
	{ IAM_READ("ListInstanceProfileTags", list_tags_fields, IN), .scope = profile_scope,
	    .act = list_tags_act },
};
const struct action_rows instance_profile_rows = { actions, FIELD_N(actions) };
