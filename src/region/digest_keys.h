/*
 * digest_keys: the public keys with which the digests of the audit trail are verified.
 */
#ifndef REGION_DIGEST_KEYS_H
#define REGION_DIGEST_KEYS_H

#include "region/state.h"

struct digest_key {
	struct str fingerprint; /* of the certificate, as a digest has it (trail/digest.h) */
	struct str pkcs1;       /* DER */
	int64_t not_before_at, not_after_at;
};

/* Lists the keys that were good at a time between from_at and to_at, the newest first. ERR_SYNTAX
 * (a certificate in the store does not parse), or an error of the store. */
int digest_keys_list(struct region *region, struct arena *a, int64_t from_at, int64_t to_at,
    struct digest_key **ret, size_t *ret_n) MUST_CHECK;

#endif
