/*
 * condition: the Condition of a statement. It holds if every operator holds for every key under it.
 * That is so when one of the listed values matches or, for a negated operator, none of them.
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

/* v is the value of "Condition", and c's place is there. ERR_SYNTAX. */
int condition_compile(struct compile *c, const struct json *v,
    struct condition_list *ret) MUST_CHECK;
bool condition_holds(const struct condition_list *l, struct matching *m);

#endif
