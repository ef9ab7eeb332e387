/*
 * wsconn_bytes_test: tests a session with bytes from a table: what its owner is told and what the
 * peer gets. It also tests the bytes of close frames.
 */
#include "wsconn_rig.h"

/* Bytes of a literal that may have zeros in it. */
#define B(s) \
	{ \
		s, sizeof(s) - 1 \
	}

#define NONE ""
#define BAD \
	"\x88\x17\x03\xea" \
	"not a WebSocket frame"
#define BAD_CLOSE \
	"\x88\x11\x03\xea" \
	"bad close frame"

/* As frames of a server come, without mask; the test masks them for the other role. */
static const struct {
	const char *about;
	struct {
		const char *p;
		size_t n;
	} in[4]; /* a frame each */
	const char *told;
	struct {
		const char *p;
		size_t n;
	} out; /* what the peer gets, as a server sends it */
	const struct wsconn_ops *ops;
} rows[] = {
	/* taken */
	{ "a text", { B("\x81\x02hi") }, "t{hi}", B(NONE), &both },
	{ "an empty text", { B("\x81\x00") }, "t{}", B(NONE), &both },
	{ "in fragments", { B("\x01\x02he"), B("\x00\x00"), B("\x80\x02yo") }, "t{heyo}", B(NONE),
	    &both },
	{ "a character cut by a fragment", { B("\x01\x01\xc3"), B("\x80\x01\xa4") }, "t{\xc3\xa4}",
	    B(NONE), &both },
	{ "a ping between fragments",
	    { B("\x01\x01"
		"a"),
		B("\x89\x01p"),
		B("\x80\x01"
		  "b") },
	    "t{ab}", B("\x8a\x01p"), &both },
	{ "a ping of 0", { B("\x89\x00") }, "", B("\x8a\x00"), &both },
	{ "a pong nobody asked for", { B("\x8a\x02no") }, "", B(NONE), &both },
	{ "binary", { B("\x82\x00") }, ".", B(NONE), &both },
	{ "binary in fragments", { B("\x02\x00"), B("\x89\x00"), B("\x80\x00") }, ".",
	    B("\x8a\x00"), &both },
	{ "text where binary is not wanted", { B("\x81\x01t") }, "t{t}", B(NONE), &text_only },
	{ "binary where text is not wanted", { B("\x82\x00") }, ".", B(NONE), &binary_only },
	{ "a close without code", { B("\x88\x00") }, "E:c:1005:1", B("\x88\x00"), &both },
	{ "a close with code", { B("\x88\x02\x03\xe8") }, "E:c:1000:1", B("\x88\x02\x03\xe8"),
	    &both },
	{ "its reason is not repeated",
	    { B("\x88\x05\x03\xe9"
		"bye") },
	    "E:c:1001:1", B("\x88\x02\x03\xe9"), &both },
	{ "a close of the application", { B("\x88\x02\x0f\xa0") }, "E:c:4000:1",
	    B("\x88\x02\x0f\xa0"), &both },
	{ "the last code there is", { B("\x88\x02\x13\x87") }, "E:c:4999:1", B("\x88\x02\x13\x87"),
	    &both },
	{ "a close within a message",
	    { B("\x01\x01"
		"a"),
		B("\x88\x02\x03\xe8") },
	    "E:c:1000:1", B("\x88\x02\x03\xe8"), &both },
	{ "nothing counts behind a close", { B("\x88\x02\x03\xe8"), B("\x81\x01x"), B("\x89\x00") },
	    "E:c:1000:1", B("\x88\x02\x03\xe8"), &both },
	/* refused */
	{ "a reserved bit", { B("\xc1\x00") }, "E:n:1002:1", B(BAD), &both },
	{ "an unknown opcode", { B("\x83\x00") }, "E:n:1002:1", B(BAD), &both },
	{ "an unknown control", { B("\x8b\x00") }, "E:n:1002:1", B(BAD), &both },
	{ "a continuation of nothing", { B("\x80\x00") }, "E:n:1002:1", B(BAD), &both },
	{ "a text within a text",
	    { B("\x01\x01"
		"a"),
		B("\x81\x01"
		  "b") },
	    "E:n:1002:1", B(BAD), &both },
	{ "a fragment of a ping", { B("\x09\x00") }, "E:n:1002:1", B(BAD), &both },
	{ "a long ping", { B("\x89\x7e\x00\x7e") }, "E:n:1002:1", B(BAD), &both },
	{ "a length that could be shorter", { B("\x81\x7e\x00\x01") }, "E:n:1002:1", B(BAD),
	    &both },
	{ "a length beyond 63 bits", { B("\x82\x7f\x80\0\0\0\0\0\0\0") }, "E:n:1002:1", B(BAD),
	    &both },
	{ "no UTF-8", { B("\x81\x02\xff\xfe") }, "E:n:1007:1",
	    B("\x88\x0b\x03\xef"
	      "not UTF-8"),
	    &both },
	{ "a surrogate, over two fragments", { B("\x01\x02\xed\xa0"), B("\x80\x01\x80") },
	    "E:n:1007:1",
	    B("\x88\x0b\x03\xef"
	      "not UTF-8"),
	    &both },
	{ "half a character at the end", { B("\x81\x01\xc3") }, "E:n:1007:1",
	    B("\x88\x0b\x03\xef"
	      "not UTF-8"),
	    &both },
	{ "binary that is not wanted", { B("\x82\x00") }, "E:n:1003:1",
	    B("\x88\x0b\x03\xeb"
	      "text only"),
	    &text_only },
	{ "text that is not wanted", { B("\x81\x00") }, "E:n:1003:1",
	    B("\x88\x0d\x03\xeb"
	      "binary only"),
	    &binary_only },
	{ "a text that is too long", { B("\x81\x7f\0\0\0\0\0\x01\x11\x71") }, "E:n:1009:1",
	    B("\x88\x12\x03\xf1"
	      "message too long"),
	    &both },
	{ "binary that is too long", { B("\x82\x7f\0\0\0\0\0\x03\x0d\x41") }, "E:n:1009:1",
	    B("\x88\x12\x03\xf1"
	      "message too long"),
	    &both },
	{ "half a code", { B("\x88\x01\x03") }, "E:n:1002:1", B(BAD_CLOSE), &both },
	{ "a close of 999", { B("\x88\x02\x03\xe7") }, "E:n:1002:1", B(BAD_CLOSE), &both },
	{ "a close of 1004", { B("\x88\x02\x03\xec") }, "E:n:1002:1", B(BAD_CLOSE), &both },
	{ "a close of 1005", { B("\x88\x02\x03\xed") }, "E:n:1002:1", B(BAD_CLOSE), &both },
	{ "a close of 1006", { B("\x88\x02\x03\xee") }, "E:n:1002:1", B(BAD_CLOSE), &both },
	{ "a close of 1015", { B("\x88\x02\x03\xf7") }, "E:n:1002:1", B(BAD_CLOSE), &both },
	{ "a close of 2999", { B("\x88\x02\x0b\xb7") }, "E:n:1002:1", B(BAD_CLOSE), &both },
	{ "a close of 5000", { B("\x88\x02\x13\x88") }, "E:n:1002:1", B(BAD_CLOSE), &both },
	{ "a reason that is no UTF-8", { B("\x88\x03\x03\xe8\xff") }, "E:n:1002:1", B(BAD_CLOSE),
	    &both },
};

