/*
 * glob: see glob.h. When a comparison fails, only the last star that was passed is tried
 * again with one character more: whatever an earlier star could take in addition, the last
 * one can take as well. Pure.
 */
#include "iam/glob.h"

/* Where the next character of UTF-8 begins. A byte that belongs to no character counts as one. */
static size_t
next_char(struct str s, size_t at)
{
	do
		at++;
	while (at < s.n && ((unsigned char)s.p[at] & 0xc0) == 0x80);
	return at;
}

bool
glob_match(struct str pattern, struct str text)
{
	size_t p = 0, t = 0, after_star = 0, star_to = 0;

	while (t < text.n) {
		if (p < pattern.n && pattern.p[p] == GLOB_STAR) {
			after_star = ++p;
			star_to = t;
			if (p == pattern.n)
				return true;
		} else if (p < pattern.n && pattern.p[p] == GLOB_ONE) {
			p++;
			t = next_char(text, t);
		} else if (p < pattern.n && pattern.p[p] == text.p[t]) {
			p++;
			t++;
		} else if (after_star > 0) {
			p = after_star;
			t = star_to = next_char(text, star_to);
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == GLOB_STAR)
		p++;
	return p == pattern.n;
}

bool
glob_has_wildcard(struct str s)
{
	return str_index(s, GLOB_STAR) < s.n || str_index(s, GLOB_ONE) < s.n;
}
