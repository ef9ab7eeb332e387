/*
 * document: the inside of struct iam_policy, for the files of this room alone.
 */
#ifndef IAM_DOCUMENT_H
#define IAM_DOCUMENT_H

#include "codec/jsonw.h"
#include "iam/policy.h"
#include "iam/statement.h"

/* The grammar is at most 6 levels deep, down to a list of values. */
#define DOCUMENT_MAX_DEPTH 8

/* The texts of the compiled form are views into json or lie in the arena. */
struct iam_policy {
	struct arena *arena;
	struct json *json;
	const struct json *statements; /* a view into json: a list, or the only statement */
	bool variables;                /* its Version is 2012-10-17 */
	struct statement *v;
	size_t n;
	const struct str *keys;
	size_t n_keys;
};

/* Statement i as it stands in the document; i is below n. */
const struct json *document_statement(const struct iam_policy *p, size_t i);

/* Appends a part of a document that was compiled before. */
void document_value_write(struct jsonw *w, const struct json *v);

#endif
