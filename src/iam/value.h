/*
 * value: values of conditions, by the type that the operator gives them: those
 * of the policy compiled, those of the request read once, and compared.
 */
#ifndef IAM_VALUE_H
#define IAM_VALUE_H

#include "iam/arnpattern.h"
#include "iam/cidr.h"
#include "iam/decimal.h"

enum value_type {
	VALUE_TEXT, /* equal */
	VALUE_TEXT_NOCASE,
	VALUE_TEXT_LIKE, /* with wildcards */
	VALUE_NUMBER,
	VALUE_DATE,
	VALUE_BOOL,
	VALUE_BINARY,
	VALUE_IP,
	VALUE_ARN,
};

/* How numbers and dates are compared; the others know VALUE_EQ only. */
enum value_cmp { VALUE_EQ, VALUE_LT, VALUE_LE, VALUE_GT, VALUE_GE };

/* Of the policy. */
union value {
	struct pattern pattern;
	const struct arnpattern *arn;
	struct decimal number;
	struct cidr cidr;
	struct str binary; /* in base 64 */
	bool flag;
};

/* Of the request. */
union value_subject {
	struct str text;
	struct arnpattern_subject arn;
	struct decimal number;
	struct cidr cidr;
	bool flag;
};

/* ERR_SYNTAX: not a value of this type. */
int value_compile(struct compile *c, enum value_type type, struct str text,
    union value *ret) MUST_CHECK;
/* False when it is not a value of this type: then it equals nothing. */
bool value_read(enum value_type type, struct str text, union value_subject *ret);
/* subject CMP v */
bool value_match(enum value_type type, enum value_cmp cmp, const union value *v,
    const union value_subject *subject, const struct iam_context *ctx);

/* "true", "false", in any case. */
bool value_bool_parse(struct str text, bool *ret);

#endif
