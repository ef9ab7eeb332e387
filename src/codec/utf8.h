/*
 * utf8: checks and reads UTF-8 (RFC 3629). Overlong forms, surrogates and code points above
 * U+10FFFF are not UTF-8.
 */
#ifndef CODEC_UTF8_H
#define CODEC_UTF8_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

bool utf8_valid(struct str s);

/*
 * The number of bytes of the first character of s, 1 to 4, or 0 when s does not begin with a
 * character or is empty. *ret_cp gets the code point.
 */
size_t utf8_char(struct str s, uint32_t *ret_cp);

/* The number of characters in s, if it is UTF-8; otherwise the number of bytes that are no
 * continuation bytes. */
size_t utf8_length(struct str s);

/* U+FFFD, which writers put in place of each byte that is not part of a character. */
#define UTF8_REPLACEMENT "\xef\xbf\xbd"
/*
 * Returns s if it is UTF-8. Otherwise returns a copy in the arena with U+FFFD in place of each
 * byte that is not part of a character, as the writers of JSON and XML do. It is at most three
 * times as long.
 */
struct str utf8_mend(struct str s, struct arena *a);

#endif
