/*
 * rd: reading bytes in order; see rd.h. Pure.
 */
#include "base/rd.h"

struct rd
rd_of(struct str s)
{
	return (struct rd){ s };
}

int
rd_bytes(struct rd *r, size_t n, struct str *ret)
{
	if (r->rest.n < n)
		return ERR_SYNTAX;
	*ret = str_head(r->rest, n);
	r->rest = str_from(r->rest, n);
	return 0;
}

int
rd_until(struct rd *r, char end, size_t max, struct str *ret)
{
	size_t at = str_index(r->rest, end);

	if (at == r->rest.n)
		return at > max ? ERR_TOOBIG : ERR_SYNTAX;
	if (at > max)
		return ERR_TOOBIG;
	*ret = str_head(r->rest, at);
	r->rest = str_from(r->rest, at + 1);
	return 0;
}

int
rd_lit(struct rd *r, struct str lit)
{
	if (!str_starts(r->rest, lit))
		return ERR_SYNTAX;
	r->rest = str_from(r->rest, lit.n);
	return 0;
}

int
rd_span(struct rd *r, const char *set, size_t max, struct str *ret)
{
	size_t n = 0, set_n = strlen(set);

	while (n < r->rest.n && memchr(set, r->rest.p[n], set_n) != NULL)
		n++;
	if (n == 0)
		return ERR_SYNTAX;
	if (n > max)
		return ERR_TOOBIG;
	*ret = str_head(r->rest, n);
	r->rest = str_from(r->rest, n);
	return 0;
}

static int
big_endian(struct rd *r, size_t n, uint64_t *ret)
{
	struct str s;
	uint64_t v = 0;
	size_t i;
	int e;

	if ((e = rd_bytes(r, n, &s)) != 0)
		return e;
	for (i = 0; i < n; i++)
		v = v << 8 | (uint8_t)s.p[i];
	*ret = v;
	return 0;
}

int
rd_u8(struct rd *r, uint8_t *ret)
{
	uint64_t v;
	int e = big_endian(r, 1, &v);

	if (e == 0)
		*ret = (uint8_t)v;
	return e;
}

int
rd_u16(struct rd *r, uint16_t *ret)
{
	uint64_t v;
	int e = big_endian(r, 2, &v);

	if (e == 0)
		*ret = (uint16_t)v;
	return e;
}

int
rd_u32(struct rd *r, uint32_t *ret)
{
	uint64_t v;
	int e = big_endian(r, 4, &v);

	if (e == 0)
		*ret = (uint32_t)v;
	return e;
}

int
rd_u64(struct rd *r, uint64_t *ret)
{
	return big_endian(r, 8, ret);
}

int
rd_end(const struct rd *r)
{
	return r->rest.n == 0 ? 0 : ERR_SYNTAX;
}
