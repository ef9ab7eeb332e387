/*
 * answer: the bytes of an answer: what core said, with what front adds,
 * and front's own errors in the form of the request's protocol.
 */
#ifndef FRONT_ANSWER_H
#define FRONT_ANSWER_H

#include "aws/awserr.h"
#include "codec/http.h"

/* What the connection adds to each answer. */
struct answer_frame {
	const char *request_id;
	int64_t now_s;  /* UTC */
	unsigned minor; /* of the request's HTTP/1.x */
	bool close;     /* this answer is the last */
	bool head_only; /* the request was HEAD */
};

/*
 * Appends resp with Date, x-amzn-RequestId and Connection beside its headers.
 * Errors as http_response_write; ERR_TOOBIG for more than 64 headers. Nothing is
 * appended then.
 */
int answer_write(struct buf *out, const struct http_response *resp,
    const struct answer_frame *f) MUST_CHECK;

/*
 * Appends the answer for a status that front decided on. e: what it is about.
 * headers: of the request, as far as they were read; they tell JSON from XML.
 */
void answer_error(struct buf *out, uint16_t status, enum awserr e,
    const struct http_header *headers, size_t n_headers, const struct answer_frame *f);

#endif
