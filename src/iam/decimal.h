/*
 * decimal: exact numbers with a fraction, for Numeric* and Date* conditions.
 */
#ifndef IAM_DECIMAL_H
#define IAM_DECIMAL_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/* whole + nano / 10^9; both have the same sign. */
struct decimal {
	int64_t whole; /* up to 18 digits */
	int32_t nano;
};

/*
 * [+-] digits, with a point and an exponent as in JSON; leading zeros are fine.
 * ERR_SYNTAX; ERR_RANGE: more than 18 digits before the point, or 9 behind it.
 */
int decimal_parse(struct str s, struct decimal *ret) MUST_CHECK;
/* Negative, zero or positive. */
int decimal_cmp(struct decimal a, struct decimal b);

#endif
