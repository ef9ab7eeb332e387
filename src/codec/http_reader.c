/*
 * http_reader: reads HTTP/1.1 messages; see http.h. llhttp splits the lines into tokens and
 * decodes chunks. Before it, http_gate finds the end of the head and refuses what llhttp would
 * accept; after it, http_head checks the head as a whole.
 */
#include "codec/http.h"

#include <assert.h>
#include <llhttp.h>

#include "base/alloc.h"
#include "base/array.h"
#include "base/secret.h"
#include "codec/http_gate.h"
#include "codec/http_head.h"

/* How much memory each buffer may keep while the reader waits for its next message. */
#define IDLE_BYTES 16384

/* Where a header is in http_reader.text, which may still move. */
struct raw_header {
	size_t name_n, value_at, value_n;
};

struct http_reader {
	llhttp_t ll;
	struct http_limits limits;
	enum http_outcome outcome;
	struct http_gate gate;
	bool is_response;
	bool no_body;  /* of an answer with 1xx, 204 or 304 */
	bool in_name;  /* in a header's name */
	bool in_value; /* in a header's value */
	bool in_body;  /* the head is complete */
	bool wants_continue;
	size_t head_n; /* bytes of head, chunk extensions and trailers so far */
	size_t method_n, target_n;
	struct buf text; /* method, target, names and values, one after the other */
	struct raw_header *raw;
	struct http_header *headers;
	size_t n_headers, cap_raw, cap_headers;
	struct buf body;
	struct http_request req;
	struct http_response resp;
};

/* ---- the head as a whole ---- */

static void
build_headers(struct http_reader *r, size_t n)
{
	size_t i, at = r->method_n + r->target_n;
	struct raw_header *raw;

	for (i = 0; i < n; i++) {
		raw = &r->raw[i];
		r->headers[i].name = str_of_n(r->text.p + at, raw->name_n);
		r->headers[i].value = str_trim(str_of_n(r->text.p + raw->value_at, raw->value_n));
		at = raw->value_at + raw->value_n;
	}
}

static enum http_outcome
check_framing(struct http_reader *r, bool *ret_has_body)
{
	uint64_t n;
	enum http_outcome o;

	o = http_head_framing(r->headers, r->n_headers, r->ll.http_minor, ret_has_body, &n);
	if (o == HTTP_INCOMPLETE && n > r->limits.body_bytes && !r->no_body)
		return HTTP_BODY_TOO_BIG;
	return o;
}

static enum http_outcome
check_request(struct http_reader *r)
{
	enum http_outcome o;
	bool has_body;

	r->req.method = str_of_n(r->text.p, r->method_n);
	r->req.target = str_of_n(r->text.p + r->method_n, r->target_n);
	r->req.headers = r->headers;
	r->req.n_headers = r->n_headers;
	r->req.minor = r->ll.http_minor;
	r->req.keep_alive = http_head_keep_alive(r->headers, r->n_headers, r->ll.http_minor);
	if (r->gate.line_n != r->method_n + r->target_n + strlen("  HTTP/1.1"))
		return HTTP_BAD; /* there is more than one space, or one at the end */
	if ((o = check_framing(r, &has_body)) != HTTP_INCOMPLETE)
		return o;
	return http_head_check_request(&r->req, has_body, &r->wants_continue);
}

static enum http_outcome
check_response(struct http_reader *r)
{
	uint16_t status = r->ll.status_code;
	enum http_outcome o;
	bool has_body;

	if (status < 100 || status > 599)
		return HTTP_BAD;
	r->no_body = status < 200 || status == 204 || status == 304;
	r->resp.status = status;
	r->resp.headers = r->headers;
	r->resp.n_headers = r->n_headers;
	r->resp.minor = r->ll.http_minor;
	r->resp.upgrade = status == 101;
	if ((o = check_framing(r, &has_body)) != HTTP_INCOMPLETE)
		return o;
	r->resp.keep_alive = http_head_keep_alive(r->headers, r->n_headers, r->ll.http_minor) &&
	    (r->no_body || llhttp_message_needs_eof(&r->ll) == 0);
	return HTTP_INCOMPLETE;
}

static enum http_outcome
check_head(struct http_reader *r)
{
	if (r->ll.http_major != 1 || r->ll.http_minor > 1)
		return HTTP_VERSION_UNKNOWN;
	build_headers(r, r->n_headers);
	return r->is_response ? check_response(r) : check_request(r);
}

/* ---- what llhttp calls ---- */

static int
stop(struct http_reader *r, enum http_outcome o)
{
	r->outcome = o;
	return HPE_USER;
}

