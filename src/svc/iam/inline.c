/*
 * inline: policies embedded in a user, a group or a role.
 */
#include "svc/iam/actions.h"

#include "svc/iam/document.h"
#include "svc/iam/holder.h"
#include "svc/iam/quota.h"
#include "store/store_inline_policy.h"

/* All inputs begin with a struct holder. */
static enum awserr
read_scope(struct call *c)
{
	return holder_target(c, c->input);
}

static enum awserr
write_scope(struct call *c)
{
	return holder_target_change(c, c->input);
}

static enum awserr
no_policy(struct call *c, const struct holder *h, struct str name)
{
	return call_fail(c, AWSERR_NO_SUCH_ENTITY, "The %s policy with name %.*s cannot be found.",
	    holder_noun(h->kind), STR_FMT(name));
}

/* ---- PutUserPolicy ... ---- */

struct put_input {
	struct holder holder;
	struct str name, document;
};

#define NAME_FIELD(input) \
	{ \
		.name = "PolicyName", .type = FIELD_STR, .at = offsetof(input, name), \
		.required = true, .form = FORM_IAM_NAME, .min = 1, .max = 128 \
	}
#define PUT_FIELDS(name_, max_) \
	{ \
		HOLDER_FIELD(name_, struct put_input, holder, max_), NAME_FIELD(struct put_input), \
		    DOCUMENT_FIELD("PolicyDocument", struct put_input, document) \
	}

static const struct field put_user_fields[] = PUT_FIELDS("UserName", 128);
static const struct field put_group_fields[] = PUT_FIELDS("GroupName", 128);
static const struct field put_role_fields[] = PUT_FIELDS("RoleName", 64);

/* The quota is on the size of all inline policies of one holder together. */
static enum awserr
check_size(struct call *c, const struct put_input *in)
{
	const struct holder *h = &in->holder;
	enum quota q = h->kind == ENTITY_GROUP ? QUOTA_GROUP_POLICY_SIZE
	    : h->kind == ENTITY_ROLE           ? QUOTA_ROLE_POLICY_SIZE
					       : QUOTA_USER_POLICY_SIZE;
	int64_t others;
	int r;

	if ((r = store_inline_policy_size(c->region->store, h->id, in->name, &others)) != 0)
		return call_internal(c, "inline policies", r);
	if (others + (int64_t)store_inline_policy_size_of(in->document) <= quota_limit(q))
		return AWSERR_NONE;
	return call_fail(c, AWSERR_LIMIT_EXCEEDED,
	    "Maximum policy size of %lld bytes exceeded for %s %.*s", (long long)quota_limit(q),
	    holder_noun(h->kind), STR_FMT(h->name));
}

static enum awserr
put_act(struct call *c)
{
	const struct put_input *in = c->input;
	const struct store_inline_policy v = { .entity_id = in->holder.id,
		.name = in->name,
		.document = in->document };
	enum awserr e;
	int r;

	if ((e = holder_modifiable(c, &in->holder)) != AWSERR_NONE ||
	    (e = document_check(c, in->document, ADMIT_INLINE)) != AWSERR_NONE ||
	    (e = check_size(c, in)) != AWSERR_NONE)
		return e;
	r = store_inline_policy_put(c->region->store, &v);
	return r != 0 ? call_internal(c, "inline policy", r) : AWSERR_NONE;
}

/* ---- GetUserPolicy ..., DeleteUserPolicy ... ---- */

struct name_input {
	struct holder holder;
	struct str name;
};

#define NAME_FIELDS(name_, max_) \
	{ \
		HOLDER_FIELD(name_, struct name_input, holder, max_), \
		    NAME_FIELD(struct name_input) \
	}

static const struct field user_fields[] = NAME_FIELDS("UserName", 128);
static const struct field group_fields[] = NAME_FIELDS("GroupName", 128);
static const struct field role_fields[] = NAME_FIELDS("RoleName", 64);

