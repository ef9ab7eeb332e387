/*
 * hex: base 16; see hex.h. Pure.
 */
#include "base/hex.h"

static void
write_with(struct buf *b, const void *p, size_t n, const char *alphabet)
{
	const uint8_t *u = p;
	char *at = buf_reserve(b, 2 * n);
	size_t i;

	if (at == NULL)
		return;
	for (i = 0; i < n; i++) {
		at[2 * i] = alphabet[u[i] >> 4];
		at[2 * i + 1] = alphabet[u[i] & 15];
	}
	buf_commit(b, 2 * n);
}

void
hex_write(struct buf *b, const void *p, size_t n)
{
	write_with(b, p, n, "0123456789abcdef");
}

void
hex_write_upper(struct buf *b, const void *p, size_t n)
{
	write_with(b, p, n, "0123456789ABCDEF");
}

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int
hex_parse(struct str s, uint8_t *dst, size_t n)
{
	size_t i;

	if (s.n != 2 * n)
		return ERR_SYNTAX;
	for (i = 0; i < s.n; i++)
		if (digit(s.p[i]) < 0)
			return ERR_SYNTAX;
	for (i = 0; i < n; i++)
		dst[i] = (uint8_t)(16 * digit(s.p[2 * i]) + digit(s.p[2 * i + 1]));
	return 0;
}

bool
hex_is_lower(struct str s)
{
	return s.n > 0 && str_all_in(s, "0123456789abcdef");
}
