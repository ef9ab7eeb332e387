/*
 * boundary: the permissions boundary of a user or a role.
 */
#include "svc/iam/actions.h"

#include "svc/iam/holder.h"
#include "svc/iam/policy_ref.h"

/* The inputs of both actions begin with a struct holder, so that both can use its scope. */
struct put_input {
	struct holder holder;
	struct policy_ref ref;
};

#define PUT_FIELDS(name_) \
	{ \
		HOLDER_FIELD(name_, struct put_input, holder, 64), \
		{ \
			.name = "PermissionsBoundary", .type = FIELD_STR, \
			.at = offsetof(struct put_input, ref.arn), .required = true, \
			.form = FORM_IAM_ARN, .min = 20, .max = 2048 \
		} \
	}

static const struct field put_user_fields[] = PUT_FIELDS("UserName");
static const struct field put_role_fields[] = PUT_FIELDS("RoleName");

static const struct field user_fields[] = {
	HOLDER_FIELD("UserName", struct put_input, holder, 64),
};
static const struct field role_fields[] = {
	HOLDER_FIELD("RoleName", struct put_input, holder, 64),
};

/* The condition key iam:PermissionsBoundary is the new boundary, not the present one. */
static enum awserr
put_scope(struct call *c)
{
	struct put_input *in = c->input;
	enum awserr e;

	if ((e = policy_ref_find(c, &in->ref)) != AWSERR_NONE ||
	    (e = holder_target(c, &in->holder)) != AWSERR_NONE)
		return e;
	entity_boundary_context(c, in->ref.arn);
	return AWSERR_NONE;
}

static enum awserr
put_act(struct call *c)
{
	const struct put_input *in = c->input;
	enum awserr e;
	int r;

	if ((e = holder_modifiable(c, &in->holder)) != AWSERR_NONE ||
	    (e = entity_boundary_check(c, in->ref.arn)) != AWSERR_NONE ||
	    (e = policy_ref_attachable(c, &in->ref)) != AWSERR_NONE)
		return e;
	r = store_entity_set_boundary(c->region->store, in->holder.id, in->ref.policy.arn);
	return r != 0 ? call_internal(c, "boundary", r) : AWSERR_NONE;
}

static enum awserr
delete_scope(struct call *c)
{
	return holder_target_change(c, c->input);
}

static enum awserr
delete_act(struct call *c)
{
	const struct put_input *in = c->input;
	enum awserr e;
	int r;

	if ((e = holder_modifiable(c, &in->holder)) != AWSERR_NONE)
		return e;
	r = store_entity_set_boundary(c->region->store, in->holder.id, STR(""));
	return r != 0 ? call_internal(c, "boundary", r) : AWSERR_NONE;
}

#define IN struct put_input

static const struct action actions[] = {
	{ IAM_WRITE("PutUserPermissionsBoundary", put_user_fields, IN), .scope = put_scope,
	    .act = put_act },
	{ IAM_WRITE("PutRolePermissionsBoundary", put_role_fields, IN), .scope = put_scope,
	    .act = put_act },
	{ IAM_WRITE("DeleteUserPermissionsBoundary", user_fields, IN), .scope = delete_scope,
	    .act = delete_act },
	{ IAM_WRITE("DeleteRolePermissionsBoundary", role_fields, IN), .scope = delete_scope,
	    .act = delete_act },
};
const struct action_rows boundary_rows = { actions, FIELD_N(actions) };
