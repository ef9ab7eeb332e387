/*
 * secret: bytes that must not leak. They are locked in memory as far as the system allows, kept
 * out of core dumps and of children, and wiped when they are freed.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct secret;

/* Makes a copy of the n bytes at p; more than 16384 abort. The caller wipes its own copy. */
struct secret *secret_new(const void *p, size_t n);
void secret_free(struct secret *s);                  /* wipes; NULL is fine */
const uint8_t *secret_bytes(const struct secret *s); /* borrowed */
size_t secret_len(const struct secret *s);

/* Overwrites n bytes; the compiler cannot remove this. */
void secret_wipe(void *p, size_t n);
/* True when the n bytes are equal. The time that it takes depends on n only. */
bool secret_equal(const void *a, const void *b, size_t n);

#endif
