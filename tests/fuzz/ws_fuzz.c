/* ws_fuzz: frames must decode to the same however they are cut. The first byte is the role. */
#include <assert.h>
#include <stdint.h>

#include "codec/ws.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Everything that is decoded as one text without the borders of pieces. */
static int
trace(enum ws_role role, const uint8_t *data, size_t size, size_t step, struct buf *out)
{
	struct ws_decoder d;
	struct ws_part part;
	struct str reason;
	struct buf copy;
	size_t at, n, used, from;
	uint16_t code;
	int r = ERR_AGAIN;

	ws_decoder_init(&d, role, 1000, 1000);
	buf_init(&copy, size);
	buf_add(&copy, data, size);
	for (at = 0; at < size && r == ERR_AGAIN; at += n) {
		n = step < size - at ? step : size - at;
		for (from = 0; (r = ws_decode(&d, (uint8_t *)copy.p + at + from, n - from, &used,
				    &part)) == 0;
		     from += used) {
			if (part.op >= WS_CLOSE)
				buf_fmt(out, "[%x]", part.op);
			buf_str(out, part.data);
			if (part.end)
				buf_fmt(out, "(end %x)", part.op);
			if (part.op == WS_CLOSE && ws_close_parse(part.data, &code, &reason) == 0)
				assert(code >= 1000 && code < 5000);
		}
		assert(r != ERR_AGAIN || from + used == n);
	}
	buf_release(&copy);
	return r;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum ws_role role;
	struct buf whole, cut;
	size_t step;
	int r;

	if (size < 2 || size > 65536)
		return 0;
	role = (data[0] & 1) != 0 ? WS_SERVER : WS_CLIENT;
	buf_init(&whole, 1 << 24);
	buf_init(&cut, 1 << 24);
	r = trace(role, data + 1, size - 1, size, &whole);
	for (step = 1; step < 12; step += 5) {
		buf_clear(&cut);
		assert(trace(role, data + 1, size - 1, step, &cut) == r);
		assert(str_eq(buf_view(&whole), buf_view(&cut)));
	}
	buf_release(&whole);
	buf_release(&cut);
	return 0;
}
