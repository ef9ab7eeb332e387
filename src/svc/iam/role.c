/*
 * role: CreateRole, GetRole, ListRoles, UpdateRole, UpdateRoleDescription,
 * UpdateAssumeRolePolicy, DeleteRole and the tags of roles. Source: IAM API
 * reference; wire.md 7.7.
 */
#include "svc/iam/role.h"

#include "svc/iam/delete_conflict.h"
#include "svc/iam/document.h"
#include "svc/iam/entity.h"
#include "svc/iam/holder.h"
#include "svc/iam/actions.h"
#include "svc/iam/quota.h"
#include "svc/iam/trust.h"
#include "store/store_inline_policy.h"
#include "store/store_instance_profile.h"

#define MIN_SESSION_S 3600
#define MAX_SESSION_S 43200

enum awserr
role_out(struct call *c, const struct store_role *v)
{
	enum awserr e;

	out_str(&c->out, "Path", v->path);
	out_str(&c->out, "RoleName", v->name);
	out_str(&c->out, "RoleId", v->role_id);
	out_str(&c->out, "Arn", v->arn);
	out_time(&c->out, "CreateDate", v->created_at);
	e = trust_write(c, v->trust_policy);
	out_opt(&c->out, "Description", v->description);
	/* Published records of CreateRole do not have it, also when the request does. */
	out_i64_unrecorded(&c->out, "MaxSessionDuration", v->max_session_s);
	return e;
}

static enum awserr
members_write(struct call *c, const struct store_role *v)
{
	enum awserr e;

	if ((e = role_out(c, v)) != AWSERR_NONE)
		return e;
	entity_boundary_out(c, v->boundary_arn);
	return entity_tags_out(c, v->role_id);
}

enum awserr
role_write(struct call *c, const struct store_role *v)
{
	enum awserr e;

	out_object(&c->out, "Role");
	e = members_write(c, v);
	out_end(&c->out);
	return e;
}

enum awserr
role_modifiable(struct call *c, const struct store_role *v)
{
	const struct holder h = { .name = v->name, .service_linked = v->service_name.n > 0 };

	return holder_modifiable(c, &h);
}

#define NAME_FIELD(input, member) \
	{ \
		.name = "RoleName", .type = FIELD_STR, .at = offsetof(input, member), \
		.required = true, .form = FORM_IAM_NAME, .min = 1, .max = 64 \
	}
#define DESCRIPTION_FIELD(input, member, needed) \
	{ \
		.name = "Description", .type = FIELD_STR, .at = offsetof(input, member), \
		.required = (needed), .form = FORM_DESCRIPTION, .min = 0, .max = 1000 \
	}
#define SESSION_FIELD(input, member) \
	{ \
		.name = "MaxSessionDuration", .type = FIELD_INT, .at = offsetof(input, member), \
		.min = MIN_SESSION_S, .max = MAX_SESSION_S \
	}

/* The quota counts the document as it was sent. It is checked first because it also limits how
 * many principals trust_bind looks up. */
static enum awserr
trust_check(struct call *c, struct str document, struct str *ret)
{
	enum awserr e;

	if ((e = document_check(c, document, ADMIT_TRUST)) != AWSERR_NONE ||
	    (e = quota_check_size(c, QUOTA_TRUST_POLICY_SIZE,
		 (int64_t)store_inline_policy_size_of(document))) != AWSERR_NONE)
		return e;
	return trust_bind(c, document, ret);
}

/* ---- CreateRole ---- */

struct create_input {
	struct str path, name, document, description, boundary;
	struct field_int max_session;
	struct field_list tags;
};

static const struct field create_fields[] = {
	{ .name = "Path",
	    .type = FIELD_STR,
	    .at = offsetof(struct create_input, path),
	    .form = FORM_IAM_PATH,
	    .min = 1,
	    .max = 512 },
	NAME_FIELD(struct create_input, name),
	DOCUMENT_FIELD("AssumeRolePolicyDocument", struct create_input, document),
	DESCRIPTION_FIELD(struct create_input, description, false),
	SESSION_FIELD(struct create_input, max_session),
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
	arn = entity_arn(c, ENTITY_ROLE, in->path, in->name);
	call_target_arn(c, arn);
	entity_boundary_context(c, in->boundary);
	/* Who creates with tags needs the permission to tag as well. */
	if (in->tags.n > 0) {
		call_target_arn(c, arn);
		call_target_action(c, "iam:TagRole");
	}
	return entity_tag_request(c, &in->tags);
}

