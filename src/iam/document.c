/*
 * document: see document.h. Pure.
 */
#include "iam/document.h"

const struct json *
document_statement(const struct iam_policy *p, size_t i)
{
	bool listed = json_kind(p->statements) == JSON_KIND_ARRAY;

	return listed ? json_at(p->statements, i) : p->statements;
}
