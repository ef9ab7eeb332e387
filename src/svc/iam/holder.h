/*
 * holder: the user, group or role that a request is about, for actions that exist in the same form
 * for all three, under names of their own. These are the actions on policies attached to an entity
 * or embedded in it, and on its permissions boundary.
 */
#ifndef SVC_IAM_HOLDER_H
#define SVC_IAM_HOLDER_H

#include "svc/iam/entity.h"

struct holder {
	struct str given; /* the name in the request */
	enum entity_kind kind;
	struct str id; /* empty: it does not exist, and the act is not reached */
	struct str name;
	struct str boundary_arn;
	bool service_linked;
};

/* The row for the name. It must be the action's first row, because its name says which kind the
 * holder is. The member is a struct holder. */
#define HOLDER_FIELD(name_, input, member, max_) \
	{ \
		.name = (name_), .type = FIELD_STR, \
		.at = offsetof(input, member) + offsetof(struct holder, given), .required = true, \
		.form = FORM_IAM_NAME, .min = 1, .max = (max_) \
	}

/* For scope: finds the holder and adds it as a target. Errors as entity_user. */
enum awserr holder_target(struct call *c, struct holder *h);
/* The same for an action that changes the holder's policies. It also adds the condition key
 * iam:PermissionsBoundary with the boundary that the holder has. */
enum awserr holder_target_change(struct call *c, struct holder *h);
/* For act: AWSERR_UNMODIFIABLE if the holder is the role of a service, else AWSERR_NONE. */
enum awserr holder_modifiable(struct call *c, const struct holder *h);

/* The member of an answer that has the holder's name: "UserName", "GroupName" or "RoleName". */
const char *holder_member(enum entity_kind k);
/* "user", "group" or "role". */
const char *holder_noun(enum entity_kind k);

#endif