static enum awserr
create_check(struct call *c, const struct create_input *in, struct str *ret_trust)
{
	int64_t have;
	enum awserr e;
	int r;

	if (str_starts(in->path, STR(ROLE_SERVICE_PATH)))
		return call_fail(c, AWSERR_INVALID_INPUT,
		    "The path %s is reserved for the roles of services.", ROLE_SERVICE_PATH);
	if ((r = store_role_count(c->region->store, c->principal.account_id, &have)) != 0)
		return call_internal(c, "roles", r);
	if ((e = trust_check(c, in->document, ret_trust)) != AWSERR_NONE ||
	    (e = quota_check(c, QUOTA_ROLES, have)) != AWSERR_NONE)
		return e;
	return entity_boundary_check(c, in->boundary);
}

static enum awserr
create_act(struct call *c)
{
	const struct create_input *in = c->input;
	struct store_role v = { .account_id = c->principal.account_id,
		.name = in->name,
		.path = in->path,
		.boundary_arn = in->boundary,
		.created_at = c->now_s,
		.description = in->description,
		.max_session_s = in->max_session.given ? in->max_session.v : MIN_SESSION_S };
	enum awserr e;
	int r;

	if ((e = create_check(c, in, &v.trust_policy)) != AWSERR_NONE)
		return e;
	v.role_id = entity_new_id(c, ENTITY_ROLE);
	v.arn = entity_arn(c, ENTITY_ROLE, v.path, v.name);
	if ((r = store_role_add(c->region->store, &v)) == ERR_EXISTS)
		return entity_exists(c, ENTITY_ROLE, in->name);
	if (r != 0)
		return call_internal(c, "role", r);
	if ((e = entity_tags_set(c, ENTITY_ROLE, v.role_id, &in->tags)) != AWSERR_NONE)
		return e;
	return role_write(c, &v);
}

/* ---- GetRole, DeleteRole, and the scope of all that are about one role ---- */

struct role_input {
	struct str name;
	struct str description, document;
	struct field_int max_session;
	struct field_list tags;
	struct field_strs keys;
	struct page page;
	struct store_role role; /* set by scope */
};
#define IN struct role_input

static const struct field get_fields[] = { NAME_FIELD(IN, name) };

static enum awserr
role_scope(struct call *c)
{
	IN *in = c->input;

	return entity_role(c, in->name, &in->role);
}

static enum awserr
get_act(struct call *c)
{
	const IN *in = c->input;
	enum awserr e;

	out_object(&c->out, "Role");
	e = members_write(c, &in->role);
	out_object(&c->out, "RoleLastUsed");
	if (in->role.last_used_at != 0) {
		out_time(&c->out, "LastUsedDate", in->role.last_used_at);
		out_str(&c->out, "Region", in->role.last_used_region);
	}
	out_end(&c->out);
	out_end(&c->out);
	return e;
}

static enum awserr
profiles_check(struct call *c, struct str role_id)
{
	struct store_instance_profile *v;
	size_t n;
	int r;

	r = store_instance_profile_list_for_role(c->region->store, c->arena, role_id, STR(""), 1,
	    &v, &n);
	if (r != 0)
		return call_internal(c, "instance profiles", r);
	if (n == 0)
		return AWSERR_NONE;
	return call_fail(c, AWSERR_DELETE_CONFLICT,
	    "Cannot delete entity, must remove roles from instance profile first.");
}

static enum awserr
delete_act(struct call *c)
{
	const IN *in = c->input;
	struct store *st = c->region->store;
	enum awserr e;
	int r;

	if ((e = role_modifiable(c, &in->role)) != AWSERR_NONE ||
	    (e = profiles_check(c, in->role.role_id)) != AWSERR_NONE ||
	    (e = delete_conflict_policies(c, in->role.role_id)) != AWSERR_NONE)
		return e;
	if ((r = store_tag_delete_all(st, in->role.role_id)) != 0 ||
	    (r = store_role_delete(st, in->role.role_id)) != 0)
		return call_internal(c, "role", r);
	return AWSERR_NONE;
}

/* ---- ListRoles ---- */

static enum awserr
list_scope(struct call *c)
{
	return entity_list_target(c, ENTITY_ROLE, c->input);
}

static enum awserr
list_act(struct call *c)
{
	struct entity_list *in = c->input;
	struct store_name_query q;
	struct store_role *v;
	enum awserr e;
	size_t i, n;
	int r;

	if ((e = entity_list_query(c, in, &q)) != AWSERR_NONE)
		return e;
	if ((r = store_role_list(c->region->store, c->arena, &q, &v, &n)) != 0)
		return call_internal(c, "roles", r);
	out_list(&c->out, "Roles");
	for (i = 0; i < page_n(&in->page, n); i++) {
		out_item(&c->out);
		if ((e = role_out(c, &v[i])) != AWSERR_NONE)
			return e;
		out_end(&c->out);
	}
	out_end(&c->out);
	page_end(c, &in->page, n, i > 0 ? v[i - 1].name : STR(""));
	return AWSERR_NONE;
}

