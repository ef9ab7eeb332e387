/*
 * place: see place.h.
 */
#include "api/place.h"

#include "base/b64.h"
#include "base/rd.h"

#define VERSION STR("1:")
#define MAX_TOKEN_BYTES 1280

struct str
place_token(struct call *c, struct str place)
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

int
place_of(struct call *c, struct str token, struct str *ret)
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
	    (!str_eq(operation, c->operation) || rd.rest.n == 0 || rd.rest.n > PLACE_MAX_BYTES ||
		str_has_ctl(rd.rest)))
		r = ERR_SYNTAX;
	if (r == 0)
		*ret = arena_str(c->arena, rd.rest);
	buf_release(&plain);
	return r == 0 ? 0 : ERR_SYNTAX;
}
