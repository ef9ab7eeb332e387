/*
 * holder: see holder.h.
 */
#include "svc/iam/holder.h"

static enum entity_kind
kind_of(const struct call *c)
{
	switch (c->action->fields[0].name[0]) {
	case 'G':
		return ENTITY_GROUP;
	case 'R':
		return ENTITY_ROLE;
	}
	return ENTITY_USER;
}

static enum awserr
target_user(struct call *c, struct holder *h)
{
	struct store_user v;
	enum awserr e = entity_user(c, h->given, &v);

	h->id = v.user_id;
	h->name = v.name;
	h->boundary_arn = v.boundary_arn;
	return e;
}

static enum awserr
target_group(struct call *c, struct holder *h)
{
	struct store_group v;
	enum awserr e = entity_group(c, h->given, &v);

	h->id = v.group_id;
	h->name = v.name;
	return e;
}

static enum awserr
target_role(struct call *c, struct holder *h)
{
	struct store_role v;
	enum awserr e = entity_role(c, h->given, &v);

	h->id = v.role_id;
	h->name = v.name;
	h->boundary_arn = v.boundary_arn;
	h->service_linked = v.service_name.n > 0;
	return e;
}

enum awserr
holder_target(struct call *c, struct holder *h)
{
	h->kind = kind_of(c);
	if (h->kind == ENTITY_GROUP)
		return target_group(c, h);
	return h->kind == ENTITY_ROLE ? target_role(c, h) : target_user(c, h);
}

enum awserr
holder_target_change(struct call *c, struct holder *h)
{
	enum awserr e = holder_target(c, h);

	entity_boundary_context(c, h->boundary_arn);
	return e;
}

enum awserr
holder_modifiable(struct call *c, const struct holder *h)
{
	if (!h->service_linked)
		return AWSERR_NONE;
	return call_fail(c, AWSERR_UNMODIFIABLE,
	    "Cannot perform the operation on the protected role '%.*s' - this role is only "
	    "modifiable by AWS",
	    STR_FMT(h->name));
}

const char *
holder_member(enum entity_kind k)
{
	return k == ENTITY_GROUP ? "GroupName" : k == ENTITY_ROLE ? "RoleName" : "UserName";
}

const char *
holder_noun(enum entity_kind k)
{
	return k == ENTITY_GROUP ? "group" : k == ENTITY_ROLE ? "role" : "user";
}
