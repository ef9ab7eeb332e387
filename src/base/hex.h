/*
 * hex: base 16. Reading takes lower case only, as the protocols that use it do.
 */
#ifndef BASE_HEX_H
#define BASE_HEX_H

#include <stdint.h>

#include "base/buf.h"

void hex_write(struct buf *b, const void *p, size_t n);       /* appends, in lower case */
void hex_write_upper(struct buf *b, const void *p, size_t n); /* appends, in upper case */
/* Decodes s, which must be exactly 2*n lower-case digits, into dst. ERR_SYNTAX. */
int hex_parse(struct str s, uint8_t *dst, size_t n) MUST_CHECK;
/* True when s is not empty and has only lower-case hex digits. */
bool hex_is_lower(struct str s);

#endif
