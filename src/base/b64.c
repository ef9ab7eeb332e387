/*
 * b64: base 64, strictly; see b64.h. Pure.
 */
#include "base/b64.h"

#include <stdint.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
b64_write(struct buf *b, const void *p, size_t n)
{
	const uint8_t *u = p;
	char *at = buf_reserve(b, (n + 2) / 3 * 4);
	size_t i, left;
	uint32_t v;

	if (at == NULL)
		return;
	for (i = 0; i < n; i += 3) {
		left = n - i;
		v = (uint32_t)u[i] << 16;
		v |= left > 1 ? (uint32_t)u[i + 1] << 8 : 0;
		v |= left > 2 ? u[i + 2] : 0;
		*at++ = alphabet[v >> 18];
		*at++ = alphabet[v >> 12 & 63];
		*at++ = left > 1 ? alphabet[v >> 6 & 63] : '=';
		*at++ = left > 2 ? alphabet[v & 63] : '=';
	}
	buf_commit(b, (n + 2) / 3 * 4);
}

static int
digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Decodes one group of four characters, of which the last pad must be '='. */
static int
group(const char *p, size_t pad, struct buf *out)
{
	uint32_t v = 0;
	uint8_t bytes[3];
	size_t i;
	int d;

	for (i = 0; i < 4; i++) {
		d = i < 4 - pad ? digit(p[i]) : p[i] == '=' ? 0 : -1;
		if (d < 0)
			return ERR_SYNTAX;
		v = v << 6 | (uint32_t)d;
	}
	bytes[0] = (uint8_t)(v >> 16);
	bytes[1] = (uint8_t)(v >> 8);
	bytes[2] = (uint8_t)v;
	for (i = 3 - pad; i < 3; i++)
		if (bytes[i] != 0)
			return ERR_SYNTAX; /* unused bits must be zero */
	buf_add(out, bytes, 3 - pad);
	return 0;
}

int
b64_parse(struct str s, struct buf *out)
{
	size_t i, pad = 0;
	int r;

	if (s.n % 4 != 0)
		return ERR_SYNTAX;
	if (s.n > 0 && s.p[s.n - 1] == '=')
		pad = s.p[s.n - 2] == '=' ? 2 : 1;
	for (i = 0; i < s.n; i += 4)
		if ((r = group(s.p + i, i + 4 == s.n ? pad : 0, out)) != 0)
			return r;
	return buf_err(out);
}

int
b64_url_parse(struct str s, struct buf *out)
{
	struct buf b;
	size_t i;
	int r = ERR_SYNTAX;

	if (s.n % 4 == 1)
		return ERR_SYNTAX;
	buf_init(&b, s.n + 3);
	for (i = 0; i < s.n; i++) {
		if (s.p[i] == '+' || s.p[i] == '/' || s.p[i] == '=')
			goto out;
		buf_ch(&b, s.p[i] == '-' ? '+' : s.p[i] == '_' ? '/' : s.p[i]);
	}
	while (b.n % 4 != 0)
		buf_ch(&b, '=');
	r = b64_parse(buf_view(&b), out);
out:
	buf_release(&b);
	return r;
}
