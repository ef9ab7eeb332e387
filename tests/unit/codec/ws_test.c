/*
 * ws_test: tests the frames of RFC 6455 section 5.7 and others, whole and cut at every byte, what
 * the decoder refuses, and the opening handshake with the key of section 1.3.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "codec/ws.h"
#include "codec/ws_handshake.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define L(lit) \
	{ \
		(lit), sizeof(lit) - 1 \
	}

#define MASK "\x37\xfa\x21\x3d"

/*
 * Decodes in, fed in pieces of a first cut and then `step`, into a trace:
 * data joined as T or B, "." where a message ends, and control frames as
 * "[op:payload]". Returns the last code.
 */
static int
trace(enum ws_role role, uint64_t max, struct str in, size_t cut, size_t step, struct buf *out)
{
	struct ws_decoder d;
	struct ws_part part;
	size_t at = 0, n, used, from;
	uint8_t *copy;
	int r = ERR_AGAIN;

	ws_decoder_init(&d, role, max, max);
	while (at < in.n) {
		n = at == 0 ? cut : step;
		n = n < in.n - at ? n : in.n - at;
		copy = xalloc(n);
		memcpy(copy, in.p + at, n);
		for (from = 0; (r = ws_decode(&d, copy + from, n - from, &used, &part)) == 0;
		     from += used) {
			if (part.op >= WS_CLOSE)
				buf_fmt(out, "[%x:", part.op);
			else if (part.data.n > 0)
				buf_ch(out, part.op == WS_TEXT ? 'T' : 'B');
			buf_str(out, part.data);
			if (part.end)
				buf_ch(out, part.op >= WS_CLOSE ? ']' : '.');
		}
		assert_true(r != ERR_AGAIN || from + used == n);
		xfree(copy);
		at += n;
		if (r != ERR_AGAIN)
			break;
	}
	return r;
}

/* Takes out the marks before pieces of data, which depend on the cut. */
static void
join_pieces(struct buf *b)
{
	size_t i, n = 0;

	for (i = 0; i < b->n; i++)
		if (b->p[i] != 'T' && b->p[i] != 'B')
			b->p[n++] = b->p[i];
	b->n = n;
}

static void
decodes_at_every_cut(void **state)
{
	static const struct {
		enum ws_role role;
		struct str in;
		const char *want;
	} rows[] = {
		{ WS_CLIENT, L("\x81\x05Hello"), "THello." },
		{ WS_SERVER, L("\x81\x85" MASK "\x7f\x9f\x4d\x51\x58"), "THello." },
		{ WS_CLIENT, L("\x01\x03Hel\x80\x02lo"), "THelTlo." },
		{ WS_CLIENT, L("\x89\x05Hello"), "[9:Hello]" },
		{ WS_SERVER, L("\x8a\x85" MASK "\x7f\x9f\x4d\x51\x58"), "[a:Hello]" },
		{ WS_CLIENT, L("\x82\x00\x82\x01x"), ".Bx." },
		{ WS_SERVER, L("\x82\x80" MASK "\x82\x80" MASK), ".." },
		{ WS_CLIENT,
		    L("\x01\x01"
		      "a\x89\x01p\x00\x00\x00\x01"
		      "b\x8a\x00\x80\x00"),
		    "Ta[9:p]Tb[a:]." },
		{ WS_CLIENT, L("\x88\x00"), "[8:]" },
		{ WS_CLIENT, L("\x82\x02hi\x88\x02\x03\xe8"), "Bhi.[8:\x03\xe8]" },
	};
	struct buf b, want;
	size_t i, cut;

	(void)state;
	buf_init(&b, 200);
	buf_init(&want, 200);
	for (i = 0; i < COUNT(rows); i++) {
		buf_clear(&b);
		assert_int_equal(trace(rows[i].role, 10, rows[i].in, 99, 1, &b), ERR_AGAIN);
		assert_true(str_eq_c(buf_view(&b), rows[i].want));
		buf_clear(&want);
		buf_c(&want, rows[i].want);
		join_pieces(&want);
		for (cut = 1; cut <= rows[i].in.n; cut++) {
			buf_clear(&b);
			assert_int_equal(trace(rows[i].role, 10, rows[i].in, cut, cut == 1 ? 1 : 99,
					     &b),
			    ERR_AGAIN);
			join_pieces(&b);
			assert_true(str_eq(buf_view(&b), buf_view(&want)));
		}
	}
	buf_release(&b);
	buf_release(&want);
}

