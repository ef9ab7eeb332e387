/*
 * store_sealed: everything in the store that is sealed under the key-encryption key (pki/seal.h),
 * so that it can be sealed anew. A test holds that no column with sealed bytes is missing here.
 */
#ifndef STORE_STORE_SEALED_H
#define STORE_STORE_SEALED_H

#include "store/store.h"

enum store_sealed_place {
	STORE_SEALED_ACCESS_KEY,
	STORE_SEALED_PASSWORD,
	STORE_SEALED_SEED,
	STORE_SEALED_DECOY, /* in the table meta */
	STORE_SEALED_PKI,
	STORE_SEALED_PLACES,
};

struct store_sealed {
	struct str id;     /* the row's key */
	int64_t kind;      /* STORE_SEALED_PKI: its enum store_pki_kind; else 0 */
	struct str sealed; /* empty: there is nothing */
};

/* The rows of a place whose id comes after this one, in that order, STORE_PAGE_MAX at most. */
int store_sealed_list(struct store *st, struct arena *a, enum store_sealed_place place,
    struct str after, struct store_sealed **ret, size_t *ret_n) MUST_CHECK;
/* Replaces what is sealed. ERR_NOTFOUND. */
int store_sealed_set(struct store *st, enum store_sealed_place place, struct str id,
    struct str sealed) MUST_CHECK;

#endif
