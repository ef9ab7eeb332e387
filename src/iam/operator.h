/*
 * operator: the condition operators (wire.md 7.4), with ForAllValues: or ForAnyValue: in front and
 * IfExists at the end.
 */
#ifndef IAM_OPERATOR_H
#define IAM_OPERATOR_H

#include "iam/value.h"

enum operator_set { OPERATOR_SINGLE, OPERATOR_ALL_VALUES, OPERATOR_ANY_VALUE };

struct condition_operator {
	enum value_type type;
	enum value_cmp cmp;
	bool negated;
	bool null; /* it is "Null", whose values are VALUE_BOOL */
	bool if_exists;
	enum operator_set set;
};

/* Reads the name of an operator, without regard to case. ERR_NOTFOUND: there is none of this
 * name. */
int operator_parse(struct str name, struct condition_operator *ret) MUST_CHECK;

#endif