/* Long frames, masked and not, in pieces of every size from 1 to 17. */
static void
streams_long_frames(void **state)
{
	static const size_t sizes[] = { 125, 126, 127, 65535, 65536, 70001 };
	static const uint8_t mask[4] = { 1, 2, 3, 0xfe };
	struct buf frame, got, want;
	size_t i, k, step;

	(void)state;
	buf_init(&frame, 80000);
	buf_init(&got, 200000);
	buf_init(&want, 80000);
	for (i = 0; i < COUNT(sizes); i++) {
		buf_clear(&want);
		for (k = 0; k < sizes[i]; k++)
			buf_ch(&want, (char)('a' + k % 23));
		for (step = 1; step<18; step += sizes[i]> 1000 ? 7 : 1) {
			buf_clear(&frame);
			buf_clear(&got);
			ws_frame_write(&frame, WS_BINARY, buf_view(&want), mask);
			assert_int_equal(buf_err(&frame), 0);
			assert_int_equal(frame.n,
			    sizes[i] +
				(sizes[i] < 126            ? 6
					: sizes[i] < 65536 ? 8
							   : 14));
			assert_int_equal(trace(WS_SERVER, sizes[i], buf_view(&frame), step, step,
					     &got),
			    ERR_AGAIN);
			join_pieces(&got);
			assert_int_equal(got.p[got.n - 1], '.');
			assert_true(str_eq(str_head(buf_view(&got), got.n - 1), buf_view(&want)));
		}
		buf_clear(&frame);
		buf_clear(&got);
		ws_frame_write(&frame, WS_TEXT, buf_view(&want), NULL);
		assert_int_equal(trace(WS_CLIENT, sizes[i], buf_view(&frame), frame.n, 1, &got),
		    ERR_AGAIN);
		assert_int_equal(got.n, sizes[i] + 2);
	}
	buf_release(&frame);
	buf_release(&got);
	buf_release(&want);
}

static void
refuses_at_every_cut(void **state)
{
	static const struct {
		enum ws_role role;
		int want;
		struct str in;
	} rows[] = {
		{ WS_SERVER, ERR_SYNTAX, L("\x81\x05Hello") }, /* not masked */
		{ WS_CLIENT, ERR_SYNTAX, L("\x81\x85" MASK "\x7f\x9f\x4d\x51\x58") },
		{ WS_CLIENT, ERR_SYNTAX, L("\xc1\x00") }, /* reserved bits */
		{ WS_CLIENT, ERR_SYNTAX, L("\xa1\x00") },
		{ WS_CLIENT, ERR_SYNTAX, L("\x91\x00") },
		{ WS_CLIENT, ERR_SYNTAX, L("\xc9\x00") },
		{ WS_CLIENT, ERR_SYNTAX, L("\x83\x00") }, /* opcodes */
		{ WS_CLIENT, ERR_SYNTAX, L("\x87\x00") },
		{ WS_CLIENT, ERR_SYNTAX, L("\x8b\x00") },
		{ WS_CLIENT, ERR_SYNTAX, L("\x8f\x00") },
		{ WS_CLIENT, ERR_SYNTAX, L("\x09\x00") }, /* control frames */
		{ WS_CLIENT, ERR_SYNTAX, L("\x08\x00") },
		{ WS_CLIENT, ERR_SYNTAX, L("\x89\x7e\x00\x7e") },
		{ WS_CLIENT, ERR_SYNTAX, L("\x88\x7f\x00") },
		{ WS_CLIENT, ERR_SYNTAX, L("\x80\x00") }, /* nothing to continue */
		{ WS_CLIENT, ERR_SYNTAX, L("\x82\x00\x80\x00") },
		{ WS_CLIENT, ERR_SYNTAX, L("\x02\x00\x82\x00") }, /* not continued */
		{ WS_CLIENT, ERR_SYNTAX, L("\x02\x00\x89\x00\x81\x00") },
		{ WS_CLIENT, ERR_SYNTAX, L("\x82\x7e\x00\x7d") }, /* longer than needed */
		{ WS_CLIENT, ERR_SYNTAX, L("\x82\x7f\x00\x00\x00\x00\x00\x00\xff\xff") },
		{ WS_CLIENT, ERR_SYNTAX, L("\x82\x7f\x80\x00\x00\x00\x00\x01\x00\x00") },
		{ WS_CLIENT, ERR_TOOBIG, L("\x82\x0b") },
		{ WS_CLIENT, ERR_TOOBIG,
		    L("\x02\x06"
		      "123456\x80\x05") },
		{ WS_CLIENT, ERR_TOOBIG, L("\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff") },
	};
	struct buf b;
	size_t i, cut;

	(void)state;
	buf_init(&b, 100);
	for (i = 0; i < COUNT(rows); i++)
		for (cut = 1; cut <= rows[i].in.n; cut++) {
			buf_clear(&b);
			assert_int_equal(trace(rows[i].role, 10, rows[i].in, cut, 1, &b),
			    rows[i].want);
		}
	buf_release(&b);
}

