/*
 * role: what the actions on roles, instance profiles and service-linked roles share.
 */
#ifndef SVC_IAM_ROLE_H
#define SVC_IAM_ROLE_H

#include "api/call.h"
#include "store/store_role.h"

/* Roles below this path belong to services. */
#define ROLE_SERVICE_PATH "/aws-service-role/"

/* Writes the members of a role that lists have: neither boundary nor tags nor last use, as on AWS.
 * AWSERR_NONE or an internal error. */
enum awserr role_out(struct call *c, const struct store_role *v);
/* Writes <Role> with all members except the last use. AWSERR_NONE or an internal error. */
enum awserr role_write(struct call *c, const struct store_role *v);

/* For act: AWSERR_UNMODIFIABLE if it is the role of a service, else AWSERR_NONE. */
enum awserr role_modifiable(struct call *c, const struct store_role *v);

#endif
