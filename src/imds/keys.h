/*
 * keys: the live keys of one guest. An entry is served until its own deadline
 * on the boot clock, whatever the wall clock does.
 */
#ifndef IMDS_KEYS_H
#define IMDS_KEYS_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "link/link.h"

#define KEYS_MAX 2048 /* entries of one guest */

/* Zeroed is empty. Fields are keys.c's own. */
struct keys {
	struct key **v;
	size_t n, cap;
};

void keys_release(struct keys *k);

/*
 * Copies d in. Under the same request and signer it replaces what was there.
 * One whose deadline has passed is taken and dropped. As link_check;
 * ERR_FULL (KEYS_MAX).
 */
int keys_put(struct keys *k, const struct link_key *d, int64_t now_ms) MUST_CHECK;
/* Drops the entries of this request, whoever signed them. */
void keys_remove(struct keys *k, struct str request_id);
/* Drops what has passed its deadline. */
void keys_expire(struct keys *k, int64_t now_ms);

/* Is one live for user, signed by this signer? */
bool keys_live(const struct keys *k, struct str user, struct str signer_id, int64_t now_ms);
/* Writes the live ones as a document (codec/blob) into an empty buffer. 0, or
 * ERR_NOTFOUND when there are none. */
int keys_write(const struct keys *k, struct str user, struct str signer_id, int64_t now_ms,
    struct buf *out) MUST_CHECK;
/* Appends the names of users with live keys, one a line, each once. */
void keys_users_write(const struct keys *k, struct str signer_id, int64_t now_ms, struct buf *out);
/*
 * Is every request that is live under the signer `older` also there under
 * `newer`? Then no lookup misses a key by asking for the newer one.
 */
bool keys_covered(const struct keys *k, struct str older, struct str newer, int64_t now_ms);

/* Re-synchronisation: mark all, put again what is repeated, sweep the rest. */
void keys_mark(struct keys *k);
void keys_sweep(struct keys *k);

#endif
