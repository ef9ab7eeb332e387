/*
 * store_address: pools of addresses and who holds which. A pool is a range of
 * numbers first..last; an address is its number (an IPv4 address as 32 bits in
 * host order). One pool per subnet, under the subnet's id, and
 * STORE_ADDRESS_PUBLIC for public addresses. An owner is a resource id.
 */
#ifndef STORE_STORE_ADDRESS_H
#define STORE_STORE_ADDRESS_H

#include "store/store.h"

#define STORE_ADDRESS_PUBLIC STR("public")

/* ERR_EXISTS; ERR_RANGE (first > last). */
int store_address_pool_add(struct store *st, struct str pool, int64_t first,
    int64_t last) MUST_CHECK;
/* ERR_NOTFOUND; ERR_BADSTATE (addresses are still held). */
int store_address_pool_delete(struct store *st, struct str pool) MUST_CHECK;

/*
 * Takes a free address; one given back is taken again as late as possible.
 * ERR_NOTFOUND (no such pool), ERR_UNAVAIL (none is free).
 */
int store_address_take(struct store *st, struct str pool, struct str owner,
    int64_t *ret) MUST_CHECK;
/* Takes this one. ERR_NOTFOUND (no such pool), ERR_RANGE (outside the pool),
 * ERR_EXISTS (held by someone). */
int store_address_claim(struct store *st, struct str pool, struct str owner,
    int64_t address) MUST_CHECK;
/* Gives back what owner holds in the pool, in all pools when pool is empty.
 * Holding none is no error. */
int store_address_release(struct store *st, struct str pool, struct str owner) MUST_CHECK;
/* How many are free: for availableIpAddressCount. ERR_NOTFOUND. */
int store_address_count_free(struct store *st, struct str pool, int64_t *ret) MUST_CHECK;
/* The same of n pools, in one statement for 1000: ret[i] for pools[i]. ERR_NOTFOUND:
 * there is no such pool among them. */
int store_address_count_free_of(struct store *st, struct arena *a, const struct str *pools,
    size_t n, int64_t *ret) MUST_CHECK;

#endif
