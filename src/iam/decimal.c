/*
 * decimal: see decimal.h. Pure.
 */
#include "iam/decimal.h"

#include "base/rd.h"

#define DIGITS "0123456789"
#define MAX_DIGITS 64

/* The digits of a number without its point; `point` of them stand before it. */
struct digits {
	char d[2 * MAX_DIGITS];
	int n, point;
};

static void
add(struct digits *ds, struct str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		ds->d[ds->n++] = s.p[i];
}

/* Takes a sign, if there is one. True when it is a minus. */
static bool
sign(struct rd *rd)
{
	return rd_lit(rd, STR("+")) != 0 && rd_lit(rd, STR("-")) == 0;
}

static int
exponent(struct rd *rd, int *ret)
{
	struct str s;
	bool negative;
	int v = 0, r;
	size_t i;

	if (rd_lit(rd, STR("e")) != 0 && rd_lit(rd, STR("E")) != 0)
		return 0;
	negative = sign(rd);
	if ((r = rd_span(rd, DIGITS, 3, &s)) != 0)
		return r == ERR_TOOBIG ? ERR_RANGE : r;
	for (i = 0; i < s.n; i++)
		v = v * 10 + (s.p[i] - '0');
	*ret = negative ? -v : v;
	return 0;
}

static int
read_digits(struct rd *rd, struct digits *ds)
{
	struct str s;
	int exp = 0, r;

	if ((r = rd_span(rd, DIGITS, MAX_DIGITS, &s)) != 0)
		return r == ERR_TOOBIG ? ERR_RANGE : r;
	add(ds, s);
	ds->point = ds->n;
	if (rd_lit(rd, STR(".")) == 0) {
		if ((r = rd_span(rd, DIGITS, MAX_DIGITS, &s)) != 0)
			return r == ERR_TOOBIG ? ERR_RANGE : r;
		add(ds, s);
	}
	if ((r = exponent(rd, &exp)) != 0)
		return r;
	ds->point += exp;
	return rd_end(rd);
}

/* The digit at place i: 0 is the first one behind the point, -1 the last one before it.
 * Places that were not written are zeros. */
static int
digit(const struct digits *ds, int i)
{
	int at = ds->point + i;

	return at >= 0 && at < ds->n ? ds->d[at] - '0' : 0;
}

int
decimal_parse(struct str s, struct decimal *ret)
{
	struct digits ds = { .n = 0 };
	struct decimal v = { 0 };
	struct rd rd = rd_of(s);
	bool negative = sign(&rd);
	int i, r;

	if ((r = read_digits(&rd, &ds)) != 0)
		return r;
	for (i = 0; i < ds.n; i++)
		if (ds.d[i] != '0' && (ds.point - i > 18 || ds.point - i <= -9))
			return ERR_RANGE;
	for (i = -18; i < 0; i++)
		v.whole = v.whole * 10 + digit(&ds, i);
	for (i = 0; i < 9; i++)
		v.nano = v.nano * 10 + digit(&ds, i);
	if (negative)
		v = (struct decimal){ -v.whole, -v.nano };
	*ret = v;
	return 0;
}

int
decimal_cmp(struct decimal a, struct decimal b)
{
	if (a.whole != b.whole)
		return a.whole < b.whole ? -1 : 1;
	return (a.nano > b.nano) - (a.nano < b.nano);
}
