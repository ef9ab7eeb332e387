/*
 * names: see names.h. A merge sort that works from runs of one name upwards. Pure.
 */
#include "iam/names.h"

#include "base/alloc.h"

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Merges the sorted runs from..mid and mid..to of v into out. */
static void
merge(const struct str *v, size_t from, size_t mid, size_t to, struct str *out,
    int (*cmp)(struct str, struct str))
{
	size_t a = from, b = mid, i;

	for (i = from; i < to; i++)
		out[i] = a < mid && (b == to || cmp(v[a], v[b]) <= 0) ? v[a++] : v[b++];
}

void
names_sort(struct str *v, size_t n, int (*cmp)(struct str a, struct str b))
{
	struct str *out;
	size_t width, i;

	if (n < 2)
		return;
	out = xarray(n, sizeof(*out));
	for (width = 1; width < n; width *= 2) {
		for (i = 0; i < n; i += 2 * width)
			merge(v, i, least(i + width, n), least(i + 2 * width, n), out, cmp);
		memcpy(v, out, n * sizeof(*v));
	}
	xfree(out);
}

static int
lower(char c)
{
	return (unsigned char)str_lower(c);
}

int
names_cmp_nocase(struct str a, struct str b)
{
	size_t i;

	for (i = 0; i < a.n && i < b.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return lower(a.p[i]) - lower(b.p[i]);
	return (a.n > b.n) - (a.n < b.n);
}
