/*
 * num: reads decimal integers from text, strictly: no sign but the '-' of num_i64_parse, no
 * "-0", no spaces, no leading zero (but "0" itself), nothing behind.
 */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/* ERR_SYNTAX when s is malformed, ERR_RANGE when the number is outside min..max. */
int num_u64_parse(struct str s, uint64_t min, uint64_t max, uint64_t *ret) MUST_CHECK;
int num_i64_parse(struct str s, int64_t min, int64_t max, int64_t *ret) MUST_CHECK;

#endif
