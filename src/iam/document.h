/*
 * document: what is behind struct iam_policy, for the files of this room.
 */
#ifndef IAM_DOCUMENT_H
#define IAM_DOCUMENT_H

#include "codec/jsonw.h"
#include "iam/policy.h"
#include "iam/statement.h"

/* Nothing in the grammar is deeper than a list of values: 6. */
#define DOCUMENT_MAX_DEPTH 8

/* Texts of the compiled form are views into json. */
struct iam_policy {
	struct arena *arena;
	struct json *json;
	const struct json *statements; /* in json: a list, or the only one */
	struct statement *v;
	size_t n;
	const struct str *keys;
	size_t n_keys;
};

/* The text of a statement; i: below n. */
const struct json *document_statement(const struct iam_policy *p, size_t i);

/* Appends a part of a document that was compiled. */
void document_value_write(struct jsonw *w, const struct json *v);

#endif