static enum awserr
get_act(struct call *c)
{
	const struct name_input *in = c->input;
	struct store_inline_policy v;
	int r;

	r = store_inline_policy_get(c->region->store, c->arena, in->holder.id, in->name, &v);
	if (r == ERR_NOTFOUND)
		return no_policy(c, &in->holder, in->name);
	if (r != 0)
		return call_internal(c, "inline policy", r);
	out_str(&c->out, holder_member(in->holder.kind), in->holder.name);
	out_str(&c->out, "PolicyName", v.name);
	document_write(c, "PolicyDocument", v.document);
	return AWSERR_NONE;
}

static enum awserr
delete_act(struct call *c)
{
	const struct name_input *in = c->input;
	enum awserr e;
	int r;

	if ((e = holder_modifiable(c, &in->holder)) != AWSERR_NONE)
		return e;
	r = store_inline_policy_delete(c->region->store, in->holder.id, in->name);
	if (r == ERR_NOTFOUND)
		return no_policy(c, &in->holder, in->name);
	return r != 0 ? call_internal(c, "delete inline policy", r) : AWSERR_NONE;
}

/* ---- ListUserPolicies ... ---- */

struct list_input {
	struct holder holder;
	struct page page;
};

#define LIST_FIELDS(name_, max_) \
	{ \
		HOLDER_FIELD(name_, struct list_input, holder, max_), \
		    PAGE_FIELDS(struct list_input) \
	}

static const struct field list_user_fields[] = LIST_FIELDS("UserName", 128);
static const struct field list_group_fields[] = LIST_FIELDS("GroupName", 128);
static const struct field list_role_fields[] = LIST_FIELDS("RoleName", 64);

static enum awserr
list_act(struct call *c)
{
	struct list_input *in = c->input;
	struct store_inline_policy *v;
	enum awserr e;
	size_t i, n;
	int r;

	if ((e = page_read(c, &in->page)) != AWSERR_NONE)
		return e;
	if ((r = store_inline_policy_list(c->region->store, c->arena, in->holder.id, in->page.after,
		 in->page.limit + 1, &v, &n)) != 0)
		return call_internal(c, "inline policies", r);
	out_list(&c->out, "PolicyNames");
	for (i = 0; i < page_n(&in->page, n); i++)
		out_item_str(&c->out, v[i].name);
	out_end(&c->out);
	page_end(c, &in->page, n, i > 0 ? v[i - 1].name : STR(""));
	return AWSERR_NONE;
}

#define PUT struct put_input
#define NAME struct name_input
#define LIST struct list_input

static const struct action actions[] = {
	{ IAM_WRITE("PutUserPolicy", put_user_fields, PUT), .scope = write_scope, .act = put_act },
	{ IAM_WRITE("PutGroupPolicy", put_group_fields, PUT), .scope = write_scope,
	    .act = put_act },
	{ IAM_WRITE("PutRolePolicy", put_role_fields, PUT), .scope = write_scope, .act = put_act },
	{ IAM_READ("GetUserPolicy", user_fields, NAME), .scope = read_scope, .act = get_act },
	{ IAM_READ("GetGroupPolicy", group_fields, NAME), .scope = read_scope, .act = get_act },
	{ IAM_READ("GetRolePolicy", role_fields, NAME), .scope = read_scope, .act = get_act },
	{ IAM_WRITE("DeleteUserPolicy", user_fields, NAME), .scope = write_scope,
	    .act = delete_act },
	{ IAM_WRITE("DeleteGroupPolicy", group_fields, NAME), .scope = write_scope,
	    .act = delete_act },
	{ IAM_WRITE("DeleteRolePolicy", role_fields, NAME), .scope = write_scope,
	    .act = delete_act },
	{ IAM_READ("ListUserPolicies", list_user_fields, LIST), .scope = read_scope,
	    .act = list_act },
	{ IAM_READ("ListGroupPolicies", list_group_fields, LIST), .scope = read_scope,
	    .act = list_act },
	{ IAM_READ("ListRolePolicies", list_role_fields, LIST), .scope = read_scope,
	    .act = list_act },
};
const struct action_rows inline_rows = { actions, FIELD_N(actions) };
