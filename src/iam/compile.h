/*
 * compile: what the parts of the policy parser share: the place in the document where they are, for
 * error messages; the memory for the compiled form; and the condition keys that were met so far.
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
	bool variables;     /* the policy has variables: its Version is 2012-10-17 */
	/* The place, as in "Statement[2].Condition.IpAddress.aws:SourceIp[0]". */
	bool in_statement, statement_listed;
	size_t statement;
	struct str path[COMPILE_DEPTH];
	size_t depth;
	bool item_listed;
	size_t item;
	/* Every condition key as it was written, each time that it was met. Heap; policy.c frees
	 * it. */
	struct str *keys;
	size_t n_keys, cap_keys;
};

/* Go one step down in the document, and up again. */
void compile_enter(struct compile *c, struct str name);
void compile_leave(struct compile *c);
/* Puts the place and `what` into ei. Always returns ERR_SYNTAX. */
int compile_fail(struct compile *c, const char *what) MUST_CHECK;

void compile_key(struct compile *c, struct str key);
/* Has it from 1 to 512 bytes without control characters? One that is not "service:name" exists in
 * no request, and is accepted all the same, as by AWS. */
bool compile_key_valid(struct str key);

/* How many values v has, which is a single value or a list of them. */
size_t compile_len(const struct json *v);
/* The same where at least one is needed. ERR_SYNTAX: the list is empty. */
int compile_count(struct compile *c, const struct json *v, size_t *ret) MUST_CHECK;
/* Takes the i-th of these values as text, and moves the place to it. If scalars is set, numbers and
 * booleans are accepted too, as JSON writes them. ERR_SYNTAX. */
int compile_text(struct compile *c, const struct json *v, size_t i, bool scalars,
    struct str *ret) MUST_CHECK;

/* Appends a number that is no integer as text that reads as exactly this number. ERR_RANGE: it
 * takes more than 15 digits. ERR_NOTFOUND or ERR_SYNTAX as json_number: v is no number. */
int compile_real_write(const struct json *v, struct buf *b) MUST_CHECK;

#endif
