/*
 * moment: see moment.h. A date in one of the shorter forms is completed to the full form,
 * which is the one that base/date reads. Pure.
 */
#include "iam/moment.h"

#include "base/date.h"
#include "base/num.h"
#include "base/rd.h"

#define DIGITS "0123456789"

static int
seconds(struct str s, struct decimal *ret)
{
	*ret = (struct decimal){ 0 };
	return num_i64_parse(s, 0, 999999999999, &ret->whole);
}

static int
two_digits(struct rd *rd, int64_t max, int64_t *ret)
{
	struct str s;
	int r;

	if ((r = rd_bytes(rd, 2, &s)) != 0)
		return r;
	if (!str_all_in(s, DIGITS))
		return ERR_SYNTAX;
	*ret = (s.p[0] - '0') * 10 + (s.p[1] - '0');
	return *ret > max ? ERR_RANGE : 0;
}

/* Reads "Z", "+01:00" or "-09:30" as seconds east of Greenwich. */
static int
zone(struct rd *rd, int64_t *ret)
{
	int64_t hours, minutes;
	bool west;
	int r;

	*ret = 0;
	if (rd_lit(rd, STR("Z")) == 0)
		return rd_end(rd);
	west = rd_lit(rd, STR("-")) == 0;
	if ((!west && (r = rd_lit(rd, STR("+"))) != 0) || (r = two_digits(rd, 23, &hours)) != 0 ||
	    (r = rd_lit(rd, STR(":"))) != 0 || (r = two_digits(rd, 59, &minutes)) != 0)
		return r;
	*ret = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
	return rd_end(rd);
}

/* Reads a fraction of a second such as ".5" if there is one, as nanoseconds. */
static int
fraction(struct rd *rd, int32_t *ret)
{
	struct str s;
	size_t i;
	int r;

	*ret = 0;
	if (rd_lit(rd, STR(".")) != 0)
		return 0;
	if ((r = rd_span(rd, DIGITS, 9, &s)) != 0)
		return r;
	for (i = 0; i < 9; i++)
		*ret = *ret * 10 + (i < s.n ? s.p[i] - '0' : 0);
	return 0;
}

/* Completes s to the full form from the right with the earliest moment that s can mean. */
static int
completed(struct str s, struct decimal *ret)
{
	char text[] = "1970-01-01T00:00:00Z";

	memcpy(text, s.p, s.n);
	*ret = (struct decimal){ 0 };
	return date_iso_parse(str_of_n(text, sizeof(text) - 1), &ret->whole);
}

int
moment_parse(struct str s, struct decimal *ret)
{
	static const size_t minutes = sizeof("YYYY-MM-DDThh:mm") - 1, colon_ss = 3;
	struct decimal at = { 0 };
	struct rd rd;
	int64_t east;
	size_t n = minutes;
	int32_t nano;
	int r;

	if (s.n == 4)
		return completed(s, ret);
	if (str_all_in(s, DIGITS))
		return seconds(s, ret);
	if (s.n == sizeof("YYYY-MM") - 1 || s.n == sizeof("YYYY-MM-DD") - 1)
		return completed(s, ret);
	if (s.n < minutes)
		return ERR_SYNTAX;
	if (s.n > minutes + colon_ss && s.p[minutes] == ':')
		n += colon_ss;
	rd = rd_of(str_from(s, n));
	if ((r = completed(str_head(s, n), &at)) != 0 ||
	    (n > minutes && (r = fraction(&rd, &nano)) != 0) || (r = zone(&rd, &east)) != 0)
		return r;
	if (n > minutes)
		at.nano = nano;
	at.whole -= east;
	*ret = at;
	return at.whole < 0 ? ERR_RANGE : 0;
}
