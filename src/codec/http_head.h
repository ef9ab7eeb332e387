/*
 * http_head: checks the headers of a message as a whole: its length, its host, and what it asks
 * of the connection. Only http_reader.c uses it.
 */
#ifndef CODEC_HTTP_HEAD_H
#define CODEC_HTTP_HEAD_H

#include <stdint.h>

#include "codec/http.h"

/*
 * Finds the length of the body, which must be told in only one way. HTTP_INCOMPLETE (all is
 * well) or HTTP_BAD. *ret_has: a body follows; *ret_n: its bytes if they were announced, else 0.
 */
enum http_outcome http_head_framing(const struct http_header *h, size_t n, unsigned minor,
    bool *ret_has, uint64_t *ret_n);

/* Checks target, Host and Expect of a request, and sets req->upgrade; the other members are set
 * before. HTTP_INCOMPLETE (all is well), HTTP_BAD or HTTP_EXPECT_UNKNOWN. */
enum http_outcome http_head_check_request(struct http_request *req, bool has_body,
    bool *ret_wants_continue);

/* True when the headers allow the connection to go on. A response whose body ends with the
 * connection does not, whatever its headers say. */
bool http_head_keep_alive(const struct http_header *h, size_t n, unsigned minor);

#endif
