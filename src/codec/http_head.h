/*
 * http_head: judgement on the headers of a message as a whole: its length, its
 * host, what it asks of the connection. Inside of the reader.
 */
#ifndef CODEC_HTTP_HEAD_H
#define CODEC_HTTP_HEAD_H

#include <stdint.h>

#include "codec/http.h"

/*
 * The body's length, told in one way and no other: HTTP_INCOMPLETE (go on) or
 * HTTP_BAD. ret_has: a body comes; ret_n: its bytes if announced, else 0.
 */
enum http_outcome http_head_framing(const struct http_header *h, size_t n, unsigned minor,
    bool *ret_has, uint64_t *ret_n);

/* Host, target and Expect of a request, whose other fields are set; fills its
 * upgrade. HTTP_INCOMPLETE to go on. */
enum http_outcome http_head_check_request(struct http_request *req, bool has_body,
    bool *ret_wants_continue);

/* What the headers say; a response's body may say otherwise. */
bool http_head_keep_alive(const struct http_header *h, size_t n, unsigned minor);

#endif
