/*
 * role: what the actions on roles, instance profiles and service-linked roles
 * share, and the note of a role's use.
 */
#ifndef API_IAM_ROLE_H
#define API_IAM_ROLE_H

#include "api/call.h"
#include "store/store_role.h"

/* A note is at least this old when it is written anew. */
#define ROLE_USE_COARSE_S 60
/* Roles below it belong to services. */
#define ROLE_SERVICE_PATH "/aws-service-role/"

/* The members of a role in lists: no boundary, no tags, no last use, as on AWS. */
enum awserr role_out(struct call *c, const struct store_role *v);
/* <Role> with all of them but the last use. */
enum awserr role_write(struct call *c, const struct store_role *v);

/* For act: AWSERR_UNMODIFIABLE for the role of a service. */
enum awserr role_modifiable(struct call *c, const struct store_role *v);

/*
 * Credentials of the role were used: for RoleLastUsed. Writes at most once in
 * ROLE_USE_COARSE_S. Errors as store_role_set_last_used.
 */
int role_used(struct call *c, const struct store_role *v) MUST_CHECK;

#endif
