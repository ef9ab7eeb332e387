/*
 * pattern: one text of a policy, with wildcards and variables. It is compiled once, and expanded
 * with the values of a request when it is compared.
 */
#ifndef IAM_PATTERN_H
#define IAM_PATTERN_H

#include "iam/compile.h"
#include "iam/context.h"

/* A pattern with variables that becomes longer than this matches nothing. */
#define PATTERN_MAX_BYTES 4096

enum pattern_flags {
	PATTERN_WILDCARDS = 1, /* "*" and "?" are wildcards */
	PATTERN_VARIABLES = 2, /* "${...}" is a variable, if the Version has them */
	PATTERN_LOWER = 4,     /* the pattern is kept in lower case */
};

/* A piece of text, or a variable. */
struct pattern_part {
	struct str text; /* in glob's form; for a variable, its default */
	struct str key;  /* the condition key of a variable; empty: it is text */
	bool has_default;
};

/* It borrows from the arena and from the text that it was compiled from. */
struct pattern {
	struct str text;                  /* in glob's form; empty if there are variables */
	size_t prefix;                    /* how many bytes come before the first wildcard */
	const struct pattern_part *parts; /* NULL if there are no variables */
	size_t n_parts;
};

/* ERR_SYNTAX: a variable is malformed. c's place says where. */
int pattern_compile(struct compile *c, struct str raw, unsigned flags,
    struct pattern *ret) MUST_CHECK;
/* Is the pattern one variable and nothing else? */
bool pattern_is_variable(const struct pattern *p);

/* Does the pattern match all of text? If one of its variables has no value, it matches nothing. It
 * takes as many steps as glob_match and the look-ups of its variables, and one at least. */
bool pattern_match(const struct pattern *p, struct str text, struct matching *m);
/* The same without regard to case (ASCII), for patterns without wildcards. */
bool pattern_equals_nocase(const struct pattern *p, struct str text, struct matching *m);

/* The length of the "${...}" at the front of s, or 0 if none begins there or it is not closed. */
size_t pattern_variable_len(struct str s);

#endif
