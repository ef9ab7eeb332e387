/*
 * delete_conflict: checks whether something still belongs to an entity, which must be removed
 * before the entity can be deleted. Deleting an entity never removes anything else silently. The
 * functions return AWSERR_NONE, AWSERR_DELETE_CONFLICT with IAM's sentence, or an internal error.
 */
#ifndef SVC_IAM_DELETE_CONFLICT_H
#define SVC_IAM_DELETE_CONFLICT_H

#include "api/call.h"
#include "store/store_group.h"
#include "store/store_user.h"

enum awserr delete_conflict_user(struct call *c, const struct store_user *u);
enum awserr delete_conflict_group(struct call *c, const struct store_group *g);
/* Looks for attached policies, then for inline ones. For any kind of entity. */
enum awserr delete_conflict_policies(struct call *c, struct str entity_id);

#endif
