/*
 * b64: base 64: with the standard alphabet and padding (RFC 4648 section 4), and as it stands in
 * URLs and tokens (section 5).
 */
#ifndef BASE_B64_H
#define BASE_B64_H

#include "base/buf.h"

void b64_write(struct buf *b, const void *p, size_t n); /* appends, on one line */
/*
 * Decodes all of s and appends the bytes to out. It is strict: padding is required, white space
 * is refused, and unused bits must be zero. ERR_SYNTAX; ERR_TOOBIG when out is full. After an
 * error some bytes may have been appended.
 */
int b64_parse(struct str s, struct buf *out) MUST_CHECK;
/* The same for base64url without padding (RFC 7515, section 2): none of "+/=" may be there. */
int b64_url_parse(struct str s, struct buf *out) MUST_CHECK;

#endif
