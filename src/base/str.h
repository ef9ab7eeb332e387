/*
 * str: a borrowed view of bytes. Never owns, never relies on a NUL.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>

struct str {
	const char *p;
	size_t n;
};

/* A view of a string literal. */
#define STR(lit) ((struct str){ (lit), sizeof(lit) - 1 })
/* For printf: "%.*s", STR_FMT(s). Views are far below INT_MAX everywhere. */
#define STR_FMT(s) (int)(s).n, (s).p

struct str str_of(const char *cstr); /* cstr may be NULL: empty view */
struct str str_of_n(const void *p, size_t n);
bool str_eq(struct str a, struct str b);
bool str_eq_c(struct str a, const char *b);
bool str_eq_nocase(struct str a, struct str b); /* ASCII only */
/* ASCII letters in lower case; any other byte is itself. */
static inline char
str_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}
int str_cmp(struct str a, struct str b); /* bytewise, shorter first */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
struct str str_trim(struct str s);              /* SP, TAB, CR, LF at both ends */
struct str str_from(struct str s, size_t from); /* clipped to the end */
struct str str_head(struct str s, size_t n);    /* at most n bytes */
/* Index of c, or s.n when it is not there. */
size_t str_index(struct str s, char c);
/* True when every byte is in set. An empty view is all of anything. */
bool str_all_in(struct str s, const char *set);
/* True when s holds a NUL byte or another control byte (0x00-0x1f, 0x7f). */
bool str_has_ctl(struct str s);

/* Copies to heap with a NUL behind; aborts when memory is out. Caller frees. */
char *str_dup(struct str s);

/*
 * Copies s with a NUL behind into dst of size cap.
 * Errors: ERR_TOOBIG (dst untouched), ERR_SYNTAX when s holds a NUL.
 */
int str_copy(char *dst, size_t cap, struct str s) __attribute__((warn_unused_result));

#endif