/* A frame as the role's peer sends it: masked to a server. */
static void
add_frame(struct buf *to, const char *p, size_t n, enum ws_role role)
{
	size_t head = 2, i;

	if ((p[1] & 0x7f) == 126)
		head = 4;
	if ((p[1] & 0x7f) == 127)
		head = 10;
	buf_ch(to, p[0]);
	buf_ch(to, (char)(role == WS_SERVER ? p[1] | 0x80 : p[1]));
	buf_add(to, p + 2, head - 2);
	if (role == WS_SERVER)
		buf_add(to, MASK, 4);
	for (i = head; i < n; i++)
		buf_ch(to, role == WS_SERVER ? (char)(p[i] ^ MASK[(i - head) & 3]) : p[i]);
}

/* What came out of the socket, unmasked: the bytes that a server would have sent. */
static void
check_out(int fd, enum ws_role role, const char *want, size_t n)
{
	uint8_t got[512];
	struct ws_decoder d;
	struct ws_part part;
	struct buf plain;
	size_t used, at;
	ssize_t got_n = recv(fd, got, sizeof(got), MSG_DONTWAIT);

	buf_init(&plain, 4096);
	ws_decoder_init(&d, role == WS_SERVER ? WS_CLIENT : WS_SERVER, 1000, 1000);
	for (at = 0; got_n > 0 && at < (size_t)got_n; at += used) {
		assert_int_equal(ws_decode(&d, got + at, (size_t)got_n - at, &used, &part), 0);
		ws_frame_write(&plain, part.op, part.data, NULL);
	}
	assert_int_equal(plain.n, n);
	if (n > 0)
		assert_memory_equal(plain.p, want, n);
	buf_release(&plain);
}

