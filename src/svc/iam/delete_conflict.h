/*
 * delete_conflict: what is still with an entity and keeps it from being deleted:
 * deleting removes nothing silently. AWSERR_NONE, or AWSERR_DELETE_CONFLICT with
 * IAM's sentence.
 */
#ifndef SVC_IAM_DELETE_CONFLICT_H
#define SVC_IAM_DELETE_CONFLICT_H

#include "api/call.h"
#include "store/store_group.h"
#include "store/store_user.h"

enum awserr delete_conflict_user(struct call *c, const struct store_user *u);
enum awserr delete_conflict_group(struct call *c, const struct store_group *g);
/* Of any entity: attached policies, then inline ones. */
enum awserr delete_conflict_policies(struct call *c, struct str entity_id);

#endif
