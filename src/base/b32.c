/*
 * b32: base 32; see b32.h. Pure.
 */
#include "base/b32.h"

#include <stdint.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

void
b32_write(struct buf *b, const void *p, size_t n)
{
	const uint8_t *u = p;
	uint32_t v = 0;
	unsigned bits = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		v = (v << 8 | u[i]) & 0xfff; /* at most 4 of the bits before are not written yet */
		for (bits += 8; bits >= 5; bits -= 5)
			buf_ch(b, alphabet[v >> (bits - 5) & 31]);
	}
	if (bits > 0)
		buf_ch(b, alphabet[v << (5 - bits) & 31]);
}
