/*
 * http_reader_test: tests which messages the reader accepts and refuses, whole, cut at every byte
 * and byte by byte, and where it stops.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "codec/http.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
/* A literal that may hold NUL bytes. */
#define L(lit) \
	{ \
		(lit), sizeof(lit) - 1 \
	}

static const struct http_limits limits = {
	.target_bytes = 64,
	.head_bytes = 400,
	.n_headers = 8,
	.body_bytes = 32,
};

static struct http_reader *
reader_new(bool is_response)
{
	return is_response ? http_reader_new_response(&limits) : http_reader_new_request(&limits);
}

/* Feeds in in pieces: the first `cut` bytes, then pieces of `step`. The bytes
 * are copied so that reading past them is seen. */
static enum http_outcome
feed(struct http_reader *r, struct str in, size_t cut, size_t step, size_t *ret_used)
{
	enum http_outcome o = HTTP_INCOMPLETE;
	size_t n, used, at = 0;
	char *copy;

	while (at < in.n && o == HTTP_INCOMPLETE) {
		n = at == 0 ? cut : step;
		n = n < in.n - at ? n : in.n - at;
		copy = xalloc(n);
		memcpy(copy, in.p + at, n);
		o = http_reader_feed(r, str_of_n(copy, n), &used);
		xfree(copy);
		assert_true(used <= n);
		assert_true(o != HTTP_INCOMPLETE || used == n);
		at += used;
	}
	*ret_used = at;
	return o;
}

/* in gives the same outcome however it is cut; complete messages end at `end`. */
static void
check_all_cuts(bool is_response, struct str in, enum http_outcome want, size_t end)
{
	struct http_reader *r = reader_new(is_response);
	enum http_outcome o;
	size_t cut, used;

	for (cut = 0; cut <= in.n; cut++) {
		http_reader_reset(r);
		o = cut == 0 ? feed(r, in, 1, 1, &used) : feed(r, in, cut, in.n, &used);
		if (o != want)
			fail_msg("cut %zu gives %d, not %d: %.*s", cut, o, want, STR_FMT(in));
		if (want == HTTP_COMPLETE)
			assert_int_equal(used, end);
	}
	http_reader_free(r);
}

#define H "Host: a\r\n"

