/*
 * b64: base 64 with the standard alphabet and padding (RFC 4648 section 4).
 */
#ifndef BASE_B64_H
#define BASE_B64_H

#include "base/buf.h"

void b64_write(struct buf *b, const void *p, size_t n);
/*
 * Decodes all of s, appended to out. Strict: padding required, no white space,
 * unused bits zero. ERR_SYNTAX; ERR_TOOBIG when out is full.
 */
int b64_parse(struct str s, struct buf *out) MUST_CHECK;

#endif
