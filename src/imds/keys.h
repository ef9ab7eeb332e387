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

#define KEYS_MAX 2048 /* entries of one guest */
#define KEYS_MAX_ENTRY_BYTES 16384
#define KEYS_MAX_ID_LEN 64

struct key_desc {
	struct str os_user;
	struct str request_id;
	struct str signer_id; /* whose signature the entry has */
	int64_t deadline_ms;  /* boot clock */
	struct str entry;     /* wire.md 5.3, ends in one LF */
};

/* Zeroed is empty. Fields are keys.c's own. */
struct keys {
	struct key **v;
	size_t n, cap;
};

void keys_release(struct keys *k);

/*
 * ERR_SYNTAX (user; no request or signer; an entry that is empty, has no LF at its
 * end, or has a blank line, CR or NUL in it), ERR_TOOBIG.
 */
int keys_desc_check(const struct key_desc *d) MUST_CHECK;

/*
 * Copies d in. Under the same request and signer it replaces what was there.
 * One whose deadline has passed is taken and dropped. As keys_desc_check;
 * ERR_FULL (KEYS_MAX).
 */
int keys_put(struct keys *k, const struct key_desc *d, int64_t now_ms) MUST_CHECK;
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