static int
on_method(llhttp_t *ll, const char *p, size_t n)
{
	struct http_reader *r = ll->data;

	buf_add(&r->text, p, n);
	r->method_n += n;
	return 0;
}

static int
on_url(llhttp_t *ll, const char *p, size_t n)
{
	struct http_reader *r = ll->data;

	if (n > r->limits.target_bytes - r->target_n)
		return stop(r, HTTP_TARGET_TOO_LONG);
	buf_add(&r->text, p, n);
	r->target_n += n;
	return 0;
}

/* Chunk extensions and trailers are dropped, but count for the limit. */
static int
on_dropped(llhttp_t *ll, const char *p, size_t n)
{
	struct http_reader *r = ll->data;

	(void)p;
	if (n > r->limits.head_bytes - r->head_n)
		return stop(r, HTTP_HEAD_TOO_BIG);
	r->head_n += n;
	return 0;
}

static int
begin_header(struct http_reader *r)
{
	if (r->n_headers == r->limits.n_headers)
		return stop(r, HTTP_HEAD_TOO_BIG);
	r->raw = array_room(r->raw, r->n_headers, &r->cap_raw, sizeof(*r->raw));
	r->headers = array_room(r->headers, r->n_headers, &r->cap_headers, sizeof(*r->headers));
	r->raw[r->n_headers++] = (struct raw_header){ 0 };
	r->in_name = true;
	return 0;
}

static int
on_header_field(llhttp_t *ll, const char *p, size_t n)
{
	struct http_reader *r = ll->data;
	int e;

	if (r->in_body)
		return on_dropped(ll, p, n);
	if (!r->in_name && (e = begin_header(r)) != 0)
		return e;
	if (n > HTTP_NAME_MAX_BYTES - r->raw[r->n_headers - 1].name_n)
		return stop(r, HTTP_HEAD_TOO_BIG);
	buf_add(&r->text, p, n);
	r->raw[r->n_headers - 1].name_n += n;
	return 0;
}

static int
on_header_field_complete(llhttp_t *ll)
{
	struct http_reader *r = ll->data;

	if (r->in_body)
		return 0;
	r->in_name = false;
	r->in_value = true;
	r->raw[r->n_headers - 1].value_at = r->text.n;
	return 0;
}

static int
on_header_value(llhttp_t *ll, const char *p, size_t n)
{
	struct http_reader *r = ll->data;

	if (r->in_body)
		return on_dropped(ll, p, n);
	if (!r->in_value)
		return stop(r, HTTP_BAD); /* a value without a name; http_gate refuses it too */
	buf_add(&r->text, p, n);
	r->raw[r->n_headers - 1].value_n += n;
	return 0;
}

static int
on_header_value_complete(llhttp_t *ll)
{
	struct http_reader *r = ll->data;

	r->in_value = false;
	return 0;
}

static int
on_headers_complete(llhttp_t *ll)
{
	struct http_reader *r = ll->data;
	enum http_outcome o = check_head(r);

	r->in_body = true;
	if (o != HTTP_INCOMPLETE) {
		r->outcome = o;
		return -1;
	}
	return r->no_body ? 1 : 0;
}

static int
on_body(llhttp_t *ll, const char *p, size_t n)
{
	struct http_reader *r = ll->data;

	if (n > r->limits.body_bytes - r->body.n)
		return stop(r, HTTP_BODY_TOO_BIG);
	buf_add(&r->body, p, n);
	return 0;
}

static int
on_message_complete(llhttp_t *ll)
{
	struct http_reader *r = ll->data;

	r->outcome = HTTP_COMPLETE;
	r->req.body = r->resp.body = buf_view(&r->body);
	return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
	.on_method = on_method,
	.on_url = on_url,
	.on_header_field = on_header_field,
	.on_header_field_complete = on_header_field_complete,
	.on_header_value = on_header_value,
	.on_header_value_complete = on_header_value_complete,
	.on_headers_complete = on_headers_complete,
	.on_body = on_body,
	.on_chunk_extension_name = on_dropped,
	.on_chunk_extension_value = on_dropped,
	.on_message_complete = on_message_complete,
};

/* ---- the reader ---- */

static struct http_reader *
reader_new(const struct http_limits *limits, bool is_response)
{
	struct http_reader *r = xalloc(sizeof(*r));

	r->limits = *limits;
	r->is_response = is_response;
	buf_init(&r->text, limits->head_bytes);
	buf_init(&r->body, limits->body_bytes);
	http_reader_reset(r);
	return r;
}

struct http_reader *
http_reader_new_request(const struct http_limits *limits)
{
	return reader_new(limits, false);
}

