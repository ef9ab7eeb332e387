/*
 * signer: the key that signs blob entries, its chain and its OCSP responses:
 * kept at hand for every push, renewed before they end (wire.md 5.3-5.5).
 */
#ifndef REGION_SIGNER_H
#define REGION_SIGNER_H

#include "region/state.h"
#include "store/store_active_key.h"

struct signer;

/* Reads the chain from the store. ERR_NOTFOUND (no usable signer) with ei, or as
 * the store. */
int signer_new(struct region *region, struct signer **ret, struct errinfo *ei) MUST_CHECK;
void signer_free(struct signer *s); /* NULL is fine */

/* The id of the present signer: upper-case SHA-1 of its certificate. */
struct str signer_id(const struct signer *s);

/* An entry that keyd is signing. */
struct signer_entry {
	struct str bytes;
	struct keyd_question *question;
};

/*
 * The signed entry of a key, in two steps: of v are needed instance_id, public_key,
 * caller_arn, request_id and expires_at. begin: ERR_SYNTAX when a part does not fit
 * into an entry, and then there is nothing to finish; what it returns is in a. finish
 * appends the entry, and is called once: as keyd_port.
 */
int signer_entry_begin(struct region *region, const struct store_active_key *v, struct arena *a,
    struct signer_entry *ret) MUST_CHECK;
int signer_entry_finish(struct region *region, const struct signer_entry *e,
    struct buf *out) MUST_CHECK;

/* Both at once, waiting for keyd. */
int signer_entry_write(struct region *region, const struct store_active_key *v, struct arena *a,
    struct buf *out) MUST_CHECK;

/* The uplink message "signer" (docs/PROTOCOL.md 2). Is a borrowed text. */
struct str signer_message(const struct signer *s);

/*
 * Renews whatever is due: OCSP responses past half of their time, the signer
 * when it has less than signer_rotate_before left (unless it ends with its
 * issuer) or is not valid yet. To be called every minute or so, inside a
 * transaction. *ret_changed: the message is a new one.
 * When it fails, nothing has changed. As keyd_port and the store.
 */
int signer_renew(struct region *region, bool *ret_changed) MUST_CHECK;
/* After the transaction of signer_renew is durable, or was undone: read anew. */
int signer_reload(struct region *region, struct errinfo *ei) MUST_CHECK;

#endif
