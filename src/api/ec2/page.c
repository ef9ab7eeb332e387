/*
 * page: see page.h.
 */
#include "api/ec2/page.h"

#include "base/b64.h"
#include "base/num.h"
#include "base/rd.h"

#define VERSION STR("1:")
#define MAX_TOKEN_BYTES 512
#define MAX_PLACE_BYTES 64

struct str
page_token(struct call *c, struct str place)
{
	struct buf plain, token;
	struct str out;

	buf_init(&plain, MAX_TOKEN_BYTES);
	buf_init(&token, MAX_TOKEN_BYTES);
	buf_str(&plain, VERSION);
	buf_str(&plain, c->operation);
	buf_ch(&plain, ':');
	buf_str(&plain, place);
	b64_write(&token, plain.p, plain.n);
	out = arena_str(c->arena, buf_view(&token));
	buf_release(&plain);
	buf_release(&token);
	return out;
}

enum awserr
page_place(struct call *c, struct str token, struct str *ret_place)
{
	struct str operation;
	struct buf plain;
	struct rd rd;
	int r;

	buf_init(&plain, MAX_TOKEN_BYTES);
	r = b64_parse(token, &plain);
	rd = rd_of(buf_view(&plain));
	if (r == 0 && (r = rd_lit(&rd, VERSION)) == 0 &&
	    (r = rd_until(&rd, ':', 64, &operation)) == 0 &&
	    (!str_eq(operation, c->operation) || rd.rest.n == 0 || rd.rest.n > MAX_PLACE_BYTES ||
		str_has_ctl(rd.rest)))
		r = ERR_SYNTAX;
	if (r == 0)
		*ret_place = arena_str(c->arena, rd.rest);
	buf_release(&plain);
	if (r == 0)
		return AWSERR_NONE;
	return call_fail(c, AWSERR_INVALID_NEXT_TOKEN, "The token is not valid");
}

enum awserr
page_place_number(struct call *c, struct str token, int64_t *ret)
{
	struct str place;
	enum awserr e;

	if ((e = page_place(c, token, &place)) != AWSERR_NONE)
		return e;
	if (num_i64_parse(place, 1, INT64_MAX, ret) != 0)
		return call_fail(c, AWSERR_INVALID_NEXT_TOKEN, "The token is not valid");
	return AWSERR_NONE;
}