struct http_reader *
http_reader_new_response(const struct http_limits *limits)
{
	return reader_new(limits, true);
}

void
http_reader_free(struct http_reader *r)
{
	if (r == NULL)
		return;
	buf_release(&r->text);
	buf_release(&r->body);
	xfree(r->raw);
	xfree(r->headers);
	xfree(r);
}

static void
empty(struct buf *b)
{
	if (b->n > 0)
		secret_wipe(b->p, b->n);
	buf_clear(b);
	if (b->cap > IDLE_BYTES)
		buf_release(b);
}

void
http_reader_reset(struct http_reader *r)
{
	llhttp_init(&r->ll, r->is_response ? HTTP_RESPONSE : HTTP_REQUEST, &settings);
	r->ll.data = r;
	r->outcome = HTTP_INCOMPLETE;
	r->gate = (struct http_gate){ 0 };
	r->no_body = r->in_name = r->in_value = r->in_body = r->wants_continue = false;
	r->head_n = r->method_n = r->target_n = r->n_headers = 0;
	empty(&r->text);
	empty(&r->body);
	r->req = (struct http_request){ 0 };
	r->resp = (struct http_response){ 0 };
}

/* Returns how many bytes of in llhttp may get as part of the head. *ret is the outcome if
 * llhttp finds no fault in them. */
static size_t
pass_gate(struct http_reader *r, struct str in, enum http_outcome *ret)
{
	size_t n = http_gate_pass(&r->gate, str_head(in, r->limits.head_bytes - r->head_n));

	r->head_n += n;
	if (r->gate.state == HTTP_GATE_REFUSED)
		*ret = HTTP_BAD;
	else if (n < in.n && r->gate.state != HTTP_GATE_DONE)
		*ret = HTTP_HEAD_TOO_BIG;
	return n;
}

/* Gives bytes to llhttp, and returns how many belong to the message. */
static size_t
run(struct http_reader *r, struct str s)
{
	llhttp_errno_t e;

	if (s.n == 0 || r->outcome != HTTP_INCOMPLETE)
		return 0;
	e = llhttp_execute(&r->ll, s.p, s.n);
	if (e == HPE_OK)
		return s.n;
	if (r->outcome == HTTP_COMPLETE)
		return (size_t)(llhttp_get_error_pos(&r->ll) - s.p);
	if (r->outcome == HTTP_INCOMPLETE)
		r->outcome = e == HPE_INVALID_VERSION ? HTTP_VERSION_UNKNOWN : HTTP_BAD;
	return s.n;
}

enum http_outcome
http_reader_feed(struct http_reader *r, struct str in, size_t *ret_used)
{
	enum http_outcome at_gate = HTTP_INCOMPLETE;
	size_t n = 0;

	assert(r->outcome == HTTP_INCOMPLETE);
	if (r->gate.state != HTTP_GATE_DONE)
		n = pass_gate(r, in, &at_gate);
	*ret_used = run(r, str_head(in, n));
	if (r->outcome == HTTP_INCOMPLETE)
		r->outcome = at_gate;
	if (r->gate.state == HTTP_GATE_DONE)
		*ret_used += run(r, str_from(in, n));
	return r->outcome;
}

enum http_outcome
http_reader_finish(struct http_reader *r)
{
	assert(r->outcome == HTTP_INCOMPLETE);
	if (!http_reader_started(r))
		return HTTP_INCOMPLETE;
	(void)llhttp_finish(&r->ll);
	if (r->outcome == HTTP_INCOMPLETE)
		r->outcome = HTTP_BAD;
	return r->outcome;
}

bool
http_reader_started(const struct http_reader *r)
{
	return r->gate.state != HTTP_GATE_BEGIN;
}

bool
http_reader_in_body(const struct http_reader *r)
{
	return r->in_body && r->outcome == HTTP_INCOMPLETE;
}

bool
http_reader_take_continue(struct http_reader *r)
{
	bool waits = r->wants_continue && http_reader_in_body(r) && r->body.n == 0;

	r->wants_continue = false;
	return waits;
}

size_t
http_reader_headers(struct http_reader *r, const struct http_header **ret)
{
	size_t n = r->n_headers;

	if (n > 0 && (r->in_name || r->in_value))
		n--;
	build_headers(r, n);
	*ret = r->headers;
	return n;
}

const struct http_request *
http_reader_request(const struct http_reader *r)
{
	assert(!r->is_response && r->outcome == HTTP_COMPLETE);
	return &r->req;
}

const struct http_response *
http_reader_response(const struct http_reader *r)
{
	assert(r->is_response && r->outcome == HTTP_COMPLETE);
	return &r->resp;
}
