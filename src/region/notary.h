/*
 * notary: the signed digests of the audit trail (trail/digest.h): when one is due,
 * what is in it, and the key that signs it, which signs nothing else.
 */
#ifndef REGION_NOTARY_H
#define REGION_NOTARY_H

#include "region/state.h"
#include "store/store_digest.h"

/*
 * Makes a digest of what was recorded since the last one, if there is anything
 * and its time has come (or now is true); makes the key and its certificate first,
 * if there is none that can be used. Inside a transaction. As keyd_port and the
 * store; ERR_NOTFOUND: there is no issuer.
 */
int notary_digest(struct region *region, bool now, bool *ret_made) MUST_CHECK;

/* Appends the line of a digest, with the certificates of who signed it.
 * ERR_NOTFOUND, ERR_SYNTAX (the digest does not parse), or as the store. */
int notary_line_write(struct region *region, const struct store_digest *v,
    struct buf *out) MUST_CHECK;

#endif