static const struct str good[] = {
	L("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
	L("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
	L("HEAD /x?y=%2F&z HTTP/1.1\r\nhost: 127.0.0.1:8111\r\n\r\n"),
	L("GET / HTTP/1.1\r\nHost: [::1]:443\r\n\r\n"),
	L("GET / HTTP/1.0\r\n\r\n"),
	L("PUT /latest/api/token HTTP/1.1\r\n" H "A:\r\nB: \t b \t\r\n\r\n"),
	L("POST / HTTP/1.1\r\n" H "Content-Length: 5\r\n\r\nhello"),
	L("POST / HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n"),
	L("POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nh\0l\r\n"),
	L("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
	L("POST / HTTP/1.1\r\n" H "Transfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
	L("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n"
	  "2;a=\"b\"\r\nhe\r\n3\r\nllo\r\n0\r\nTrailer: x\r\nHost: b\r\n\r\n"),
	L("GET / HTTP/1.1\r\n" H "Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n"),
	L("POST / HTTP/1.1\r\n" H "Upgrade: h2c\r\nConnection: Upgrade\r\n"
	  "Content-Length: 2\r\n\r\nok"),
	L("POST / HTTP/1.1\r\n" H "Expect: 100-Continue\r\nContent-Length: 2\r\n\r\nok"),
	L("POST / HTTP/1.0\r\nExpect: magic\r\nContent-Length: 2\r\n\r\nok"),
	L("GET / HTTP/1.1\r\n" H "Connection: close\r\n\r\n"),
	L("GET / HTTP/1.1\r\n" H "X: \xc3\xa4\xff\r\n\r\n"),
	L("DELETE /a;b=c@d HTTP/1.1\r\nhOsT:a\r\n\r\n"),
};

static void
takes_requests_at_every_cut(void **state)
{
	static const char tail[] = "GET /next HTTP/1.1\r\nHost: b\r\n\r\n";
	char in[600];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(good); i++) {
		check_all_cuts(false, good[i], HTTP_COMPLETE, good[i].n);
		assert_true(good[i].n + sizeof(tail) < sizeof(in));
		memcpy(in, good[i].p, good[i].n);
		memcpy(in + good[i].n, tail, sizeof(tail));
		check_all_cuts(false, str_of_n(in, good[i].n + sizeof(tail) - 1), HTTP_COMPLETE,
		    good[i].n);
	}
}

/* Every prefix of a good request is incomplete, and bad when the peer leaves. */
static void
prefixes_are_incomplete(void **state)
{
	struct http_reader *r = reader_new(false);
	size_t i, n, used;

	(void)state;
	for (i = 0; i < COUNT(good); i++) {
		for (n = 0; n < good[i].n; n++) {
			http_reader_reset(r);
			assert_int_equal(http_reader_feed(r, str_head(good[i], n), &used),
			    HTTP_INCOMPLETE);
			assert_int_equal(used, n);
			assert_int_equal(http_reader_started(r), n > 0);
			assert_int_equal(http_reader_finish(r), n > 0 ? HTTP_BAD : HTTP_INCOMPLETE);
		}
	}
	http_reader_free(r);
}

static const struct str bad_requests[] = {
	/* two ways of telling the length */
	L("POST / HTTP/1.1\r\n" H "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
	  "\r\n"),
	L("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n"
	  "\r\n"),
	L("POST / HTTP/1.1\r\n" H "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"),
	L("POST / HTTP/1.1\r\n" H "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"),
	L("POST / HTTP/1.1\r\n" H "Content-Length: 5, 5\r\n\r\nhello"),
	L("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n"
	  "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
	L("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
	L("POST / HTTP/1.1\r\n" H "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
	L("POST / HTTP/1.1\r\n" H "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
	L("POST / HTTP/1.1\r\n" H "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n"),
	L("POST / HTTP/1.1\r\n" H "Transfer-Encoding:\r\n\r\n0\r\n\r\n"),
	L("POST / HTTP/1.1\r\n" H "Transfer-Encoding: \x0b"
	  "chunked\r\n\r\n0\r\n\r\n"),
	L("POST / HTTP/1.1\r\n" H "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
	L("POST / HTTP/1.0\r\n" H "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
	/* lengths that are no lengths */
	L("POST / HTTP/1.1\r\n" H "Content-Length: +3\r\n\r\nabc"),
	L("POST / HTTP/1.1\r\n" H "Content-Length: -3\r\n\r\nabc"),
	L("POST / HTTP/1.1\r\n" H "Content-Length: 3a\r\n\r\nabc"),
	L("POST / HTTP/1.1\r\n" H "Content-Length: 0x3\r\n\r\nabc"),
	L("POST / HTTP/1.1\r\n" H "Content-Length: 3 3\r\n\r\nabc"),
	L("POST / HTTP/1.1\r\n" H "Content-Length: 03\r\n\r\nabc"),
	L("POST / HTTP/1.1\r\n" H "Content-Length:\r\n\r\n"),
	L("POST / HTTP/1.1\r\n" H "Content-Length: 99999999999999999999\r\n\r\n"),
	/* chunks */
	L("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n-1\r\n"),
	L("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n0x2\r\nab\r\n0\r\n\r\n"),
	L("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n"),
	L("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n2\nab\r\n0\r\n\r\n"),
	L("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n2\r\nab\n0\r\n\r\n"),
	L("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n2 \r\nab\r\n0\r\n\r\n"),
	L("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n2;a\rb\r\nab\r\n0\r\n\r\n"),
	L("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n2;a\nb\r\nab\r\n0\r\n\r\n"),
	L("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n\r\n0\r\n\r\n"),
	L("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n"),
	L("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n0\r\nX : y\r\n\r\n"),
	L("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n0\r\nX: y\n\r\n"),
	/* line ends, folding, control bytes */
	L("GET / HTTP/1.1\nHost: a\r\n\r\n"),
	L("GET / HTTP/1.1\r\nHost: a\n\r\n"),
	L("GET / HTTP/1.1\r\nHost: a\r\n\n"),
	L("GET / HTTP/1.1\r\nHost: a\n\n"),
	L("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
	L("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
	L("GET / HTTP/1.1\r\nHost: a\r\r\n\r\n"),
	L("GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n"),
	L("GET / HTTP/1.1\r\n" H "X: a\r\n b\r\n\r\n"),
	L("GET / HTTP/1.1\r\n" H "X: a\r\n\tb\r\n\r\n"),
	L("GET / HTTP/1.1\r\n" H "X:\r\n b\r\n\r\n"),
	L("GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
	L("GET / HTTP/1.1\r\n" H "X: a\0b\r\n\r\n"),
	L("GET /\0 HTTP/1.1\r\n" H "\r\n"),
	L("GET / HTTP/1.1\r\n" H "X: a\x01\r\n\r\n"),
	L("GET / HTTP/1.1\r\n" H "X: a\x7f\r\n\r\n"),
	/* names */
	L("GET / HTTP/1.1\r\nHost : a\r\n\r\n"),
	L("GET / HTTP/1.1\r\nHost\t: a\r\n\r\n"),
	L("GET / HTTP/1.1\r\n" H "X Y: a\r\n\r\n"),
	L("GET / HTTP/1.1\r\n" H ": a\r\n\r\n"),
	L("GET / HTTP/1.1\r\n: a\r\nHost: a\r\n\r\n"),
	L("GET / HTTP/1.1\r\n" H "X\r\n\r\n"),
	L("GET / HTTP/1.1\r\n" H "X(: a\r\n\r\n"),
	L("GET / HTTP/1.1\r\n" H "\xc3\xa4: a\r\n\r\n"),
	/* Host */
	L("GET / HTTP/1.1\r\n\r\n"),
	L("GET / HTTP/1.1\r\nX: a\r\n\r\n"),
	L("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
	L("GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n"),
	L("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"),
	L("GET / HTTP/1.1\r\nHost:\r\n\r\n"),
	L("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
	L("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"),
	L("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
	L("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
	/* request line */
	L("GET http://a/ HTTP/1.1\r\n" H "\r\n"),
	L("CONNECT a:443 HTTP/1.1\r\n" H "\r\n"),
	L("OPTIONS * HTTP/1.1\r\n" H "\r\n"),
	L("GET a HTTP/1.1\r\n" H "\r\n"),
	L("GET /#f HTTP/1.1\r\n" H "\r\n"),
	L("GET /\xc3\xa4 HTTP/1.1\r\n" H "\r\n"),
	L("GET  / HTTP/1.1\r\n" H "\r\n"),
	L("GET /  HTTP/1.1\r\n" H "\r\n"),
	L(" GET / HTTP/1.1\r\n" H "\r\n"),
	L("GET\t/ HTTP/1.1\r\n" H "\r\n"),
	L("get / HTTP/1.1\r\n" H "\r\n"),
	L("BREW / HTTP/1.1\r\n" H "\r\n"),
	L("GET / http/1.1\r\n" H "\r\n"),
	L("GET / FTP/1.1\r\n" H "\r\n"),
	L("GET / SOURCE/1.1\r\n" H "\r\n"),
	L("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a ClientHello"),
	L("POST / HTTP/1.1\r\n" H "Expect: 100-continue\r\nExpect: 100-continue\r\n\r\n"),
};

static void
refuses_requests_at_every_cut(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad_requests); i++)
		check_all_cuts(false, bad_requests[i], HTTP_BAD, 0);
}

#define TEN "0123456789"
#define SIXTY TEN TEN TEN TEN TEN TEN

static void
limits_have_outcomes(void **state)
{
	static const struct {
		enum http_outcome want;
		uint16_t status;
		struct str in;
	} rows[] = {
		{ HTTP_COMPLETE, 0, L("GET /" SIXTY "abc HTTP/1.1\r\n" H "\r\n") },
		{ HTTP_TARGET_TOO_LONG, 414, L("GET /" SIXTY "abcd HTTP/1.1\r\n" H "\r\n") },
		{ HTTP_TARGET_TOO_LONG, 414, L("GET /" SIXTY SIXTY SIXTY SIXTY SIXTY SIXTY SIXTY) },
		{ HTTP_COMPLETE, 0,
		    L("GET / HTTP/1.1\r\n" H "1:\r\n2:\r\n3:\r\n4:\r\n5:\r\n6:\r\n7:\r\n\r\n") },
		{ HTTP_HEAD_TOO_BIG, 431,
		    L("GET / HTTP/1.1\r\n" H
		      "1:\r\n2:\r\n3:\r\n4:\r\n5:\r\n6:\r\n7:\r\n8:\r\n\r\n") },
		/* 16 + 9 + 360 + 8 + 7 = 400 bytes to the byte */
		{ HTTP_COMPLETE, 0,
		    L("GET / HTTP/1.1\r\n" H "X: " SIXTY SIXTY SIXTY SIXTY SIXTY SIXTY
		      "12345678\r\n\r\n") },
		{ HTTP_HEAD_TOO_BIG, 431,
		    L("GET / HTTP/1.1\r\n" H "X: " SIXTY SIXTY SIXTY SIXTY SIXTY SIXTY
		      "123456789\r\n\r\n") },
		{ HTTP_HEAD_TOO_BIG, 431,
		    L("GET / HTTP/1.1\r\n" H SIXTY SIXTY SIXTY SIXTY SIXTY SIXTY SIXTY) },
		/* a name of 240 + 16 bytes, and of one more */
		{ HTTP_COMPLETE, 0,
		    L("GET / HTTP/1.1\r\n" H SIXTY SIXTY SIXTY SIXTY
		      "1234567890123456: x\r\n\r\n") },
		{ HTTP_HEAD_TOO_BIG, 431,
		    L("GET / HTTP/1.1\r\n" H SIXTY SIXTY SIXTY SIXTY
		      "12345678901234567: x\r\n\r\n") },
		{ HTTP_COMPLETE, 0,
		    L("POST / HTTP/1.1\r\n" H "Content-Length: 32\r\n\r\n" TEN TEN TEN "12") },
		{ HTTP_BODY_TOO_BIG, 413, L("POST / HTTP/1.1\r\n" H "Content-Length: 33\r\n\r\n") },
		{ HTTP_BODY_TOO_BIG, 413,
		    L("POST / HTTP/1.1\r\n" H
		      "Expect: 100-continue\r\nContent-Length: 9223372036854775807\r\n\r\n") },
		{ HTTP_COMPLETE, 0,
		    L("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n"
		      "1E\r\n" TEN TEN TEN "\r\n2\r\n12\r\n0\r\n\r\n") },
		{ HTTP_BODY_TOO_BIG, 413,
		    L("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n1e\r\n" TEN TEN TEN
		      "\r\n3\r\n123\r\n") },
		{ HTTP_HEAD_TOO_BIG, 431,
		    L("POST / HTTP/1.1\r\n" H
		      "Transfer-Encoding: chunked\r\n\r\n1;a=" SIXTY SIXTY SIXTY
		      "\r\n1\r\n1;b=" SIXTY SIXTY SIXTY "\r\n2\r\n0\r\n\r\n") },
		{ HTTP_HEAD_TOO_BIG, 431,
		    L("POST / HTTP/1.1\r\n" H
		      "Transfer-Encoding: chunked\r\n\r\n0\r\na:" SIXTY SIXTY SIXTY
		      "\r\nb:" SIXTY SIXTY SIXTY "\r\n\r\n") },
		{ HTTP_EXPECT_UNKNOWN, 417,
		    L("POST / HTTP/1.1\r\n" H "Expect: magic\r\nContent-Length: 2\r\n\r\nok") },
		{ HTTP_VERSION_UNKNOWN, 505, L("GET / HTTP/2.0\r\n" H "\r\n") },
		{ HTTP_VERSION_UNKNOWN, 505, L("GET / HTTP/1.2\r\n" H "\r\n") },
		{ HTTP_VERSION_UNKNOWN, 505, L("GET / HTTP/9.9\r\n" H "\r\n") },
		{ HTTP_VERSION_UNKNOWN, 505, L("GET / HTTP/1.1 \r\n" H "\r\n") },
		{ HTTP_VERSION_UNKNOWN, 505, L("GET / HTTP/1.1.1\r\n" H "\r\n") },
		{ HTTP_VERSION_UNKNOWN, 505, L("GET /\r\n\r\n") },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		check_all_cuts(false, rows[i].in, rows[i].want, rows[i].in.n);
		assert_int_equal(http_outcome_status(rows[i].want), rows[i].status);
	}
	assert_int_equal(http_outcome_status(HTTP_BAD), 400);
	assert_int_equal(http_outcome_status(HTTP_INCOMPLETE), 0);
}

/* A byte that is no token character cannot stand in a name, at any place. */
static void
header_names_are_tokens(void **state)
{
	static const char token[] = "!#$%&'*+-.^_`|~";
	char in[] = "GET / HTTP/1.1\r\nHost: a\r\nX?Y: b\r\n\r\n";
	struct http_reader *r = reader_new(false);
	size_t used;
	bool fine;
	int c;

	(void)state;
	for (c = 0; c < 256; c++) {
		fine = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		    (c != 0 && strchr(token, c) != NULL);
		if (c == ':')
			continue; /* ends the name */
		in[26] = (char)c;
		http_reader_reset(r);
		assert_int_equal(http_reader_feed(r, str_of_n(in, sizeof(in) - 1), &used),
		    fine ? HTTP_COMPLETE : HTTP_BAD);
	}
	http_reader_free(r);
}

static void
check_header(const struct http_header *h, const char *name, const char *value)
{
	assert_true(str_eq_c(h->name, name));
	assert_true(str_eq_c(h->value, value));
}

static void
gives_the_request(void **state)
{
	static const struct str in =
	    L("POST /a%20b?c=d HTTP/1.1\r\nhost: a:1\r\n"
	      "X-One:  1 \t 2\t\r\n"
	      "x-one:\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n\0\r\r\n3;x\r\nabc\r\n0\r\n"
	      "Host: b\r\n\r\n");
	struct http_reader *r = reader_new(false);
	const struct http_request *q;
	struct str v;
	size_t cut, used;

	(void)state;
	for (cut = 0; cut < in.n; cut++) {
		http_reader_reset(r);
		assert_int_equal(feed(r, in, cut == 0 ? 1 : cut, cut == 0 ? 1 : in.n, &used),
		    HTTP_COMPLETE);
		q = http_reader_request(r);
		assert_true(str_eq_c(q->method, "POST"));
		assert_true(str_eq_c(q->target, "/a%20b?c=d"));
		assert_int_equal(q->n_headers, 4);
		check_header(&q->headers[0], "host", "a:1");
		check_header(&q->headers[1], "X-One", "1 \t 2");
		check_header(&q->headers[2], "x-one", "");
		check_header(&q->headers[3], "Transfer-Encoding", "chunked");
		assert_true(str_eq(q->body, STR("\0\rabc")));
		assert_int_equal(q->minor, 1);
		assert_true(q->keep_alive);
		assert_false(q->upgrade);
		assert_int_equal(http_header_find(q->headers, 4, STR("HOST"), &v), 0);
		assert_true(str_eq_c(v, "a:1"));
		assert_int_equal(http_header_find(q->headers, 4, STR("X-ONE"), &v), ERR_DUP);
		assert_int_equal(http_header_find(q->headers, 4, STR("X"), &v), ERR_NOTFOUND);
	}
	http_reader_free(r);
}

static void
tells_keep_alive_and_upgrade(void **state)
{
	static const struct {
		const char *in;
		bool keep_alive, upgrade;
	} rows[] = {
		{ "GET / HTTP/1.1\r\n" H "\r\n", true, false },
		{ "GET / HTTP/1.1\r\n" H "Connection: close\r\n\r\n", false, false },
		{ "GET / HTTP/1.1\r\n" H "Connection: x , CLOSE\r\n\r\n", false, false },
		{ "GET / HTTP/1.1\r\n" H "Connection: closed\r\n\r\n", true, false },
		{ "GET / HTTP/1.1\r\n" H "Connection: a\r\nConnection: close\r\n\r\n", false,
		    false },
		{ "GET / HTTP/1.0\r\n\r\n", false, false },
		{ "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true, false },
		{ "GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", false, false },
		{ "GET / HTTP/1.1\r\n" H "Upgrade: websocket\r\nConnection: upgrade\r\n\r\n", true,
		    true },
		{ "GET / HTTP/1.1\r\n" H "Upgrade: websocket\r\n"
		  "Connection: keep-alive, Upgrade\r\n\r\n",
		    true, true },
		{ "GET / HTTP/1.1\r\n" H "Upgrade: websocket\r\n\r\n", true, false },
		{ "GET / HTTP/1.1\r\n" H "Connection: Upgrade\r\n\r\n", true, false },
		{ "GET / HTTP/1.0\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", false,
		    false },
		{ "GET / HTTP/1.1\r\n" H "Upgrade: websocket\r\nConnection: Upgrade\r\n"
		  "Content-Length: 1\r\n\r\nx",
		    true, false },
		{ "HEAD / HTTP/1.1\r\n" H "Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n", true,
		    false },
	};
	struct http_reader *r = reader_new(false);
	size_t i, used;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		http_reader_reset(r);
		assert_int_equal(http_reader_feed(r, str_of(rows[i].in), &used), HTTP_COMPLETE);
		assert_int_equal(http_reader_request(r)->keep_alive, rows[i].keep_alive);
		assert_int_equal(http_reader_request(r)->upgrade, rows[i].upgrade);
	}
	http_reader_free(r);
}

static void
asks_for_continue_once(void **state)
{
	static const struct str head =
	    L("POST / HTTP/1.1\r\n" H "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
	static const struct str body = L("ok");
	static const struct str none = L("POST / HTTP/1.1\r\n" H "Expect: 100-continue\r\n\r\n");
	struct http_reader *r = reader_new(false);
	size_t used;

	(void)state;
	assert_int_equal(http_reader_feed(r, str_head(head, head.n - 1), &used), HTTP_INCOMPLETE);
	assert_false(http_reader_in_body(r));
	assert_false(http_reader_take_continue(r));
	assert_int_equal(http_reader_feed(r, str_from(head, head.n - 1), &used), HTTP_INCOMPLETE);
	assert_true(http_reader_in_body(r));
	assert_true(http_reader_take_continue(r));
	assert_false(http_reader_take_continue(r));
	assert_int_equal(http_reader_feed(r, body, &used), HTTP_COMPLETE);
	assert_false(http_reader_take_continue(r));

	http_reader_reset(r); /* the body began: no 100 is waited for */
	assert_int_equal(http_reader_feed(r, head, &used), HTTP_INCOMPLETE);
	assert_int_equal(http_reader_feed(r, str_head(body, 1), &used), HTTP_INCOMPLETE);
	assert_false(http_reader_take_continue(r));

	http_reader_reset(r); /* nothing to continue with */
	assert_int_equal(http_reader_feed(r, none, &used), HTTP_COMPLETE);
	assert_false(http_reader_take_continue(r));
	http_reader_free(r);
}

static void
reads_pipelined_requests(void **state)
{
	static const struct str in =
	    L("GET /1 HTTP/1.1\r\n" H "\r\nPOST /2 HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nGET"
	      "GET /3 HTTP/1.1\r\n" H "Connection: close\r\n\r\nGET /4 HTTP/1.1\r\n" H "\r\n");
	static const char *const targets[] = { "/1", "/2", "/3", "/4" };
	struct http_reader *r = reader_new(false);
	struct str rest = in;
	size_t i, used;

	(void)state;
	for (i = 0; i < COUNT(targets); i++) {
		http_reader_reset(r);
		assert_int_equal(http_reader_feed(r, rest, &used), HTTP_COMPLETE);
		assert_true(str_eq_c(http_reader_request(r)->target, targets[i]));
		rest = str_from(rest, used);
	}
	assert_int_equal(rest.n, 0);
	http_reader_free(r);
}

static const struct {
	struct str in;
	enum http_outcome want;
	uint16_t status;
	const char *body;
	bool keep_alive;
} responses[] = {
	{ L("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), HTTP_COMPLETE, 200, "ok", true },
	{ L("HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok"), HTTP_COMPLETE, 200, "ok", true },
	{ L("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"), HTTP_COMPLETE, 200, "ok", false },
	{ L("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"), HTTP_COMPLETE,
	    200, "ok", false },
	{ L("HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n"),
	    HTTP_COMPLETE, 404, "no", true },
	{ L("HTTP/1.1 100 Continue\r\n\r\n"), HTTP_COMPLETE, 100, "", true },
	{ L("HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n"), HTTP_COMPLETE, 204, "", true },
	{ L("HTTP/1.1 304 Not Modified\r\nContent-Length: 999\r\n\r\n"), HTTP_COMPLETE, 304, "",
	    true },
	{ L("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
	    "\r\n"),
	    HTTP_COMPLETE, 101, "", true },
	{ L("HTTP/1.1 101 Switching Protocols\r\nX: no upgrade named\r\n\r\n"), HTTP_COMPLETE, 101,
	    "", true },
	{ L("HTTP/1.1 200 OK\r\nContent-Length: 33\r\n\r\n"), HTTP_BODY_TOO_BIG, 0, "", false },
	{ L("HTTP/1.1 200 OK\r\n\r\n" TEN TEN TEN "123"), HTTP_BODY_TOO_BIG, 0, "", false },
	{ L("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok"), HTTP_BAD, 0, "",
	    false },
	{ L("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
	    HTTP_BAD, 0, "", false },
	{ L("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nxx"), HTTP_BAD, 0, "", false },
	{ L("HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n"), HTTP_BAD, 0, "", false },
	{ L("HTTP/1.1 200 OK\nContent-Length: 2\r\n\r\nok"), HTTP_BAD, 0, "", false },
	{ L("HTTP/1.1 20 OK\r\n\r\n"), HTTP_BAD, 0, "", false },
	{ L("HTTP/1.1 2000 OK\r\n\r\n"), HTTP_BAD, 0, "", false },
	{ L("HTTP/1.1 099 OK\r\n\r\n"), HTTP_BAD, 0, "", false },
	{ L("HTTP/1.1 600 OK\r\n\r\n"), HTTP_BAD, 0, "", false },
	{ L("HTTP/1.1200 OK\r\n\r\n"), HTTP_VERSION_UNKNOWN, 0, "", false },
	{ L("HTTP/2.0 200 OK\r\n\r\n"), HTTP_VERSION_UNKNOWN, 0, "", false },
	{ L("ICY 200 OK\r\n\r\n"), HTTP_BAD, 0, "", false },
	{ L("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), HTTP_BAD, 0, "", false },
};

static void
reads_responses(void **state)
{
	struct http_reader *r = reader_new(true);
	const struct http_response *resp;
	size_t i, used;

	(void)state;
	for (i = 0; i < COUNT(responses); i++) {
		check_all_cuts(true, responses[i].in, responses[i].want, responses[i].in.n);
		http_reader_reset(r);
		if (http_reader_feed(r, responses[i].in, &used) != HTTP_COMPLETE)
			continue;
		resp = http_reader_response(r);
		assert_int_equal(resp->status, responses[i].status);
		assert_true(str_eq_c(resp->body, responses[i].body));
		assert_int_equal(resp->keep_alive, responses[i].keep_alive);
		assert_int_equal(resp->upgrade, responses[i].status == 101);
	}
	http_reader_free(r);
}

static void
response_may_end_with_the_connection(void **state)
{
	static const struct str open_end = L("HTTP/1.1 200 OK\r\nX: y\r\n\r\nall of it");
	static const struct str cut_short[] = {
		L("HTTP/1.1 200 OK\r\nX: y\r\n"),
		L("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok"),
		L("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n"),
	};
	struct http_reader *r = reader_new(true);
	size_t i, used;

	(void)state;
	assert_int_equal(http_reader_finish(r), HTTP_INCOMPLETE);
	assert_int_equal(http_reader_feed(r, open_end, &used), HTTP_INCOMPLETE);
	assert_int_equal(used, open_end.n);
	assert_int_equal(http_reader_finish(r), HTTP_COMPLETE);
	assert_true(str_eq_c(http_reader_response(r)->body, "all of it"));
	assert_false(http_reader_response(r)->keep_alive);
	for (i = 0; i < COUNT(cut_short); i++) {
		http_reader_reset(r);
		assert_int_equal(http_reader_feed(r, cut_short[i], &used), HTTP_INCOMPLETE);
		assert_int_equal(http_reader_finish(r), HTTP_BAD);
	}
	http_reader_free(r);
}

/* What was read before a message was refused or cut off; never half a header. */
static void
gives_headers_so_far(void **state)
{
	static const struct {
		struct str in;
		size_t n;
	} rows[] = {
		{ L(""), 0 },
		{ L("GET / HTTP/1.1\r\nHos"), 0 },
		{ L("GET / HTTP/1.1\r\nHost: a"), 0 },
		{ L("GET / HTTP/1.1\r\nHost: a\r\nX: b"), 1 },
		{ L("GET / HTTP/1.1\r\nHost: a\r\nX: b\r\nY : c\r\n\r\n"), 2 },
		{ L("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n"), 2 },
		{ L("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nxx"), 2 },
	};
	const struct http_header *h;
	struct http_reader *r;
	size_t i, used;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		r = reader_new(false);
		(void)http_reader_feed(r, rows[i].in, &used);
		assert_int_equal(http_reader_headers(r, &h), rows[i].n);
		if (rows[i].n > 0)
			check_header(&h[0], "Host", "a");
		http_reader_free(r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_requests_at_every_cut),
		cmocka_unit_test(prefixes_are_incomplete),
		cmocka_unit_test(refuses_requests_at_every_cut),
		cmocka_unit_test(limits_have_outcomes),
		cmocka_unit_test(header_names_are_tokens),
		cmocka_unit_test(gives_the_request),
		cmocka_unit_test(tells_keep_alive_and_upgrade),
		cmocka_unit_test(asks_for_continue_once),
		cmocka_unit_test(reads_pipelined_requests),
		cmocka_unit_test(reads_responses),
		cmocka_unit_test(response_may_end_with_the_connection),
		cmocka_unit_test(gives_headers_so_far),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
