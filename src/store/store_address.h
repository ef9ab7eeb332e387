/*
 * store_address: pools of addresses, and who holds which address. A pool is a range of numbers, and
 * an address is its number (an IPv4 address as 32 bits in host order). Each subnet has a pool under
 * its id; STORE_ADDRESS_PUBLIC is the pool of public addresses. The owner of an address is a
 * resource id.
 */
#ifndef STORE_STORE_ADDRESS_H
#define STORE_STORE_ADDRESS_H

#include "store/store.h"

#define STORE_ADDRESS_PUBLIC STR("public")

/* ERR_EXISTS, ERR_RANGE (first > last). */
int store_address_pool_add(struct store *st, struct str pool, int64_t first,
    int64_t last) MUST_CHECK;
/* ERR_NOTFOUND, ERR_BADSTATE (addresses are still held). */
int store_address_pool_delete(struct store *st, struct str pool) MUST_CHECK;

/* Takes a free address. One that was given back is taken again as late as possible. ERR_NOTFOUND
 * (no such pool), ERR_UNAVAIL (none is free). */
int store_address_take(struct store *st, struct str pool, struct str owner,
    int64_t *ret) MUST_CHECK;
/* Takes this address. ERR_NOTFOUND (no such pool), ERR_RANGE (outside the pool), ERR_EXISTS
 * (somebody holds it). */
int store_address_claim(struct store *st, struct str pool, struct str owner,
    int64_t address) MUST_CHECK;
/* Gives back what owner holds in the pool; an empty pool means all pools. It is no error if owner
 * holds nothing. */
int store_address_release(struct store *st, struct str pool, struct str owner) MUST_CHECK;
/* How many addresses are free in each of n pools, for availableIpAddressCount: ret[i] is for
 * pools[i]. If there are more than 1000, they must be in order. ERR_NOTFOUND: one of them does not
 * exist. */
int store_address_count_free_of(struct store *st, struct arena *a, const struct str *pools,
    size_t n, int64_t *ret) MUST_CHECK;

#endif
