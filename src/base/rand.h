/*
 * rand: randomness as a parameter, so that tests can choose it.
 */
#ifndef BASE_RAND_H
#define BASE_RAND_H

#include <stddef.h>
#include <stdint.h>

struct rng {
	void (*fill)(void *ctx, void *p, size_t n);
	void *ctx;
};

/* The kernel's generator, getrandom(2). It aborts the process when the kernel gives nothing. */
const struct rng *rand_system(void);

void rand_fill(const struct rng *r, void *p, size_t n); /* n random bytes into p */
/* An unbiased number from 0 to bound - 1; 0 when bound is 0. */
uint64_t rand_below(const struct rng *r, uint64_t bound);
/* A version 4 UUID in lower case: 36 characters and a NUL. */
void rand_uuid(const struct rng *r, char ret[static 37]);
/* n lower-case hex digits and a NUL, such as those behind "i-" in an instance's id. */
void rand_hex(const struct rng *r, char *ret, size_t n);

#endif