/* ---- UpdateRole, UpdateRoleDescription, UpdateAssumeRolePolicy ---- */

static const struct field update_fields[] = {
	NAME_FIELD(IN, name),
	DESCRIPTION_FIELD(IN, description, false),
	SESSION_FIELD(IN, max_session),
};

static const struct field description_fields[] = {
	NAME_FIELD(IN, name),
	DESCRIPTION_FIELD(IN, description, true),
};

static const struct field trust_fields[] = {
	NAME_FIELD(IN, name),
	DOCUMENT_FIELD("PolicyDocument", IN, document),
};

/* Source: IAM user guide, "Update a service-linked role": "You can edit the description of any
 * role". So it is not asked here whether the role belongs to a service. */
static enum awserr
update(struct call *c, IN *in)
{
	int r;

	if (in->description.p != NULL)
		in->role.description = in->description;
	if ((r = store_role_update(c->region->store, &in->role)) != 0)
		return call_internal(c, "role", r);
	return AWSERR_NONE;
}

static enum awserr
update_act(struct call *c)
{
	IN *in = c->input;
	enum awserr e;

	if (in->max_session.given && (e = role_modifiable(c, &in->role)) != AWSERR_NONE)
		return e;
	/* "If you do not specify a value for this setting, the default value of one
	 * hour is applied." (UpdateRole) */
	in->role.max_session_s = in->max_session.given ? in->max_session.v : MIN_SESSION_S;
	out_result(&c->out);
	return update(c, in);
}

static enum awserr
description_act(struct call *c)
{
	IN *in = c->input;
	enum awserr e;

	if ((e = update(c, in)) != AWSERR_NONE)
		return e;
	return role_write(c, &in->role);
}

static enum awserr
trust_act(struct call *c)
{
	IN *in = c->input;
	enum awserr e;

	if ((e = role_modifiable(c, &in->role)) != AWSERR_NONE ||
	    (e = trust_check(c, in->document, &in->role.trust_policy)) != AWSERR_NONE)
		return e;
	return update(c, in);
}

/* ---- TagRole, UntagRole, ListRoleTags ---- */

static const struct field tag_fields[] = {
	NAME_FIELD(IN, name),
	ENTITY_TAGS_FIELD(IN, tags, true),
};

static const struct field untag_fields[] = {
	NAME_FIELD(IN, name),
	ENTITY_TAG_KEYS_FIELD(IN, keys),
};

static const struct field list_tags_fields[] = {
	NAME_FIELD(IN, name),
	PAGE_FIELDS(IN),
};

static enum awserr
tag_scope(struct call *c)
{
	IN *in = c->input;
	enum awserr e;

	entity_tag_keys_request(c, &in->keys);
	if ((e = entity_tag_request(c, &in->tags)) != AWSERR_NONE)
		return e;
	return role_scope(c);
}

/* "The role can be a regular role or a service-linked role." (TagRole) */
static enum awserr
tag_act(struct call *c)
{
	const IN *in = c->input;

	return entity_tags_set(c, ENTITY_ROLE, in->role.role_id, &in->tags);
}

static enum awserr
untag_act(struct call *c)
{
	const IN *in = c->input;

	return entity_tags_remove(c, in->role.role_id, &in->keys);
}

static enum awserr
list_tags_act(struct call *c)
{
	IN *in = c->input;

	return entity_tags_list(c, in->role.role_id, &in->page);
}

static const struct action actions[] = {
	{ IAM_WRITE("CreateRole", create_fields, struct create_input), .scope = create_scope,
	    .act = create_act },
	{ IAM_READ("GetRole", get_fields, IN), .scope = role_scope, .act = get_act },
	{ IAM_READ("ListRoles", entity_list_fields, struct entity_list), .scope = list_scope,
	    .act = list_act },
	{ IAM_WRITE("UpdateRole", update_fields, IN), .scope = role_scope, .act = update_act },
	{ IAM_WRITE("UpdateRoleDescription", description_fields, IN), .scope = role_scope,
	    .act = description_act },
	{ IAM_WRITE("UpdateAssumeRolePolicy", trust_fields, IN), .scope = role_scope,
	    .act = trust_act },
	{ IAM_WRITE("DeleteRole", get_fields, IN), .scope = role_scope, .act = delete_act },
	{ IAM_WRITE("TagRole", tag_fields, IN), .scope = tag_scope, .act = tag_act },
	{ IAM_WRITE("UntagRole", untag_fields, IN), .scope = tag_scope, .act = untag_act },
	{ IAM_READ("ListRoleTags", list_tags_fields, IN), .scope = role_scope,
	    .act = list_tags_act },
};
const struct action_rows role_rows = { actions, FIELD_N(actions) };
