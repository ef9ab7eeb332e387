/*
 * rand: randomness as a parameter, so that tests can fix it.
 */
#ifndef BASE_RAND_H
#define BASE_RAND_H

#include <stddef.h>
#include <stdint.h>

struct rng {
	void (*fill)(void *ctx, void *p, size_t n);
	void *ctx;
};

/* getrandom(2); aborts the process when the kernel gives none. */
const struct rng *rand_system(void);

void rand_fill(const struct rng *r, void *p, size_t n);
uint64_t rand_below(const struct rng *r, uint64_t bound); /* 0..bound-1, unbiased */
/* A version 4 UUID in lower case: 36 characters and a NUL. */
void rand_uuid(const struct rng *r, char ret[static 37]);
/* n lower-case hex digits and a NUL: what follows "i-", "vpc-", ... */
void rand_hex(const struct rng *r, char *ret, size_t n);

#endif
