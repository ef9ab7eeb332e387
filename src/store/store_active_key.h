/*
 * store_active_key: pushed public keys during their short life.
 *
 * The rule of life: in the boot in which it was pushed, a key lives until its
 * deadline on the boot clock, whatever becomes of the wall clock. After
 * another boot only the wall clock is left: then it lives while
 * created_at <= now < expires_at, and in no case longer than lifetime_ms
 * after created_at, so that a clock set back cannot lengthen it.
 */
#ifndef STORE_STORE_ACTIVE_KEY_H
#define STORE_STORE_ACTIVE_KEY_H

#include "store/store.h"

struct store_active_key {
	struct str request_id; /* UUID of the push */
	struct str instance_id;
	struct str os_user;
	struct str public_key; /* one line */
	struct str caller_arn;
	struct str signer_id; /* cert_id of the signer */
	struct str entry;     /* the signed entry as served (wire.md 5.3) */
	int64_t created_at;
	int64_t expires_at;
	struct str boot_id;       /* of the boot in which it was pushed */
	int64_t boot_deadline_ms; /* on the boot clock */
	int64_t left_ms;          /* set by listings: time left, > 0; at most lifetime_ms */
};

/* The moment for which to judge. */
struct store_active_key_now {
	struct str boot_id; /* clock_boot_id */
	int64_t boot_ms;
	int64_t wall_ms;
	int64_t lifetime_ms; /* of a key: 60000 */
};

/* ERR_EXISTS (this push of this moment); ERR_BADSTATE (no such instance). */
int store_active_key_add(struct store *st, const struct store_active_key *v) MUST_CHECK;
/*
 * Deletes the earlier pushes of v's key for v's user and instance: the later one
 * stands for them. ret_ids: their request ids, in the arena.
 */
int store_active_key_supersede(struct store *st, struct arena *a, const struct store_active_key *v,
    struct str **ret_ids, size_t *ret_n) MUST_CHECK;
/* How many are kept, for the instance and of them for the user; what is dead
 * and not yet deleted counts. */
int store_active_key_count(struct store *st, struct str instance_id, struct str os_user,
    int64_t *ret_instance, int64_t *ret_user) MUST_CHECK;
/* The live ones of an instance, oldest first. */
int store_active_key_list(struct store *st, struct arena *a, struct str instance_id,
    const struct store_active_key_now *now, struct store_active_key **ret,
    size_t *ret_n) MUST_CHECK;
/* Deletes those that are no longer alive. */
int store_active_key_expire(struct store *st, const struct store_active_key_now *now,
    int64_t *ret_n) MUST_CHECK;
/* Deletes all of an instance (it is gone, or stopped). */
int store_active_key_delete_instance(struct store *st, struct str instance_id) MUST_CHECK;

#endif
