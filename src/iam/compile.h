/*
 * compile: what the parts of the policy parser share: where in the document they
 * are, for error messages; the memory of the compiled form; the condition keys
 * met so far.
 */
#ifndef IAM_COMPILE_H
#define IAM_COMPILE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "codec/json.h"

#define COMPILE_DEPTH 3 /* Condition, operator, key */

struct compile {
	struct arena *arena;
	struct errinfo *ei; /* may be NULL */
	bool variables;     /* Version 2012-10-17 has them */
	/* The place: "Statement[2].Condition.IpAddress.aws:SourceIp[0]" */
	bool in_statement, statement_listed;
	size_t statement;
	struct str path[COMPILE_DEPTH];
	size_t depth;
	bool item_listed;
	size_t item;
	/* Every condition key, as written, as often as it was met. */
	struct str *keys;
	size_t n_keys, cap_keys;
};

/* One step down in the document, and up again. */
void compile_enter(struct compile *c, struct str name);
void compile_leave(struct compile *c);
/* Puts the place and `what` into ei. Always ERR_SYNTAX. */
int compile_fail(struct compile *c, const char *what) MUST_CHECK;

void compile_key(struct compile *c, struct str key);
/* "service:name", without control bytes, at most 512 bytes. */
bool compile_key_valid(struct str key);

/*
 * A value that is one or a list of them: how many. ERR_SYNTAX: an empty list.
 */
int compile_count(struct compile *c, const struct json *v, size_t *ret) MUST_CHECK;
/*
 * The i-th of them as text, and the place points to it. Numbers and booleans are
 * taken if scalars is set: as JSON writes them. ERR_SYNTAX.
 */
int compile_text(struct compile *c, const struct json *v, size_t i, bool scalars,
    struct str *ret) MUST_CHECK;

/* A number that is no integer, as text that reads as exactly this number.
 * ERR_RANGE: it takes more than 15 digits. */
int compile_real_write(const struct json *v, struct buf *b) MUST_CHECK;

#endif