static void
message_limit_starts_anew(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	assert_int_equal(trace(WS_CLIENT, 3,
			     (struct str)L("\x82\x03"
					   "123\x02\x02"
					   "12\x80\x01"
					   "3"),
			     99, 1, &b),
	    ERR_AGAIN);
	assert_true(str_eq_c(buf_view(&b), "B123.B12B3."));
	buf_clear(&b);
	assert_int_equal(trace(WS_CLIENT, 3,
			     (struct str)L("\x82\x03"
					   "123\x02\x02"
					   "12\x80\x02"
					   "34"),
			     99, 1, &b),
	    ERR_TOOBIG);
	buf_release(&b);
}

static void
parses_close(void **state)
{
	static const struct {
		struct str in;
		int want;
		uint16_t code;
		const char *reason;
	} rows[] = {
		{ L(""), 0, 1005, "" },
		{ L("\x03\xe8"), 0, 1000, "" },
		{ L("\x03\xe9gone \xc3\xa4"), 0, 1001, "gone \xc3\xa4" },
		{ L("\x03\xf3"), 0, 1011, "" },
		{ L("\x0b\xb8"), 0, 3000, "" },
		{ L("\x13\x87x"), 0, 4999, "x" },
		{ L("\x03"), ERR_SYNTAX, 0, "" },
		{ L("\x00\x00"), ERR_SYNTAX, 0, "" },
		{ L("\x03\xe7"), ERR_SYNTAX, 0, "" },
		{ L("\x03\xec"), ERR_SYNTAX, 0, "" }, /* 1004 */
		{ L("\x03\xed"), ERR_SYNTAX, 0, "" }, /* 1005 */
		{ L("\x03\xee"), ERR_SYNTAX, 0, "" }, /* 1006 */
		{ L("\x03\xf7"), ERR_SYNTAX, 0, "" }, /* 1015 */
		{ L("\x0b\xb7"), ERR_SYNTAX, 0, "" }, /* 2999 */
		{ L("\x13\x88"), ERR_SYNTAX, 0, "" }, /* 5000 */
		{ L("\x03\xe8\xff"), ERR_SYNTAX, 0, "" },
	};
	struct str reason;
	uint16_t code;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		code = 0;
		reason = STR("");
		assert_int_equal(ws_close_parse(rows[i].in, &code, &reason), rows[i].want);
		assert_int_equal(code, rows[i].code);
		assert_true(str_eq_c(reason, rows[i].reason));
	}
}

static void
writes_close(void **state)
{
	static const uint8_t mask[4] = { 0x37, 0xfa, 0x21, 0x3d };
	char reason[130];
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 200);
	ws_close_write(&b, 1008, STR("no"), NULL);
	assert_true(str_eq(buf_view(&b), STR("\x88\x04\x03\xf0no")));
	buf_clear(&b);
	ws_close_write(&b, 1000, STR(""), mask);
	assert_true(str_eq(buf_view(&b), STR("\x88\x82" MASK "\x34\x12")));
	buf_clear(&b);
	ws_close_write(&b, WS_CODE_NONE, STR("not said"), NULL);
	assert_true(str_eq(buf_view(&b), str_of_n("\x88\x00", 2)));
	buf_clear(&b);
	for (i = 0; i + 1 < sizeof(reason); i += 2)
		memcpy(reason + i, "\xc3\xa4", 2);
	ws_close_write(&b, 1000, str_of_n(reason, sizeof(reason)), NULL);
	assert_int_equal(b.n, 2 + 2 + 122); /* no half character */
	buf_clear(&b);
	ws_close_write(&b, 1000,
	    STR("ab\xff"
		"c"),
	    NULL);
	assert_true(str_eq(buf_view(&b),
	    STR("\x88\x04\x03\xe8"
		"ab")));
	buf_release(&b);
}

