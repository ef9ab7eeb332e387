/*
 * http: finds headers and writes messages; see http.h. Pure.
 */
#include "codec/http.h"

#include "codec/uri.h"

uint16_t
http_outcome_status(enum http_outcome o)
{
	switch (o) {
	case HTTP_INCOMPLETE:
	case HTTP_COMPLETE:
		return 0;
	case HTTP_BAD:
		return 400;
	case HTTP_TARGET_TOO_LONG:
		return 414;
	case HTTP_HEAD_TOO_BIG:
		return 431;
	case HTTP_BODY_TOO_BIG:
		return 413;
	case HTTP_EXPECT_UNKNOWN:
		return 417;
	case HTTP_VERSION_UNKNOWN:
		return 505;
	}
	return 400;
}

/* ---- headers ---- */

int
http_header_find(const struct http_header *h, size_t n, struct str name, struct str *ret)
{
	size_t i;
	bool found = false;

	for (i = 0; i < n; i++) {
		if (!str_eq_nocase(h[i].name, name))
			continue;
		if (found)
			return ERR_DUP;
		*ret = h[i].value;
		found = true;
	}
	return found ? 0 : ERR_NOTFOUND;
}

static bool
list_has(struct str list, struct str token)
{
	size_t at;

	while (list.n > 0) {
		at = str_index(list, ',');
		if (str_eq_nocase(str_trim(str_head(list, at)), token))
			return true;
		list = str_from(list, at + 1);
	}
	return false;
}

bool
http_header_has(const struct http_header *h, size_t n, struct str name, struct str token)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (str_eq_nocase(h[i].name, name) && list_has(h[i].value, token))
			return true;
	return false;
}

/* ---- writing ---- */

static const struct {
	uint16_t status;
	const char *reason;
} reasons[] = {
	{ 100, "Continue" },
	{ 101, "Switching Protocols" },
	{ 200, "OK" },
	{ 204, "No Content" },
	{ 301, "Moved Permanently" },
	{ 302, "Found" },
	{ 304, "Not Modified" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 411, "Length Required" },
	{ 412, "Precondition Failed" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 415, "Unsupported Media Type" },
	{ 417, "Expectation Failed" },
	{ 421, "Misdirected Request" },
	{ 426, "Upgrade Required" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 502, "Bad Gateway" },
	{ 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" },
	{ 505, "HTTP Version Not Supported" },
};

const char *
http_reason(uint16_t status)
{
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Unknown";
}

static bool
is_token(struct str s)
{
	return s.n > 0 &&
	    str_all_in(s,
		"!#$%&'*+-.^_`|~0123456789"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
}

/* Bytes above 0x7f (obs-text, RFC 9110 5.5) are allowed. */
static bool
is_field_value(struct str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if ((uint8_t)s.p[i] != '\t' && ((uint8_t)s.p[i] < 0x20 || s.p[i] == 0x7f))
			return false;
	return true;
}

static int
check_headers(const struct http_header *h, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (!is_token(h[i].name) || !is_field_value(h[i].value))
			return ERR_SYNTAX;
		if (str_eq_nocase(h[i].name, STR("Content-Length")) ||
		    str_eq_nocase(h[i].name, STR("Transfer-Encoding")))
			return ERR_DUP;
	}
	return 0;
}

static void
write_headers(struct buf *out, const struct http_header *h, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		buf_str(out, h[i].name);
		buf_c(out, ": ");
		buf_str(out, h[i].value);
		buf_c(out, "\r\n");
	}
}

static void
write_length(struct buf *out, size_t n)
{
	buf_c(out, "Content-Length: ");
	buf_u64(out, n);
	buf_c(out, "\r\n");
}

int
http_response_write(struct buf *out, const struct http_response *resp, bool head_only)
{
	bool bare = resp->status < 200 || resp->status == 204;
	int r;

	if (resp->status < 100 || resp->status > 599 || (bare && resp->body.n > 0))
		return ERR_RANGE;
	if ((r = check_headers(resp->headers, resp->n_headers)) != 0)
		return r;
	buf_fmt(out, "HTTP/1.1 %u %s\r\n", resp->status, http_reason(resp->status));
	write_headers(out, resp->headers, resp->n_headers);
	if (!bare)
		write_length(out, resp->body.n);
	buf_c(out, "\r\n");
	if (!head_only)
		buf_str(out, resp->body);
	return 0;
}

int
http_request_write(struct buf *out, const struct http_request *req)
{
	struct str path, query;
	bool bodied = str_eq_c(req->method, "POST") || str_eq_c(req->method, "PUT") ||
	    str_eq_c(req->method, "PATCH");
	int r;

	if (!is_token(req->method))
		return ERR_SYNTAX;
	if ((r = uri_target_split(req->target, &path, &query)) != 0 ||
	    (r = check_headers(req->headers, req->n_headers)) != 0)
		return r;
	buf_str(out, req->method);
	buf_ch(out, ' ');
	buf_str(out, req->target);
	buf_c(out, " HTTP/1.1\r\n");
	write_headers(out, req->headers, req->n_headers);
	if (bodied || req->body.n > 0)
		write_length(out, req->body.n);
	buf_c(out, "\r\n");
	buf_str(out, req->body);
	return 0;
}
