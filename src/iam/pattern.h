/*
 * pattern: one text of a policy, with wildcards and variables: compiled once,
 * expanded with the values of a request, and compared.
 */
#ifndef IAM_PATTERN_H
#define IAM_PATTERN_H

#include "iam/compile.h"
#include "iam/iam.h"

/* The longest text that a pattern with variables can become. */
#define PATTERN_MAX_BYTES 4096

enum pattern_flags {
	PATTERN_WILDCARDS = 1, /* "*" and "?" are ones */
	PATTERN_VARIABLES = 2, /* "${...}" is one, if the Version has them */
	PATTERN_LOWER = 4,     /* kept in lower case */
};

/* A piece of text, or the variable `key` with its default. */
struct pattern_part {
	struct str text; /* as glob's; of a variable, its default */
	struct str key;  /* empty: text */
	bool has_default;
};

/* Borrows from the arena and from the text it was compiled from. */
struct pattern {
	struct str text;                  /* as glob's; without variables */
	size_t prefix;                    /* bytes before the first wildcard */
	const struct pattern_part *parts; /* with variables */
	size_t n_parts;
};

/* ERR_SYNTAX: a variable is malformed; the place is c's. */
int pattern_compile(struct compile *c, struct str raw, unsigned flags,
    struct pattern *ret) MUST_CHECK;
/* True when nothing but stars. */
bool pattern_is_any(const struct pattern *p);
/* True when the pattern is one variable and nothing else. */
bool pattern_is_variable(const struct pattern *p);

/* All of text. A variable without value matches nothing. */
bool pattern_match(const struct pattern *p, struct str text, const struct iam_context *ctx);
/* Equal without regard to case (ASCII); for patterns without wildcards. */
bool pattern_equals_nocase(const struct pattern *p, struct str text, const struct iam_context *ctx);

/* Bytes of the "${...}" at the front of s, or 0 when none begins here or it is
 * not closed. */
size_t pattern_variable_len(struct str s);

#endif
