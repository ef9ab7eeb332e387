/*
 * utf8: is it UTF-8 (RFC 3629), and where does it stop being so. Overlong
 * forms, surrogates and code points above U+10FFFF are not UTF-8.
 */
#ifndef CODEC_UTF8_H
#define CODEC_UTF8_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

bool utf8_valid(struct str s);

/*
 * Length of the character at the front of s, 1 to 4, or 0 when s does not
 * begin with one (also when s is empty). ret_cp gets the code point.
 */
size_t utf8_char(struct str s, uint32_t *ret_cp);

/* How many characters: of UTF-8, all bytes that begin one. */
size_t utf8_length(struct str s);

/* U+FFFD, which writers put where a byte is not part of a character. */
#define UTF8_REPLACEMENT "\xef\xbf\xbd"
/*
 * s with U+FFFD in place of each byte that is not part of a character, as the
 * writers of JSON and XML put it; s itself when it is UTF-8. The result is at
 * most three times as long, in the arena.
 */
struct str utf8_mend(struct str s, struct arena *a);

#endif
