/*
 * b32: base 32 (RFC 4648 section 6) without padding, the form in which a person types the seed
 * of an authenticator app.
 */
#ifndef BASE_B32_H
#define BASE_B32_H

#include "base/buf.h"

/* Appends (8 n + 4) / 5 characters of A-Z and 2-7. */
void b32_write(struct buf *b, const void *p, size_t n);

#endif
