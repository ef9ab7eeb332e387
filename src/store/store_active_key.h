/*
 * store_active_key: pushed public keys during their short life.
 *
 * In the boot in which it was pushed, a key lives until its deadline on the boot clock, whatever
 * happens to the wall clock. After a reboot only the wall clock is left. Then the key lives while
 * created_at <= now < expires_at, and never longer than lifetime_ms after created_at, so that a
 * clock that is set back cannot make its life longer.
 */
#ifndef STORE_STORE_ACTIVE_KEY_H
#define STORE_STORE_ACTIVE_KEY_H

#include "store/store.h"

struct store_active_key {
	struct str request_id; /* the UUID of the push */
	struct str instance_id;
	struct str os_user;
	struct str public_key; /* the key as one line */
	struct str caller_arn;
	struct str owner;     /* who is behind the caller, whatever session it was (api/call.h) */
	struct str signer_id; /* cert_id of the signer */
	struct str entry;     /* the signed entry, as it is served (wire.md 5.3) */
	int64_t created_at;
	int64_t expires_at;
	struct str boot_id;       /* the boot in which it was pushed */
	int64_t boot_deadline_ms; /* on the boot clock */
	int64_t left_ms;          /* set by listings: the time left, > 0, at most lifetime_ms */
};

/* The moment for which keys are judged. */
struct store_active_key_now {
	struct str boot_id; /* from clock_boot_id */
	int64_t boot_ms;
	int64_t wall_ms;
	int64_t lifetime_ms; /* how long keys live: 60000 */
};

/* ERR_EXISTS (the same push, instance and second), ERR_BADSTATE (no such instance). */
int store_active_key_add(struct store *st, const struct store_active_key *v) MUST_CHECK;
/* Stores v's signer_id and entry: the key was signed anew. ERR_NOTFOUND. */
int store_active_key_sign(struct store *st, const struct store_active_key *v) MUST_CHECK;
/* Deletes the earlier pushes of v's key for v's user and instance by v's caller, because v replaces
 * them. Those of others stay, so that everybody who pushed the key is named when it is used.
 * ret_ids are the request ids of what was deleted, in the arena. */
int store_active_key_supersede(struct store *st, struct arena *a, const struct store_active_key *v,
    struct str **ret_ids, size_t *ret_n) MUST_CHECK;
/* How many keys are stored for the instance, and how many of them for the user. Dead keys that are
 * not deleted yet are counted. */
int store_active_key_count(struct store *st, struct str instance_id, struct str os_user,
    int64_t *ret_instance, int64_t *ret_user) MUST_CHECK;
/* Whose keys of the instance there are most of, with their number, the dead ones too, and which is
 * the oldest of them. */
struct store_active_key_most {
	struct str owner;
	int64_t n;
	struct str request_id;
};
/* os_user: only keys of that user count; empty: all. ERR_NOTFOUND: there are none. */
int store_active_key_most(struct store *st, struct arena *a, struct str instance_id,
    struct str os_user, struct store_active_key_most *ret) MUST_CHECK;
/* How many there are of one owner, likewise. */
int store_active_key_count_owner(struct store *st, struct str instance_id, struct str os_user,
    struct str owner, int64_t *ret) MUST_CHECK;
int store_active_key_delete(struct store *st, struct str instance_id,
    struct str request_id) MUST_CHECK; /* ERR_NOTFOUND */
/* The live keys of an instance, the oldest first, in the order of the pushes. */
int store_active_key_list(struct store *st, struct arena *a, struct str instance_id,
    const struct store_active_key_now *now, struct store_active_key **ret,
    size_t *ret_n) MUST_CHECK;
/* Deletes the dead keys. ret_n may be NULL. */
int store_active_key_expire(struct store *st, const struct store_active_key_now *now,
    int64_t *ret_n) MUST_CHECK;
/* Deletes all keys of an instance, which is gone or stopped. */
int store_active_key_delete_instance(struct store *st, struct str instance_id) MUST_CHECK;

#endif
