/*
 * answer: see answer.h.
 */
#include "front/answer.h"

#include <assert.h>

#include "base/date.h"

#define HEADERS_MAX 64
#define OWN_HEADERS 4
#define ERROR_BODY_BYTES 32768u

int
answer_write(struct buf *out, const struct http_response *resp, const struct answer_frame *f)
{
	struct http_header h[HEADERS_MAX + OWN_HEADERS];
	struct http_response full = *resp;
	struct buf date;
	size_t n = 0;
	int r;

	if (resp->n_headers > HEADERS_MAX)
		return ERR_TOOBIG;
	buf_init(&date, 64);
	date_http_write(&date, f->now_s);
	h[n++] = (struct http_header){ STR("x-amzn-RequestId"), str_of(f->request_id) };
	if (resp->n_headers > 0)
		memcpy(h + n, resp->headers, resp->n_headers * sizeof(h[0]));
	n += resp->n_headers;
	h[n++] = (struct http_header){ STR("Date"), buf_view(&date) };
	if (f->close)
		h[n++] = (struct http_header){ STR("Connection"), STR("close") };
	else if (f->minor == 0)
		h[n++] = (struct http_header){ STR("Connection"), STR("keep-alive") };
	full.headers = h;
	full.n_headers = n;
	r = http_response_write(out, &full, f->head_only);
	buf_release(&date);
	return r;
}

void
answer_error(struct buf *out, uint16_t status, enum awserr e, const struct http_header *headers,
    size_t n_headers, const struct answer_frame *f)
{
	enum service s = service_guess(headers, n_headers);
	struct awserr_head head = awserr_head(e, s);
	struct http_header h[2];
	struct http_response resp = { .status = status, .headers = h };
	struct buf body;
	int r;

	buf_init(&body, ERROR_BODY_BYTES);
	awserr_write(&body, e, s, STR(""), str_of(f->request_id));
	h[resp.n_headers++] = (struct http_header){ STR("Content-Type"), head.content_type };
	if (head.error_type.n > 0)
		h[resp.n_headers++] =
		    (struct http_header){ STR("x-amzn-ErrorType"), head.error_type };
	resp.body = buf_view(&body);
	/* It cannot fail: all headers are our own and few. */
	r = answer_write(out, &resp, f);
	assert(r == 0);
	buf_release(&body);
}
