/*
 * hash: SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF",
 * 2012). Whoever does not know the seed cannot make bytes whose hashes collide,
 * so it serves tables whose keys come from outside. Not a signature: 64 bits.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdint.h>

#include "base/str.h"

struct hash_seed {
	uint64_t k[2];
};

uint64_t hash_sip(const struct hash_seed *seed, struct str s);

#endif
