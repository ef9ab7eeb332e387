/*
 * str: a borrowed view of bytes. It never owns them, and there need not be a NUL behind them.
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
/* For printf: "%.*s", STR_FMT(s). All views are far shorter than INT_MAX. */
#define STR_FMT(s) (int)(s).n, (s).p

struct str str_of(const char *cstr); /* cstr may be NULL: empty view */
struct str str_of_n(const void *p, size_t n);
bool str_eq(struct str a, struct str b);
bool str_eq_c(struct str a, const char *b);
bool str_eq_nocase(struct str a, struct str b); /* ASCII only */
/* An ASCII letter in lower case; any other byte as it is. */
static inline char
str_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}
/* Less than, equal to or greater than 0, by bytes; a prefix comes before what is longer. */
int str_cmp(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
struct str str_trim(struct str s);              /* without SP, TAB, CR and LF at both ends */
struct str str_from(struct str s, size_t from); /* the bytes from index `from` on, if any */
struct str str_head(struct str s, size_t n);    /* the first n bytes, or all if there are fewer */
/* The index of the first c, or s.n when there is none. */
size_t str_index(struct str s, char c);
/* True when every byte is in set, so also for an empty view. */
bool str_all_in(struct str s, const char *set);
/* True when s has a control byte (0x00-0x1f, 0x7f). */
bool str_has_ctl(struct str s);

/* Copies s to the heap with a NUL behind. The caller frees it with xfree. */
char *str_dup(struct str s);

/*
 * Copies s with a NUL behind into dst of cap bytes. ERR_TOOBIG when it does not fit, ERR_SYNTAX
 * when s has a NUL; dst is untouched then.
 */
int str_copy(char *dst, size_t cap, struct str s) __attribute__((warn_unused_result));

#endif
