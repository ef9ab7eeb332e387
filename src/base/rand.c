/*
 * rand: randomness from the kernel, and the ids made of it; see rand.h.
 */
#include "base/rand.h"

#include <errno.h>
#include <sys/random.h>

static void
system_fill(void *ctx, void *p, size_t n)
{
	char *at = p;
	ssize_t got;

	(void)ctx;
	while (n > 0) {
		got = getrandom(at, n, 0);
		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0)
			abort();
		at += got;
		n -= (size_t)got;
	}
}

const struct rng *
rand_system(void)
{
	static const struct rng r = { system_fill, NULL };

	return &r;
}

void
rand_fill(const struct rng *r, void *p, size_t n)
{
	r->fill(r->ctx, p, n);
}

uint64_t
rand_below(const struct rng *r, uint64_t bound)
{
	uint64_t v, reject;

	if (bound < 2)
		return 0;
	reject = (0 - bound) % bound; /* 2^64 mod bound values would bias the result */
	do
		rand_fill(r, &v, sizeof(v));
	while (v < reject);
	return v % bound;
}

void
rand_hex(const struct rng *r, char *ret, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t byte;
	size_t i;

	for (i = 0; i < n; i++) {
		rand_fill(r, &byte, 1);
		ret[i] = digits[byte & 15];
	}
	ret[n] = '\0';
}

void
rand_uuid(const struct rng *r, char ret[static 37])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t b[16];
	size_t i, at = 0;

	rand_fill(r, b, sizeof(b));
	b[6] = (uint8_t)((b[6] & 0x0f) | 0x40);
	b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
	for (i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			ret[at++] = '-';
		ret[at++] = digits[b[i] >> 4];
		ret[at++] = digits[b[i] & 15];
	}
	ret[at] = '\0';
}
