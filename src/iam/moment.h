/*
 * moment: dates as policies write them, for the Date* operators: W3C's profile of ISO 8601, or
 * seconds since 1970.
 */
#ifndef IAM_MOMENT_H
#define IAM_MOMENT_H

#include "iam/decimal.h"

/*
 * Reads a date as seconds since 1970. It is YYYY, YYYY-MM, YYYY-MM-DD, or YYYY-MM-DDThh:mm[:ss[.f]]
 * with Z or an offset "+hh:mm". Digits alone are a number of seconds, unless they are four.
 * ERR_SYNTAX, ERR_RANGE (no such day, or before 1970), ERR_TOOBIG (a fraction of more than 9
 * digits).
 */
int moment_parse(struct str s, struct decimal *ret) MUST_CHECK;

#endif
