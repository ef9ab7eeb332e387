/*
 * date: times as text, in the forms that AWS and HTTP use; see date.h. Pure: the calendar is
 * computed here (proleptic Gregorian, years 1970 to 9999).
 */
#include "base/date.h"

#include "base/num.h"
#include "base/rd.h"

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
static const char days[] = "SunMonTueWedThuFriSat";

struct civil {
	uint64_t year, month, day, hour, minute, second;
};

/* Days since 1970-01-01, counted in years that begin in March. */
static int64_t
days_of(uint64_t year, uint64_t month, uint64_t day)
{
	int64_t y = (int64_t)(month <= 2 ? year - 1 : year);
	int64_t m = (int64_t)(month + 9) % 12;

	return 365 * y + y / 4 - y / 100 + y / 400 + (m * 306 + 5) / 10 + (int64_t)day - 1 - 719468;
}

static void
civil_of(int64_t at_s, struct civil *ret)
{
	int64_t z, era, doe, yoe, doy, mp, secs;

	if (at_s < 0)
		at_s = 0;
	secs = at_s % 86400;
	z = at_s / 86400 + 719468;
	era = z / 146097;
	doe = z - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	ret->day = (uint64_t)(doy - (153 * mp + 2) / 5 + 1);
	ret->month = (uint64_t)(mp < 10 ? mp + 3 : mp - 9);
	ret->year = (uint64_t)(yoe + era * 400 + (ret->month <= 2 ? 1 : 0));
	ret->hour = (uint64_t)(secs / 3600);
	ret->minute = (uint64_t)(secs % 3600 / 60);
	ret->second = (uint64_t)(secs % 60);
}

void
date_iso_write(struct buf *b, int64_t at_s)
{
	struct civil c;

	civil_of(at_s, &c);
	buf_fmt(b, "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)c.year, (unsigned)c.month,
	    (unsigned)c.day, (unsigned)c.hour, (unsigned)c.minute, (unsigned)c.second);
}

void
date_iso_ms_write(struct buf *b, int64_t at_ms)
{
	struct civil c;

	civil_of(at_ms / 1000, &c);
	buf_fmt(b, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", (unsigned)c.year, (unsigned)c.month,
	    (unsigned)c.day, (unsigned)c.hour, (unsigned)c.minute, (unsigned)c.second,
	    (unsigned)(at_ms < 0 ? 0 : at_ms % 1000));
}

void
date_basic_write(struct buf *b, int64_t at_s)
{
	struct civil c;

	civil_of(at_s, &c);
	buf_fmt(b, "%04u%02u%02uT%02u%02u%02uZ", (unsigned)c.year, (unsigned)c.month,
	    (unsigned)c.day, (unsigned)c.hour, (unsigned)c.minute, (unsigned)c.second);
}

static const char *
weekday(int64_t at_s)
{
	return days + 3 * ((at_s / 86400 + 4) % 7);
}

void
date_http_write(struct buf *b, int64_t at_s)
{
	struct civil c;

	if (at_s < 0)
		at_s = 0;
	civil_of(at_s, &c);
	buf_fmt(b, "%.3s, %02u %.3s %04u %02u:%02u:%02u GMT", weekday(at_s), (unsigned)c.day,
	    months + 3 * (c.month - 1), (unsigned)c.year, (unsigned)c.hour, (unsigned)c.minute,
	    (unsigned)c.second);
}

void
date_gmt_write(struct buf *b, int64_t at_s)
{
	struct civil c;

	civil_of(at_s, &c);
	buf_fmt(b, "%04u-%02u-%02u %02u:%02u:%02u GMT", (unsigned)c.year, (unsigned)c.month,
	    (unsigned)c.day, (unsigned)c.hour, (unsigned)c.minute, (unsigned)c.second);
}

void
date_words_write(struct buf *b, int64_t at_s)
{
	struct civil c;

	civil_of(at_s, &c);
	buf_fmt(b, "%.3s %u, %u %u:%02u:%02u %s", months + 3 * (c.month - 1), (unsigned)c.day,
	    (unsigned)c.year, c.hour % 12 == 0 ? 12 : (unsigned)c.hour % 12, (unsigned)c.minute,
	    (unsigned)c.second, c.hour < 12 ? "AM" : "PM");
}

