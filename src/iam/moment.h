/*
 * moment: dates as policies write them (W3C's profile of ISO 8601, or seconds
 * since 1970), for Date* conditions.
 */
#ifndef IAM_MOMENT_H
#define IAM_MOMENT_H

#include "iam/decimal.h"

/*
 * Seconds since 1970. YYYY, YYYY-MM, YYYY-MM-DD, YYYY-MM-DDThh:mm[:ss[.f]] with Z
 * or an offset "+hh:mm"; other digits than 4 are seconds. ERR_SYNTAX, ERR_RANGE
 * (no such day, before 1970).
 */
int moment_parse(struct str s, struct decimal *ret) MUST_CHECK;

#endif
