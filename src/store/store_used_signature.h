/*
 * store_used_signature: signatures of requests that count once (decision 0046), kept for as long as
 * they could be good.
 */
#ifndef STORE_STORE_USED_SIGNATURE_H
#define STORE_STORE_USED_SIGNATURE_H

#include "store/store.h"

/* ERR_EXISTS: it was used already, and one can go on. */
int store_used_signature_add(struct store *st, struct str signature, int64_t until_at) MUST_CHECK;
/* Deletes those that ended before this time. *ret_n, which may be NULL, is how many. */
int store_used_signature_purge(struct store *st, int64_t before_at, int64_t *ret_n) MUST_CHECK;

#endif