static void
row(size_t i, enum ws_role role, size_t step)
{
	struct world w;
	struct side s;
	struct buf in;
	size_t at, n;
	int fd[2];

	world_init(&w);
	pair(fd);
	side_open(&w, &s, fd[0], role, rows[i].ops);
	buf_init(&in, 4096);
	for (at = 0; at < COUNT(rows[i].in) && rows[i].in[at].p != NULL; at++)
		add_frame(&in, rows[i].in[at].p, rows[i].in[at].n, role);
	for (at = 0; at < in.n; at += n) {
		n = step < in.n - at ? step : in.n - at;
		wsconn_data(s.ws, in.p + at, n);
	}
	buf_ch(&s.told, '\0');
	if (strcmp(s.told.p, rows[i].told) != 0)
		fail_msg("%s: told %s", rows[i].about, s.told.p);
	check_out(fd[1], role, rows[i].out.p, rows[i].out.n);
	buf_release(&in);
	side_close(&s);
	close(fd[1]);
	world_release(&w);
}

static void
bytes_in(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		row(i, WS_SERVER, 4096);
		row(i, WS_SERVER, 1);
		row(i, WS_CLIENT, 4096);
		row(i, WS_CLIENT, 1);
	}
}

/* The wrong mask is refused in both roles. */
static void
masks(void **state)
{
	static const struct {
		enum ws_role role;
		struct {
			const char *p;
			size_t n;
		} in;
		const char *told;
	} cases[] = {
		{ WS_SERVER, B("\x81\x82" MASK "\x5f\x93"), "t{hi}" },
		{ WS_SERVER, B("\x81\x02hi"), "E:n:1002:1" },
		{ WS_CLIENT, B("\x81\x02hi"), "t{hi}" },
		{ WS_CLIENT, B("\x81\x82" MASK "\x5f\x93"), "E:n:1002:1" },
	};
	char copy[16];
	struct world w;
	struct side s;
	size_t i;
	int fd[2];

	(void)state;
	world_init(&w);
	for (i = 0; i < COUNT(cases); i++) {
		pair(fd);
		side_open(&w, &s, fd[0], cases[i].role, &both);
		memcpy(copy, cases[i].in.p, cases[i].in.n);
		wsconn_data(s.ws, copy, cases[i].in.n);
		told(&s, cases[i].told);
		side_close(&s);
		close(fd[1]);
	}
	world_release(&w);
}

/* Binary comes as it arrives, in place; text waits for its end. */
static void
binary_is_not_joined(void **state)
{
	char first[] = "\x02\x06"
		       "abc",
	     second[] = "def\x80\x02gh", text[] = "\x01\x01t";
	struct world w;
	struct side s;
	int fd[2];

	(void)state;
	world_init(&w);
	pair(fd);
	side_open(&w, &s, fd[0], WS_CLIENT, &both);
	wsconn_data(s.ws, first, 5);
	told(&s, "b{abc}");
	assert_memory_equal(first + 2, "\0\0", 3); /* the owner wrote over it */
	wsconn_data(s.ws, second, 7);
	told(&s, "b{def}b{gh}.");
	wsconn_data(s.ws, text, 3);
	told(&s, "");
	side_close(&s);
	close(fd[1]);
	world_release(&w);
}

/* ---- last words ---- */

static void
codes_out(void **state)
{
	static const struct {
		uint16_t code;
		const char *reason;
		struct {
			const char *p;
			size_t n;
		} out;
	} cases[] = {
		{ 1000, "", B("\x88\x02\x03\xe8") },
		{ 1008, "no", B("\x88\x04\x03\xf0no") },
		{ 1014, "", B("\x88\x02\x03\xf6") },
		{ 3000, "", B("\x88\x02\x0b\xb8") },
		{ WS_CODE_NONE, "unsaid", B("\x88\x00") },
		{ 0, "", B("\x88\x02\x03\xf3") },
		{ 999, "", B("\x88\x02\x03\xf3") },
		{ 1004, "why", B("\x88\x05\x03\xf3why") },
		{ 1006, "", B("\x88\x02\x03\xf3") },
		{ 1015, "", B("\x88\x02\x03\xf3") },
		{ 2000, "", B("\x88\x02\x03\xf3") },
		{ 5000, "", B("\x88\x02\x03\xf3") },
	};
	struct world w;
	struct side s;
	size_t i;
	int fd[2];

	(void)state;
	world_init(&w);
	for (i = 0; i < COUNT(cases); i++) {
		pair(fd);
		side_open(&w, &s, fd[0], i % 2 == 0 ? WS_SERVER : WS_CLIENT, &both);
		assert_int_equal(wsconn_close(s.ws, cases[i].code, str_of(cases[i].reason)), 0);
		check_out(fd[1], i % 2 == 0 ? WS_SERVER : WS_CLIENT, cases[i].out.p,
		    cases[i].out.n);
		told(&s, "");
		side_close(&s);
		close(fd[1]);
	}
	world_release(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_in),
		cmocka_unit_test(masks),
		cmocka_unit_test(binary_is_not_joined),
		cmocka_unit_test(codes_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
