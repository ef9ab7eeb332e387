/*
 * http_test: tests the exact bytes that the writers make, and what they refuse. It also tests
 * http_head by itself, as llhttp in front of it would hide a hole.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/http.h"
#include "codec/http_head.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
/* A literal that may hold NUL bytes. */
#define L(lit) \
	{ \
		(lit), sizeof(lit) - 1 \
	}

#define CL(value) \
	{ \
		L("content-length"), L(value) \
	}
#define TE(value) \
	{ \
		L("transfer-encoding"), L(value) \
	}

static void
tells_one_length(void **state)
{
	static const struct {
		struct http_header h[2];
		size_t n;
		unsigned minor;
		enum http_outcome want;
		bool has;
		uint64_t length;
	} rows[] = {
		{ { CL("") }, 0, 1, HTTP_INCOMPLETE, false, 0 },
		{ { CL("0") }, 1, 1, HTTP_INCOMPLETE, false, 0 },
		{ { CL("7") }, 1, 0, HTTP_INCOMPLETE, true, 7 },
		{ { TE("CHUNKED") }, 1, 1, HTTP_INCOMPLETE, true, 0 },
		{ { CL("9223372036854775807") }, 1, 1, HTTP_INCOMPLETE, true, INT64_MAX },
		{ { CL("9223372036854775808") }, 1, 1, HTTP_BAD, false, 0 },
		{ { CL("7"), TE("chunked") }, 2, 1, HTTP_BAD, false, 0 },
		{ { TE("chunked"), CL("7") }, 2, 1, HTTP_BAD, false, 0 },
		{ { CL("7"), CL("7") }, 2, 1, HTTP_BAD, false, 0 },
		{ { TE("chunked"), TE("chunked") }, 2, 1, HTTP_BAD, false, 0 },
		{ { TE("chunked") }, 1, 0, HTTP_BAD, false, 0 },
		{ { TE("identity") }, 1, 1, HTTP_BAD, false, 0 },
		{ { TE("gzip, chunked") }, 1, 1, HTTP_BAD, false, 0 },
		{ { TE("") }, 1, 1, HTTP_BAD, false, 0 },
		{ { CL("07") }, 1, 1, HTTP_BAD, false, 0 },
		{ { CL("7,7") }, 1, 1, HTTP_BAD, false, 0 },
		{ { CL("") }, 1, 1, HTTP_BAD, false, 0 },
	};
	uint64_t length;
	size_t i;
	bool has;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		has = false;
		length = 0;
		assert_int_equal(http_head_framing(rows[i].h, rows[i].n, rows[i].minor, &has,
				     &length),
		    rows[i].want);
		assert_int_equal(has, rows[i].has);
		assert_true(length == rows[i].length);
	}
}

