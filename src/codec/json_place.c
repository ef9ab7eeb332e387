/*
 * json_place: see json_place.h. It walks over a text that is known to be JSON. On any other text
 * it finds nothing or a wrong place, but never leaves the text.
 */
#include "codec/json_place.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define SPACE " \t\r\n"

static size_t
skip_space(struct str s, size_t at)
{
	while (at < s.n && s.p[at] != '\0' && strchr(SPACE, s.p[at]) != NULL)
		at++;
	return at;
}

static bool
is_at(struct str s, size_t at, char c)
{
	return at < s.n && s.p[at] == c;
}

/* at is the place of an opening quote. Returns the place behind the closing one, or the end. */
static size_t
skip_string(struct str s, size_t at)
{
	for (at++; at < s.n && s.p[at] != '"'; at++) {
		if (s.p[at] == '\\')
			at++;
	}
	return at < s.n ? at + 1 : s.n;
}

/* Returns the place behind the value that begins at `at`, or after the space there. */
static size_t
skip_value(struct str s, size_t at)
{
	size_t depth = 0;

	at = skip_space(s, at);
	while (at < s.n) {
		if (depth == 0 && s.p[at] != '\0' && strchr(",]}" SPACE, s.p[at]) != NULL)
			break;
		if (s.p[at] == '"') {
			at = skip_string(s, at);
			continue;
		}
		if (s.p[at] == '{' || s.p[at] == '[')
			depth++;
		else if ((s.p[at] == '}' || s.p[at] == ']') && --depth == 0)
			return at + 1;
		at++;
	}
	return at;
}

/* Finds the place behind the colon of a member of the top object. ERR_NOTFOUND. */
static int
find_member(struct str s, struct str member, size_t *ret)
{
	size_t at = skip_space(s, 0), end;
	struct str name;

	if (!is_at(s, at, '{'))
		return ERR_NOTFOUND;
	do {
		at = skip_space(s, at + 1);
		if (!is_at(s, at, '"'))
			return ERR_NOTFOUND;
		end = skip_string(s, at);
		name = str_head(str_from(s, at + 1), end - at - 2);
		at = skip_space(s, end);
		if (!is_at(s, at, ':'))
			return ERR_NOTFOUND;
		if (str_eq(name, member)) {
			*ret = at + 1;
			return 0;
		}
		at = skip_space(s, skip_value(s, at + 1));
	} while (is_at(s, at, ','));
	return ERR_NOTFOUND;
}

static struct json_place
place_of(struct str s, size_t at)
{
	struct json_place p = { .line = 1, .column = 1 };
	size_t i;

	for (i = 0; i < at; i++) {
		if (s.p[i] == '\n')
			p = (struct json_place){ .line = p.line + 1, .column = 1 };
		else if (((uint8_t)s.p[i] & 0xc0) != 0x80)
			p.column++;
	}
	return p;
}

int
json_place(struct str text, struct str member, size_t i, struct json_place *ret_start,
    struct json_place *ret_end)
{
	size_t at, end, k;
	int r;

	if ((r = find_member(text, member, &at)) != 0)
		return r;
	if (is_at(text, skip_space(text, at), '[')) {
		at = skip_space(text, at) + 1;
		for (k = 0; k < i; k++) {
			at = skip_space(text, skip_value(text, at));
			if (!is_at(text, at, ','))
				return ERR_NOTFOUND;
			at++;
		}
	} else if (i > 0) {
		return ERR_NOTFOUND;
	}
	end = skip_value(text, at);
	if (end == skip_space(text, at))
		return ERR_NOTFOUND;
	*ret_start = place_of(text, at);
	*ret_end = place_of(text, end);
	return 0;
}
