/*
 * utf8: the byte ranges of RFC 3629 section 4; see utf8.h. Pure.
 */
#include "codec/utf8.h"

#include <string.h>

static bool
is_tail(struct str s, size_t i)
{
	return i < s.n && ((uint8_t)s.p[i] & 0xc0) == 0x80;
}

size_t
utf8_char(struct str s, uint32_t *ret_cp)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t cp;
	uint8_t c;
	size_t i, n;

	if (s.n == 0)
		return 0;
	c = (uint8_t)s.p[0];
	n = c < 0x80 ? 1 : c < 0xc0 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf8 ? 4 : 0;
	if (n == 0)
		return 0;
	cp = n == 1 ? c : c & (0x7fu >> n);
	for (i = 1; i < n; i++) {
		if (!is_tail(s, i))
			return 0;
		cp = cp << 6 | ((uint8_t)s.p[i] & 0x3f);
	}
	if (cp < least[n] || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		return 0;
	*ret_cp = cp;
	return n;
}

/* How many of the first bytes are ASCII. Most text is, so it is checked eight bytes at a time. */
static size_t
ascii_head(struct str s)
{
	uint64_t word;
	size_t n = 0;

	for (; s.n - n >= sizeof(word); n += sizeof(word)) {
		memcpy(&word, s.p + n, sizeof(word));
		if ((word & 0x8080808080808080u) != 0)
			break;
	}
	while (n < s.n && (uint8_t)s.p[n] < 0x80)
		n++;
	return n;
}

bool
utf8_valid(struct str s)
{
	uint32_t cp;
	size_t n;

	while (s.n > 0) {
		if ((n = ascii_head(s)) == 0 && (n = utf8_char(s, &cp)) == 0)
			return false;
		s = str_from(s, n);
	}
	return true;
}

struct str
utf8_mend(struct str s, struct arena *a)
{
	uint32_t cp;
	size_t n, used = 0;
	char *p;

	if (utf8_valid(s))
		return s;
	p = arena_alloc(a, 3 * s.n);
	for (; s.n > 0; s = str_from(s, n == 0 ? 1 : n)) {
		n = utf8_char(s, &cp);
		memcpy(p + used, n == 0 ? UTF8_REPLACEMENT : s.p, n == 0 ? 3 : n);
		used += n == 0 ? 3 : n;
	}
	return str_of_n(p, used);
}

size_t
utf8_length(struct str s)
{
	size_t i, n = 0;

	for (i = 0; i < s.n; i++)
		n += !is_tail(s, i);
	return n;
}
