/*
 * value: the values of conditions, each of the type that its operator has. Those of the policy are
 * compiled, those of the request are read once, and then they are compared.
 */
#ifndef IAM_VALUE_H
#define IAM_VALUE_H

#include "iam/arnpattern.h"
#include "iam/cidr.h"
#include "iam/decimal.h"

enum value_type {
	VALUE_TEXT, /* compared as a whole */
	VALUE_TEXT_NOCASE,
	VALUE_TEXT_LIKE, /* may have wildcards */
	VALUE_NUMBER,
	VALUE_DATE,
	VALUE_BOOL,
	VALUE_BINARY,
	VALUE_IP,
	VALUE_ARN,
};

/* How numbers and dates are compared. Other types have only VALUE_EQ. */
enum value_cmp { VALUE_EQ, VALUE_LT, VALUE_LE, VALUE_GT, VALUE_GE };

/* A value of the policy. */
union value {
	struct pattern pattern;
	const struct arnpattern *arn;
	struct decimal number;
	struct cidr cidr;
	struct str binary; /* the base64 text */
	bool flag;
};

/* A value of the request. */
union value_subject {
	struct str text;
	struct arnpattern_subject arn;
	struct decimal number;
	struct cidr cidr;
	bool flag;
};

/* ERR_SYNTAX: text is not a value of this type. */
int value_compile(struct compile *c, enum value_type type, struct str text,
    union value *ret) MUST_CHECK;
/* Returns false if text is not a value of this type. Then it equals nothing. */
bool value_read(enum value_type type, struct str text, union value_subject *ret);
/* Returns whether "subject cmp v" is true. */
bool value_match(enum value_type type, enum value_cmp cmp, const union value *v,
    const union value_subject *subject, struct matching *m);

#endif
