/*
 * http_fuzz: how the input is cut must not change whether a message is complete or where it ends,
 * and a request that is written again must read the same. The first byte chooses the kind of
 * reader.
 */
#include <assert.h>
#include <stdint.h>

#include "codec/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct http_limits limits = {
	.target_bytes = 128,
	.head_bytes = 1024,
	.n_headers = 16,
	.body_bytes = 256,
};

static enum http_outcome
feed(struct http_reader *r, struct str in, size_t step, size_t *ret_used)
{
	enum http_outcome o = HTTP_INCOMPLETE;
	size_t used;

	*ret_used = 0;
	while (o == HTTP_INCOMPLETE && *ret_used < in.n) {
		o = http_reader_feed(r, str_head(str_from(in, *ret_used), step), &used);
		*ret_used += used;
	}
	return o;
}

/* Writes the request without the headers that say its length, and reads it. */
static void
write_again(const struct http_request *req)
{
	struct http_reader *r =
	    http_reader_new_request(&(struct http_limits){ 128, 2048, 16, 256 });
	struct http_header h[16];
	struct http_request q = *req;
	const struct http_request *back;
	struct buf b;
	size_t i, used;

	buf_init(&b, 4096);
	q.headers = h;
	q.n_headers = 0;
	for (i = 0; i < req->n_headers; i++)
		if (!str_eq_nocase(req->headers[i].name, STR("Content-Length")) &&
		    !str_eq_nocase(req->headers[i].name, STR("Transfer-Encoding")))
			h[q.n_headers++] = req->headers[i];
	if (q.n_headers < 16 && req->minor == 1) {
		assert(http_request_write(&b, &q) == 0 && b.err == 0);
		assert(http_reader_feed(r, buf_view(&b), &used) == HTTP_COMPLETE && used == b.n);
		back = http_reader_request(r);
		assert(str_eq(back->method, req->method) && str_eq(back->target, req->target) &&
		    str_eq(back->body, req->body));
	}
	buf_release(&b);
	http_reader_free(r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_reader *whole, *cut;
	enum http_outcome o, o_cut;
	size_t used_whole, used_cut;
	struct str in;
	bool is_response;

	if (size < 2)
		return 0;
	is_response = data[0] == 'r';
	in = str_of_n(data + 1, size - 1);
	whole = is_response ? http_reader_new_response(&limits) : http_reader_new_request(&limits);
	cut = is_response ? http_reader_new_response(&limits) : http_reader_new_request(&limits);
	o = feed(whole, in, in.n, &used_whole);
	o_cut = feed(cut, in, 1, &used_cut);
	/* of several faults, either may be told */
	assert(o_cut == o || (o > HTTP_COMPLETE && o_cut > HTTP_COMPLETE));
	if (o == HTTP_COMPLETE)
		assert(used_whole == used_cut);
	if (o == HTTP_COMPLETE && !is_response)
		write_again(http_reader_request(whole));
	if (o == HTTP_INCOMPLETE)
		assert(http_reader_finish(whole) == http_reader_finish(cut));
	http_reader_free(whole);
	http_reader_free(cut);
	return 0;
}
