/*
 * holder: the user, group or role that a request is about, for the actions that
 * all three have alike, under names of their own: policies attached to it and
 * embedded in it, and its permissions boundary.
 */
#ifndef SVC_IAM_HOLDER_H
#define SVC_IAM_HOLDER_H

#include "svc/iam/entity.h"

struct holder {
	struct str given; /* the name in the request; the first field's */
	enum entity_kind kind;
	struct str id; /* empty: not there, and the act is not reached */
	struct str name;
	struct str boundary_arn;
	bool service_linked;
};

/* The row of the name: it must be the action's first, says which kind it is, and
 * its place is the struct holder's given. */
#define HOLDER_FIELD(name_, input, member, max_) \
	{ \
		.name = name_, .type = FIELD_STR, .at = offsetof(input, member.given), \
		.required = true, .form = FORM_IAM_NAME, .min = 1, .max = (max_) \
	}

enum entity_kind holder_kind(const struct call *c);
/* For scope: finds it and adds the target (entity_user and its kin). */
enum awserr holder_target(struct call *c, struct holder *h);
/* The same for an action that changes its policies: iam:PermissionsBoundary is that
 * which it has. */
enum awserr holder_target_change(struct call *c, struct holder *h);
/* For act: AWSERR_UNMODIFIABLE for the role of a service. */
enum awserr holder_modifiable(struct call *c, const struct holder *h);

/* "UserName", "GroupName", "RoleName": out_str with the name as it is stored. */
const char *holder_member(enum entity_kind k);
/* "user", "group", "role". */
const char *holder_noun(enum entity_kind k);

#endif
