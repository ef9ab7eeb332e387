/*
 * decimal: exact decimal fractions, for the Numeric* and Date* operators.
 */
#ifndef IAM_DECIMAL_H
#define IAM_DECIMAL_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/* The value is whole + nano / 10^9. Both have the same sign. */
struct decimal {
	int64_t whole; /* up to 18 digits */
	int32_t nano;
};

/*
 * Reads a sign or none, digits, and a point and an exponent as in JSON; leading zeros are fine.
 * ERR_SYNTAX; ERR_RANGE: more than 18 digits before the point, more than 9 behind it, or more than
 * 64 written in a row.
 */
int decimal_parse(struct str s, struct decimal *ret) MUST_CHECK;
/* Negative, zero or positive, as a is less than, equal to or greater than b. */
int decimal_cmp(struct decimal a, struct decimal b);

#endif
