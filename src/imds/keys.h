/*
 * keys: the live keys of one guest. Each is served until its deadline on the boot clock, so
 * changes of the wall clock make no difference. now_ms is the boot clock everywhere here.
 */
#ifndef IMDS_KEYS_H
#define IMDS_KEYS_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "link/link.h"

#define KEYS_MAX 2048 /* keys of one guest */

/* All zero is empty. The members are private to keys.c. */
struct keys {
	struct key **v;
	size_t n, cap;
};

/* Frees all keys; k is empty then. */
void keys_release(struct keys *k);

/*
 * Adds a copy of d, or replaces the key with the same request and signer. If d's deadline has
 * passed, that key is dropped, d is not kept, and 0 is returned. Errors as link_check, and
 * ERR_FULL (KEYS_MAX).
 */
int keys_put(struct keys *k, const struct link_key *d, int64_t now_ms) MUST_CHECK;
/* Drops the keys of this request under all signers. */
void keys_remove(struct keys *k, struct str request_id);
/* Drops the keys whose deadline is not after now_ms. */
void keys_expire(struct keys *k, int64_t now_ms);

/* True when user has a live key that this signer signed. */
bool keys_live(const struct keys *k, struct str user, struct str signer_id, int64_t now_ms);
/* Writes the user's live keys that this signer signed into out, an empty buffer, as one
 * document (codec/blob.h). What was put last comes first: a helper may read no further than the
 * first entry (wire.md 5.3). ERR_NOTFOUND when there are none; an overfull buffer is told by
 * buf_err. */
int keys_write(const struct keys *k, struct str user, struct str signer_id, int64_t now_ms,
    struct buf *out) MUST_CHECK;
/* Appends the names of the users who have live keys that this signer signed, each once, with
 * LF behind each. */
void keys_users_write(const struct keys *k, struct str signer_id, int64_t now_ms, struct buf *out);
/* True when every live key that the signer older signed is also there signed by newer. Then a
 * lookup that asks for the newer one misses none. */
bool keys_covered(const struct keys *k, struct str older, struct str newer, int64_t now_ms);

/* As guests_mark and guests_sweep, for the keys of one guest: keys_mark marks all, keys_put
 * removes the mark, and keys_sweep drops what is still marked. */
void keys_mark(struct keys *k);
void keys_sweep(struct keys *k);

#endif
