/*
 * hash: SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012). Whoever
 * does not know the seed cannot choose bytes whose hashes collide, so it is good for tables
 * whose keys come from outside. With 64 bits it is no signature.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdint.h>

#include "base/str.h"

struct hash_seed {
	uint64_t k[2];
};

/* The hash of s. The seed should be random (rand_fill). */
uint64_t hash_sip(const struct hash_seed *seed, struct str s);

#endif
