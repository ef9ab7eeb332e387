/*
 * secret: bytes that must not leak: locked in memory, kept out of core dumps,
 * wiped on release, and without any way to print them.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct secret;

/* A copy of the n bytes at p (n <= 16384). The caller wipes its own copy. */
struct secret *secret_new(const void *p, size_t n);
void secret_free(struct secret *s);                  /* wipes; NULL is fine */
const uint8_t *secret_bytes(const struct secret *s); /* borrowed */
size_t secret_len(const struct secret *s);

/* Overwrites n bytes in a way that the compiler keeps. */
void secret_wipe(void *p, size_t n);
/* Equal or not, in time that depends on n alone. */
bool secret_equal(const void *a, const void *b, size_t n);

#endif
