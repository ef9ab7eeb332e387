/*
 * http_head: see http_head.h. Pure.
 */
#include "codec/http_head.h"

#include "base/num.h"
#include "codec/uri.h"

enum http_outcome
http_head_framing(const struct http_header *h, size_t n, unsigned minor, bool *ret_has,
    uint64_t *ret_n)
{
	struct str te, cl;
	uint64_t length = 0;
	int r_te = http_header_find(h, n, STR("Transfer-Encoding"), &te);
	int r_cl = http_header_find(h, n, STR("Content-Length"), &cl);

	if (r_te == ERR_DUP || r_cl == ERR_DUP || (r_te == 0 && r_cl == 0))
		return HTTP_BAD;
	if (r_te == 0 && (!str_eq_nocase(te, STR("chunked")) || minor == 0))
		return HTTP_BAD;
	if (r_cl == 0 && num_u64_parse(cl, 0, INT64_MAX, &length) != 0)
		return HTTP_BAD;
	*ret_has = r_te == 0 || length > 0;
	*ret_n = length;
	return HTTP_INCOMPLETE;
}

static bool
is_host(struct str s)
{
	return s.n > 0 &&
	    str_all_in(s,
		"-._~:[]%0123456789"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
}

static bool
wants_upgrade(const struct http_request *req, bool has_body)
{
	struct str v;

	return !has_body && req->minor == 1 && str_eq_c(req->method, "GET") &&
	    http_header_find(req->headers, req->n_headers, STR("Upgrade"), &v) == 0 &&
	    http_header_has(req->headers, req->n_headers, STR("Connection"), STR("upgrade"));
}

enum http_outcome
http_head_check_request(struct http_request *req, bool has_body, bool *ret_wants_continue)
{
	const struct http_header *h = req->headers;
	struct str v, path, query;
	int e;

	if (uri_target_split(req->target, &path, &query) != 0)
		return HTTP_BAD;
	e = http_header_find(h, req->n_headers, STR("Host"), &v);
	if (e == ERR_DUP || (e == 0 && !is_host(v)) || (e == ERR_NOTFOUND && req->minor == 1))
		return HTTP_BAD;
	if ((e = http_header_find(h, req->n_headers, STR("Expect"), &v)) == ERR_DUP)
		return HTTP_BAD;
	if (e == 0 && req->minor == 1) {
		if (!str_eq_nocase(v, STR("100-continue")))
			return HTTP_EXPECT_UNKNOWN;
		*ret_wants_continue = has_body;
	}
	req->upgrade = wants_upgrade(req, has_body);
	return HTTP_INCOMPLETE;
}

bool
http_head_keep_alive(const struct http_header *h, size_t n, unsigned minor)
{
	if (http_header_has(h, n, STR("Connection"), STR("close")))
		return false;
	return minor == 1 || http_header_has(h, n, STR("Connection"), STR("keep-alive"));
}
