/*
 * num: integers from text, strictly. No sign unless signed, no spaces, no
 * leading zero (but "0"), no trailing bytes.
 */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/* ERR_SYNTAX for malformed text, ERR_RANGE outside min..max or overflow. */
int num_u64_parse(struct str s, uint64_t min, uint64_t max, uint64_t *ret) MUST_CHECK;
int num_i64_parse(struct str s, int64_t min, int64_t max, int64_t *ret) MUST_CHECK;

#endif