/* A text and a binary message have limits of their own, from the head on. */
static void
limits_by_kind(void **state)
{
	static const struct {
		const char *frame;
		int want;
	} rows[] = {
		{ "\x81\x04", ERR_AGAIN },
		{ "\x81\x05", ERR_TOOBIG },
		{ "\x82\x08", ERR_AGAIN },
		{ "\x82\x09", ERR_TOOBIG },
	};
	struct ws_decoder d;
	struct ws_part part;
	uint8_t bytes[2];
	size_t i, used;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		memcpy(bytes, rows[i].frame, 2);
		ws_decoder_init(&d, WS_CLIENT, 4, 8);
		assert_int_equal(ws_decode(&d, bytes, 2, &used, &part), rows[i].want);
	}
}

static void
masks_every_byte(void **state)
{
	static const uint8_t mask[4] = { 0x11, 0x22, 0x44, 0x88 };
	static const char zeros[40];
	struct buf b;
	size_t n, i;

	(void)state;
	buf_init(&b, 100);
	for (n = 0; n <= sizeof(zeros); n++) {
		buf_clear(&b);
		ws_frame_write(&b, WS_BINARY, str_of_n(zeros, n), mask);
		assert_int_equal(b.n, 6 + n);
		for (i = 0; i < n; i++)
			assert_int_equal((uint8_t)b.p[6 + i], mask[i % 4]);
	}
	buf_release(&b);
}

#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

static void
computes_the_key_of_the_rfc(void **state)
{
	char key[WS_HANDSHAKE_KEY_LEN + 1];

	(void)state;
	ws_handshake_key(key, (const uint8_t *)"the sample nonce");
	assert_string_equal(key, KEY);
}

static const struct http_limits limits = { 1000, 1000, 20, 1000 };

static int
check_request(const char *in, struct str *ret_key)
{
	static char key[WS_HANDSHAKE_KEY_LEN + 1];
	struct http_reader *r = http_reader_new_request(&limits);
	struct str view;
	size_t used;
	int e;

	assert_int_equal(http_reader_feed(r, str_of(in), &used), HTTP_COMPLETE);
	if ((e = ws_handshake_check(http_reader_request(r), &view)) == 0) {
		assert_int_equal(str_copy(key, sizeof(key), view), 0);
		*ret_key = str_of(key);
	}
	http_reader_free(r);
	return e;
}

#define GET "GET /openTunnel HTTP/1.1\r\nHost: a\r\n"
#define WS "Upgrade: websocket\r\nConnection: Upgrade\r\n"

static void
checks_requests(void **state)
{
	static const struct {
		const char *in;
		int want;
	} rows[] = {
		{ GET WS "Sec-WebSocket-Key: " KEY "\r\nSec-WebSocket-Version: 13\r\n\r\n", 0 },
		{ GET "upgrade: WebSocket\r\nconnection: keep-alive, upgrade\r\n"
		      "sec-websocket-key: " KEY "\r\nsec-websocket-version: 13\r\n\r\n",
		    0 },
		{ GET WS "Sec-WebSocket-Key: " KEY "\r\nSec-WebSocket-Version: 8\r\n\r\n",
		    ERR_UNSUPPORTED },
		{ GET WS "Sec-WebSocket-Key: " KEY "\r\n\r\n", ERR_SYNTAX },
		{ GET WS "Sec-WebSocket-Version: 13\r\n\r\n", ERR_SYNTAX },
		{ GET WS "Sec-WebSocket-Key: dGhl\r\nSec-WebSocket-Version: 13\r\n\r\n",
		    ERR_SYNTAX },
		{ GET WS "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=!\r\n"
			 "Sec-WebSocket-Version: 13\r\n\r\n",
		    ERR_SYNTAX },
		{ GET WS "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZWE=\r\n"
			 "Sec-WebSocket-Version: 13\r\n\r\n",
		    ERR_SYNTAX }, /* 17 bytes */
		{ GET WS "Sec-WebSocket-Key: " KEY "\r\nSec-WebSocket-Key: " KEY "\r\n"
			 "Sec-WebSocket-Version: 13\r\n\r\n",
		    ERR_SYNTAX },
		{ GET "\r\n", ERR_BADSTATE },
		{ GET "Upgrade: websocket\r\n\r\n", ERR_BADSTATE },
		{ GET "Upgrade: h2c\r\nConnection: Upgrade\r\n\r\n", ERR_BADSTATE },
	};
	struct str key;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		key = STR(KEY);
		assert_int_equal(check_request(rows[i].in, &key), rows[i].want);
		assert_true(str_eq_c(key, KEY));
	}
}

static int
check_response(const char *in)
{
	struct http_reader *r = http_reader_new_response(&limits);
	size_t used;
	int e;

	assert_int_equal(http_reader_feed(r, str_of(in), &used), HTTP_COMPLETE);
	e = ws_handshake_check_response(http_reader_response(r), STR(KEY));
	http_reader_free(r);
	return e;
}