/* Reads exactly n digits; leading zeros are allowed. */
static int
fixed(struct rd *r, size_t n, uint64_t *ret)
{
	struct str s;
	uint64_t v = 0;
	size_t i;
	int e;

	if ((e = rd_bytes(r, n, &s)) != 0)
		return e;
	if (!str_all_in(s, "0123456789"))
		return ERR_SYNTAX;
	for (i = 0; i < n; i++)
		v = v * 10 + (uint64_t)(s.p[i] - '0');
	*ret = v;
	return 0;
}

static uint64_t
month_days(uint64_t year, uint64_t month)
{
	static const uint8_t n[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return n[month - 1] + (month == 2 && leap ? 1u : 0u);
}

static int
civil_time(const struct civil *c, int64_t *ret)
{
	if (c->year < 1970 || c->month < 1 || c->month > 12 || c->day < 1 ||
	    c->day > month_days(c->year, c->month) || c->hour > 23 || c->minute > 59 ||
	    c->second > 59)
		return ERR_RANGE;
	*ret = days_of(c->year, c->month, c->day) * 86400 + (int64_t)c->hour * 3600 +
	    (int64_t)c->minute * 60 + (int64_t)c->second;
	return 0;
}

static int
time_of_day(struct rd *r, struct str sep, struct civil *c)
{
	int e;

	if ((e = fixed(r, 2, &c->hour)) != 0 || (e = rd_lit(r, sep)) != 0 ||
	    (e = fixed(r, 2, &c->minute)) != 0 || (e = rd_lit(r, sep)) != 0)
		return e;
	return fixed(r, 2, &c->second);
}

static int
iso_like(struct str s, struct str date_sep, struct str time_sep, bool fraction, int64_t *ret)
{
	struct rd r = rd_of(s);
	struct civil c;
	struct str drop;
	int e;

	if ((e = fixed(&r, 4, &c.year)) != 0 || (e = rd_lit(&r, date_sep)) != 0 ||
	    (e = fixed(&r, 2, &c.month)) != 0 || (e = rd_lit(&r, date_sep)) != 0 ||
	    (e = fixed(&r, 2, &c.day)) != 0 || (e = rd_lit(&r, STR("T"))) != 0 ||
	    (e = time_of_day(&r, time_sep, &c)) != 0)
		return e;
	if (fraction && rd_lit(&r, STR(".")) == 0 && rd_span(&r, "0123456789", 9, &drop) != 0)
		return ERR_SYNTAX;
	if ((e = rd_lit(&r, STR("Z"))) != 0 || (e = rd_end(&r)) != 0)
		return e;
	return civil_time(&c, ret);
}

int
date_iso_parse(struct str s, int64_t *ret_at_s)
{
	return iso_like(s, STR("-"), STR(":"), true, ret_at_s);
}

int
date_basic_parse(struct str s, int64_t *ret_at_s)
{
	return iso_like(s, STR(""), STR(""), false, ret_at_s);
}

static int
month_name(struct rd *r, uint64_t *ret)
{
	struct str s;
	uint64_t m;
	int e;

	if ((e = rd_bytes(r, 3, &s)) != 0)
		return e;
	for (m = 0; m < 12; m++)
		if (str_eq(s, str_of_n(months + 3 * m, 3))) {
			*ret = m + 1;
			return 0;
		}
	return ERR_SYNTAX;
}

int
date_http_parse(struct str s, int64_t *ret_at_s)
{
	struct rd r = rd_of(s);
	struct civil c;
	struct str day;
	int64_t at;
	int e;

	if ((e = rd_bytes(&r, 3, &day)) != 0 || (e = rd_lit(&r, STR(", "))) != 0 ||
	    (e = fixed(&r, 2, &c.day)) != 0 || (e = rd_lit(&r, STR(" "))) != 0 ||
	    (e = month_name(&r, &c.month)) != 0 || (e = rd_lit(&r, STR(" "))) != 0 ||
	    (e = fixed(&r, 4, &c.year)) != 0 || (e = rd_lit(&r, STR(" "))) != 0 ||
	    (e = time_of_day(&r, STR(":"), &c)) != 0 || (e = rd_lit(&r, STR(" GMT"))) != 0 ||
	    (e = rd_end(&r)) != 0 || (e = civil_time(&c, &at)) != 0)
		return e;
	if (!str_eq(day, str_of_n(weekday(at), 3)))
		return ERR_SYNTAX;
	*ret_at_s = at;
	return 0;
}
