/*
 * delete_conflict: see delete_conflict.h.
 */
#include "svc/iam/delete_conflict.h"

#include "store/store_access_key.h"
#include "store/store_attachment.h"
#include "store/store_inline_policy.h"
#include "store/store_mfa_device.h"

/* Refuses the deletion if a count (its error r, its result n) is not 0. what says what must be
 * done first. */
static enum awserr
conflict(struct call *c, int r, int64_t n, const char *what)
{
	if (r != 0)
		return call_internal(c, what, r);
	if (n == 0)
		return AWSERR_NONE;
	return call_fail(c, AWSERR_DELETE_CONFLICT, "Cannot delete entity, must %s first.", what);
}

enum awserr
delete_conflict_policies(struct call *c, struct str entity_id)
{
	struct store *st = c->region->store;
	int64_t n = 0;
	enum awserr e;
	int r;

	r = store_attachment_count(st, entity_id, &n);
	if ((e = conflict(c, r, n, "detach all policies")) != AWSERR_NONE)
		return e;
	r = store_inline_policy_count(st, entity_id, &n);
	return conflict(c, r, n, "delete policies");
}

enum awserr
delete_conflict_user(struct call *c, const struct store_user *u)
{
	struct store *st = c->region->store;
	struct store_mfa_device *devices;
	size_t n_devices = 0;
	int64_t n = 0;
	enum awserr e;
	int r;

	if ((e = conflict(c, 0, u->sealed_password.n > 0, "delete login profile")) != AWSERR_NONE)
		return e;
	r = store_access_key_count(st, u->user_id, &n);
	if ((e = conflict(c, r, n, "delete access keys")) != AWSERR_NONE)
		return e;
	r = store_mfa_device_list_for_user(st, c->arena, u->user_id, &devices, &n_devices);
	if ((e = conflict(c, r, (int64_t)n_devices, "delete MFA device")) != AWSERR_NONE)
		return e;
	r = store_group_count_for_user(st, u->user_id, &n);
	if ((e = conflict(c, r, n, "remove users from group")) != AWSERR_NONE)
		return e;
	return delete_conflict_policies(c, u->user_id);
}

enum awserr
delete_conflict_group(struct call *c, const struct store_group *g)
{
	int64_t n = 0;
	enum awserr e;
	int r;

	r = store_group_count_users(c->region->store, g->group_id, &n);
	if ((e = conflict(c, r, n, "remove users from group")) != AWSERR_NONE)
		return e;
	return delete_conflict_policies(c, g->group_id);
}