#define SWITCH "HTTP/1.1 101 Switching Protocols\r\n"

static void
checks_responses(void **state)
{
	static const struct {
		const char *in;
		int want;
	} rows[] = {
		{ SWITCH WS "Sec-WebSocket-Accept: " ACCEPT "\r\n\r\n", 0 },
		{ SWITCH "upgrade: WEBSOCKET\r\nconnection: upgrade\r\n"
			 "sec-websocket-accept: " ACCEPT "\r\n\r\n",
		    0 },
		{ "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", ERR_DENIED },
		{ "HTTP/1.1 200 OK\r\n" WS "Sec-WebSocket-Accept: " ACCEPT
		  "\r\nContent-Length: 0\r\n\r\n",
		    ERR_DENIED },
		{ SWITCH WS "\r\n", ERR_SYNTAX },
		{ SWITCH WS "Sec-WebSocket-Accept: s3pplmbitxaq9kygzzhzrbk+xoo=\r\n\r\n",
		    ERR_SYNTAX },
		{ SWITCH "Connection: Upgrade\r\nSec-WebSocket-Accept: " ACCEPT "\r\n\r\n",
		    ERR_SYNTAX },
		{ SWITCH "Upgrade: websocket\r\nSec-WebSocket-Accept: " ACCEPT "\r\n\r\n",
		    ERR_SYNTAX },
		{ SWITCH "Upgrade: h2c\r\nConnection: Upgrade\r\n"
			 "Sec-WebSocket-Accept: " ACCEPT "\r\n\r\n",
		    ERR_SYNTAX },
		{ SWITCH WS "Sec-WebSocket-Accept: " ACCEPT "\r\nSec-WebSocket-Protocol: x\r\n\r\n",
		    ERR_SYNTAX },
		{ SWITCH WS "Sec-WebSocket-Accept: " ACCEPT
			    "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
		    ERR_SYNTAX },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++)
		assert_int_equal(check_response(rows[i].in), rows[i].want);
}

static void
writes_both_sides(void **state)
{
	static const struct http_header id = { L("x-amzn-RequestId"), L("r") };
	struct http_header many[17];
	struct ws_handshake w = { STR("eice.example"), STR("/openTunnel?a=b"), STR(KEY), &id, 1 };
	struct str key = STR("");
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 1000);
	assert_int_equal(ws_handshake_write_response(&b, STR(KEY), &id, 1), 0);
	assert_true(str_eq_c(buf_view(&b),
	    SWITCH WS "Sec-WebSocket-Accept: " ACCEPT "\r\nx-amzn-RequestId: r\r\n\r\n"));
	buf_ch(&b, '\0');
	assert_int_equal(check_response(b.p), 0);
	buf_clear(&b);
	assert_int_equal(ws_handshake_write_request(&b, &w), 0);
	assert_true(str_eq_c(buf_view(&b),
	    "GET /openTunnel?a=b HTTP/1.1\r\n"
	    "Host: eice.example\r\n" WS "Sec-WebSocket-Key: " KEY
	    "\r\nSec-WebSocket-Version: 13\r\nx-amzn-RequestId: r\r\n"
	    "\r\n"));
	buf_ch(&b, '\0');
	assert_int_equal(check_request(b.p, &key), 0);
	assert_true(str_eq_c(key, KEY));
	buf_clear(&b);
	for (i = 0; i < COUNT(many); i++)
		many[i] = id;
	w.extra = many;
	w.n_extra = 17;
	assert_int_equal(ws_handshake_write_request(&b, &w), ERR_TOOBIG);
	assert_int_equal(ws_handshake_write_response(&b, STR(KEY), many, 17), ERR_TOOBIG);
	w.n_extra = 16;
	assert_int_equal(ws_handshake_write_request(&b, &w), 0);
	w.key = STR("short");
	assert_int_equal(ws_handshake_write_request(&b, &w), ERR_SYNTAX);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes_at_every_cut),
		cmocka_unit_test(streams_long_frames),
		cmocka_unit_test(refuses_at_every_cut),
		cmocka_unit_test(message_limit_starts_anew),
		cmocka_unit_test(parses_close),
		cmocka_unit_test(writes_close),
		cmocka_unit_test(limits_by_kind),
		cmocka_unit_test(masks_every_byte),
		cmocka_unit_test(computes_the_key_of_the_rfc),
		cmocka_unit_test(checks_requests),
		cmocka_unit_test(checks_responses),
		cmocka_unit_test(writes_both_sides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
