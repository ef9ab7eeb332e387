/*
 * num: strict integers from text; see num.h. Pure.
 */
#include "base/num.h"

/* Reads s, which has only digits, as a number. ERR_SYNTAX; ERR_RANGE above limit. */
static int
digits(struct str s, uint64_t limit, uint64_t *ret)
{
	uint64_t v = 0, d;
	size_t i;

	if (s.n == 0 || !str_all_in(s, "0123456789"))
		return ERR_SYNTAX;
	if (s.n > 1 && s.p[0] == '0')
		return ERR_SYNTAX;
	for (i = 0; i < s.n; i++) {
		d = (uint64_t)(s.p[i] - '0');
		if (v > (limit - d) / 10)
			return ERR_RANGE;
		v = v * 10 + d;
	}
	*ret = v;
	return 0;
}

int
num_u64_parse(struct str s, uint64_t min, uint64_t max, uint64_t *ret)
{
	uint64_t v;
	int r;

	if ((r = digits(s, UINT64_MAX, &v)) != 0)
		return r;
	if (v < min || v > max)
		return ERR_RANGE;
	*ret = v;
	return 0;
}

int
num_i64_parse(struct str s, int64_t min, int64_t max, int64_t *ret)
{
	bool negative = s.n > 0 && s.p[0] == '-';
	uint64_t v;
	int64_t signed_v;
	int r;

	if ((r = digits(negative ? str_from(s, 1) : s, INT64_MAX, &v)) != 0)
		return r;
	if (negative && v == 0)
		return ERR_SYNTAX;
	signed_v = negative ? -(int64_t)v : (int64_t)v;
	if (signed_v < min || signed_v > max)
		return ERR_RANGE;
	*ret = signed_v;
	return 0;
}
