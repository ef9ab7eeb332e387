/*
 * operator: the condition operators (wire.md 7.4), with ForAllValues: and
 * ForAnyValue: before them and IfExists behind.
 */
#ifndef IAM_OPERATOR_H
#define IAM_OPERATOR_H

#include "iam/value.h"

enum operator_set { OPERATOR_SINGLE, OPERATOR_ALL_VALUES, OPERATOR_ANY_VALUE };

struct condition_operator {
	enum value_type type;
	enum value_cmp cmp;
	bool negated;
	bool null; /* Null: type says bool */
	bool if_exists;
	enum operator_set set;
};

/* Names count without regard to case. ERR_NOTFOUND. */
int operator_parse(struct str name, struct condition_operator *ret) MUST_CHECK;

#endif
