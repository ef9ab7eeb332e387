/*
 * glob: see glob.h. The stars cut a pattern into segments. The first one has to stand at the front
 * of the text and the last one at its end. Each of the others is looked for once, behind the one
 * before it, and the first place is the right one: a later place only leaves less of the text to
 * the segments that follow. So no star is ever tried again. Pure.
 */
#include "iam/glob.h"

#define NOWHERE ((size_t)-1)

static bool
continues(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* Where the next character of UTF-8 begins. A byte that belongs to no character counts as one. */
static size_t
next_char(struct str s, size_t at)
{
	do
		at++;
	while (at < s.n && continues(s.p[at]));
	return at;
}

/* Returns where the segment, which has no star, ends if it begins at `at`; or NOWHERE. */
static size_t
segment_at(struct str segment, struct str text, size_t at, struct steps *steps)
{
	const size_t start = at;
	size_t i;

	for (i = 0; i < segment.n && at < text.n; i++) {
		if (segment.p[i] == GLOB_ONE)
			at = next_char(text, at);
		else if (segment.p[i] == text.p[at])
			at++;
		else
			break;
	}
	return steps_take(steps, i + at - start + 1) && i == segment.n ? at : NOWHERE;
}

/*
 * Looks for a segment of literal bytes at `at` or behind, and returns where it ends, or NOWHERE.
 * This is the algorithm of Knuth, Morris and Pratt (1977): border[i] is the length of the longest
 * beginning of the segment that is also an end of its first i + 1 bytes, other than these
 * themselves. So the search never goes back in the text.
 */
static size_t
find_literal(struct str segment, struct str text, size_t at, struct steps *steps)
{
	uint16_t border[GLOB_MAX_SEGMENT], k = 0;
	const size_t start = at;
	size_t i;

	border[0] = 0;
	for (i = 1; i < segment.n; i++) {
		while (k > 0 && segment.p[i] != segment.p[k])
			k = border[k - 1];
		if (segment.p[i] == segment.p[k])
			k++;
		border[i] = k;
	}
	for (k = 0; at < text.n && k < segment.n; at++) {
		while (k > 0 && text.p[at] != segment.p[k])
			k = border[k - 1];
		if (text.p[at] == segment.p[k])
			k++;
	}
	return steps_take(steps, 2 * (segment.n + at - start)) && k == segment.n ? at : NOWHERE;
}

/* The same for a segment with "?". Every place is tried. */
static size_t
find_trying(struct str segment, struct str text, size_t at, struct steps *steps)
{
	size_t end = NOWHERE;

	while (end == NOWHERE && steps->left > 0 && at < text.n && segment.n <= text.n - at) {
		end = segment_at(segment, text, at, steps);
		at = next_char(text, at);
	}
	return end;
}

static size_t
find(struct str segment, struct str text, size_t at, struct steps *steps)
{
	if (segment.n == 0)
		return at;
	if (segment.n > text.n - at)
		return NOWHERE; /* a "?" stands for one byte at least */
	if (str_index(segment, GLOB_ONE) < segment.n)
		return find_trying(segment, text, at, steps);
	if (segment.n <= GLOB_MAX_SEGMENT)
		return find_literal(segment, text, at, steps);
	steps->left = 0;
	return NOWHERE;
}

/* Does the segment stand at the end of the text, and not before `at`? It has as many characters
 * as the piece of the text that it matches. */
static bool
ends_with(struct str segment, struct str text, size_t at, struct steps *steps)
{
	size_t i, from = text.n;

	for (i = 0; i < segment.n; i++) {
		if (continues(segment.p[i]))
			continue;
		do
			if (from-- == at)
				return false;
		while (from > at && continues(text.p[from]));
	}
	return segment_at(segment, text, from, steps) == text.n;
}

bool
glob_match(struct str pattern, struct str text, struct steps *steps)
{
	size_t star = str_index(pattern, GLOB_STAR), at;

	if (!steps_take(steps, pattern.n + 1))
		return false;
	at = segment_at(str_head(pattern, star), text, 0, steps);
	if (star == pattern.n)
		return at == text.n;
	while (at != NOWHERE) {
		pattern = str_from(pattern, star + 1);
		star = str_index(pattern, GLOB_STAR);
		if (star == pattern.n)
			return ends_with(pattern, text, at, steps);
		at = find(str_head(pattern, star), text, at, steps);
	}
	return false;
}

bool
glob_has_wildcard(struct str s)
{
	return str_index(s, GLOB_STAR) < s.n || str_index(s, GLOB_ONE) < s.n;
}