static void
writes_responses(void **state)
{
	static const struct http_header h[] = {
		{ L("X-One"), L("1\t2 \xc3\xa4") },
		{ L("Y"), L("") },
	};
	static const struct {
		struct http_response resp;
		bool head_only;
		const char *want;
	} rows[] = {
		{ { .status = 200, .headers = h, .n_headers = 2, .body = L("ok") }, false,
		    "HTTP/1.1 200 OK\r\nX-One: 1\t2 \xc3\xa4\r\nY: \r\nContent-Length: 2\r\n\r\n"
		    "ok" },
		{ { .status = 200, .body = L("ok") }, true,
		    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" },
		{ { .status = 404 }, false, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n" },
		{ { .status = 599 }, false, "HTTP/1.1 599 Unknown\r\nContent-Length: 0\r\n\r\n" },
		{ { .status = 100 }, false, "HTTP/1.1 100 Continue\r\n\r\n" },
		{ { .status = 101, .headers = h + 1, .n_headers = 1 }, false,
		    "HTTP/1.1 101 Switching Protocols\r\nY: \r\n\r\n" },
		{ { .status = 204 }, false, "HTTP/1.1 204 No Content\r\n\r\n" },
	};
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 1000);
	for (i = 0; i < COUNT(rows); i++) {
		buf_clear(&b);
		assert_int_equal(http_response_write(&b, &rows[i].resp, rows[i].head_only), 0);
		assert_true(str_eq_c(buf_view(&b), rows[i].want));
	}
	buf_release(&b);
}

static void
refuses_to_write(void **state)
{
	static const struct {
		struct http_header h;
		int want;
	} rows[] = {
		{ { L("X"), L("a\r\nSet-Cookie: b") }, ERR_SYNTAX },
		{ { L("X"), L("a\n") }, ERR_SYNTAX },
		{ { L("X"), L("a\0b") }, ERR_SYNTAX },
		{ { L("X"), L("\x7f") }, ERR_SYNTAX },
		{ { L("X Y"), L("a") }, ERR_SYNTAX },
		{ { L("X\r\n"), L("a") }, ERR_SYNTAX },
		{ { L("X:"), L("a") }, ERR_SYNTAX },
		{ { L(""), L("a") }, ERR_SYNTAX },
		{ { L("content-length"), L("1") }, ERR_DUP },
		{ { L("Transfer-Encoding"), L("chunked") }, ERR_DUP },
	};
	static const uint16_t statuses[] = { 0, 99, 600 };
	struct http_request req = { .method = STR("GET"), .target = STR("/") };
	struct http_response resp = { .status = 200 };
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 1000);
	for (i = 0; i < COUNT(rows); i++) {
		resp.headers = req.headers = &rows[i].h;
		resp.n_headers = req.n_headers = 1;
		assert_int_equal(http_response_write(&b, &resp, false), rows[i].want);
		assert_int_equal(http_request_write(&b, &req), rows[i].want);
	}
	resp.n_headers = req.n_headers = 0;
	for (i = 0; i < COUNT(statuses); i++) {
		resp.status = statuses[i];
		assert_int_equal(http_response_write(&b, &resp, false), ERR_RANGE);
	}
	resp = (struct http_response){ .status = 204, .body = STR("x") };
	assert_int_equal(http_response_write(&b, &resp, false), ERR_RANGE);
	req.target = STR("/ HTTP/1.1\r\nX: y");
	assert_int_equal(http_request_write(&b, &req), ERR_SYNTAX);
	req = (struct http_request){ .method = STR("GET /"), .target = STR("/") };
	assert_int_equal(http_request_write(&b, &req), ERR_SYNTAX);
	assert_int_equal(b.n, 0);
	buf_release(&b);
}

static void
writes_requests(void **state)
{
	static const struct http_header h = { L("Host"), L("a") };
	static const struct {
		struct http_request req;
		const char *want;
	} rows[] = {
		{ { .method = L("GET"), .target = L("/x?y"), .headers = &h, .n_headers = 1 },
		    "GET /x?y HTTP/1.1\r\nHost: a\r\n\r\n" },
		{ { .method = L("PUT"), .target = L("/"), .headers = &h, .n_headers = 1 },
		    "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n" },
		{ { .method = L("POST"),
		      .target = L("/"),
		      .headers = &h,
		      .n_headers = 1,
		      .body = L("{}") },
		    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}" },
	};
	static const struct http_limits limits = { 64, 400, 8, 32 };
	struct http_reader *r = http_reader_new_request(&limits);
	struct buf b;
	size_t i, used;

	(void)state;
	buf_init(&b, 1000);
	for (i = 0; i < COUNT(rows); i++) {
		buf_clear(&b);
		http_reader_reset(r);
		assert_int_equal(http_request_write(&b, &rows[i].req), 0);
		assert_true(str_eq_c(buf_view(&b), rows[i].want));
		assert_int_equal(http_reader_feed(r, buf_view(&b), &used), HTTP_COMPLETE);
	}
	buf_release(&b);
	http_reader_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_one_length),
		cmocka_unit_test(writes_responses),
		cmocka_unit_test(refuses_to_write),
		cmocka_unit_test(writes_requests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
