/*
 * notary: makes the signed digests of the audit trail (trail/digest.h). It knows when one is due
 * and what is in it, and has a key of its own that signs nothing else.
 */
#ifndef REGION_NOTARY_H
#define REGION_NOTARY_H

#include "region/state.h"
#include "store/store_digest.h"

/*
 * Makes a digest of the records since the last one, if there are any and it is due or `now` is set.
 * If there is no usable key, it has one made first, with its certificate. Without `now` it does not
 * wait for keyd: a later call stores the digest that an earlier one began. If an earlier core had
 * one signed and did not store it, that one is stored, which the log says. *ret_made: this call
 * stored one. Must run inside a transaction, which the caller commits after 0. ERR_AGAIN (a key is
 * being made), ERR_RANGE (it is earlier or later than a certificate above the signer's allows: the
 * clock is wrong, and a digest made now would never be valid), ERR_BADSTATE (keyd signed a digest
 * that the store lacks and that does not fit it; logged here), ERR_NOTFOUND (there is no issuer for
 * a key), or an error of keyd_port or of the store.
 */
int notary_digest(struct region *region, bool now, bool *ret_made) MUST_CHECK;

/*
 * Appends the line of a digest for the export, with the certificate of its signer and those of the
 * issuers. ERR_NOTFOUND (no such certificate), ERR_SYNTAX (the digest does not parse), or an error
 * of digest_line_write or of the store.
 */
int notary_line_write(struct region *region, const struct store_digest *v,
    struct buf *out) MUST_CHECK;

#endif
