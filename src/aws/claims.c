/*
 * claims: see claims.h. Times are 64 bits, big-endian.
 */
#include "aws/claims.h"

#define VERSION 1

enum { FLAG_MFA = 1, FLAG_CHAINED = 2, FLAGS = 3 };

static void
put_time(struct buf *b, int64_t at_s)
{
	unsigned shift;

	for (shift = 64; shift > 0; shift -= 8)
		buf_ch(b, (char)((uint64_t)at_s >> (shift - 8)));
}

void
claims_head_write(struct buf *b, const struct claims_head *v)
{
	buf_ch(b, VERSION);
	buf_ch(b, (char)v->type);
	buf_ch(b, (char)((v->mfa ? FLAG_MFA : 0) | (v->chained ? FLAG_CHAINED : 0)));
	put_time(b, v->issued_at);
	put_time(b, v->expires_at);
	put_time(b, v->mfa_at);
}

static int
get_time(struct rd *r, int64_t *ret)
{
	uint64_t v;

	if (rd_u64(r, &v) != 0 || v > INT64_MAX)
		return ERR_SYNTAX;
	*ret = (int64_t)v;
	return 0;
}

int
claims_head_read(struct rd *r, struct claims_head *ret)
{
	struct claims_head v = { .type = 0 };
	struct rd at = *r;
	uint8_t version, flags;

	if (rd_u8(&at, &version) != 0 || version != VERSION || rd_u8(&at, &v.type) != 0 ||
	    rd_u8(&at, &flags) != 0 || flags > FLAGS || get_time(&at, &v.issued_at) != 0 ||
	    get_time(&at, &v.expires_at) != 0 || get_time(&at, &v.mfa_at) != 0)
		return ERR_SYNTAX;
	v.mfa = (flags & FLAG_MFA) != 0;
	v.chained = (flags & FLAG_CHAINED) != 0;
	*r = at;
	*ret = v;
	return 0;
}
