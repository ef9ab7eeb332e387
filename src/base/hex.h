/*
 * hex: base 16. Writing is lower case unless said otherwise; reading takes
 * lower case only unless said otherwise (protocols differ: see callers).
 */
#ifndef BASE_HEX_H
#define BASE_HEX_H

#include <stdint.h>

#include "base/buf.h"

void hex_write(struct buf *b, const void *p, size_t n);
void hex_write_upper(struct buf *b, const void *p, size_t n);
/* Exactly 2*n lower-case digits into dst. ERR_SYNTAX otherwise. */
int hex_parse(struct str s, uint8_t *dst, size_t n) MUST_CHECK;
/* True when s is all lower-case hex digits (and not empty). */
bool hex_is_lower(struct str s);

#endif
