/*
 * condition: the Condition of a statement. All operators and all keys in it must
 * hold; of the values of a key, one (of a negated operator: none).
 */
#ifndef IAM_CONDITION_H
#define IAM_CONDITION_H

#include "iam/operator.h"

struct condition {
	struct condition_operator op;
	struct str key;
	const union value *values;
	size_t n;
};

struct condition_list {
	const struct condition *v;
	size_t n;
};

/* v: the value of "Condition", and c's place is there. ERR_SYNTAX. */
int condition_compile(struct compile *c, const struct json *v,
    struct condition_list *ret) MUST_CHECK;
bool condition_holds(const struct condition_list *l, const struct iam_context *ctx);

#endif
