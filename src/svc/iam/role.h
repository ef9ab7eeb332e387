/*
 * role: what the actions on roles, instance profiles and service-linked roles
 * share.
 */
#ifndef SVC_IAM_ROLE_H
#define SVC_IAM_ROLE_H

#include "api/call.h"
#include "store/store_role.h"

/* Roles below it belong to services. */
#define ROLE_SERVICE_PATH "/aws-service-role/"

/* The members of a role in lists: no boundary, no tags, no last use, as on AWS. */
enum awserr role_out(struct call *c, const struct store_role *v);
/* <Role> with all of them but the last use. */
enum awserr role_write(struct call *c, const struct store_role *v);

/* For act: AWSERR_UNMODIFIABLE for the role of a service. */
enum awserr role_modifiable(struct call *c, const struct store_role *v);

#endif
