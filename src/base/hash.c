/*
 * hash: SipHash-2-4; see hash.h. The constants and the order of operations are
 * those of the paper's section 2.
 */
#include "base/hash.h"

#include <endian.h>
#include <string.h>

static uint64_t
rotate(uint64_t x, unsigned bits)
{
	return x << bits | x >> (64 - bits);
}

static void
rounds(uint64_t v[static 4], unsigned n)
{
	while (n-- > 0) {
		v[0] += v[1];
		v[1] = rotate(v[1], 13) ^ v[0];
		v[0] = rotate(v[0], 32);
		v[2] += v[3];
		v[3] = rotate(v[3], 16) ^ v[2];
		v[0] += v[3];
		v[3] = rotate(v[3], 21) ^ v[0];
		v[2] += v[1];
		v[1] = rotate(v[1], 17) ^ v[2];
		v[2] = rotate(v[2], 32);
	}
}

/* Up to eight bytes as a little-endian number. */
static uint64_t
word(const char *p, size_t n)
{
	uint64_t w = 0;

	memcpy(&w, p, n);
	return le64toh(w);
}

static void
take(uint64_t v[static 4], uint64_t w)
{
	v[3] ^= w;
	rounds(v, 2);
	v[0] ^= w;
}

uint64_t
hash_sip(const struct hash_seed *seed, struct str s)
{
	uint64_t v[4] = { seed->k[0] ^ 0x736f6d6570736575, seed->k[1] ^ 0x646f72616e646f6d,
		seed->k[0] ^ 0x6c7967656e657261, seed->k[1] ^ 0x7465646279746573 };
	size_t i;

	for (i = 0; s.n - i >= 8; i += 8)
		take(v, word(s.p + i, 8));
	/* The last word is the rest, with the length in its highest byte. */
	take(v, (uint64_t)s.n << 56 | (i < s.n ? word(s.p + i, s.n - i) : 0));
	v[2] ^= 0xff;
	rounds(v, 4);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
