/*
 * answer: the bytes of an answer: that of core with the headers that front adds, or an error
 * of front itself in the form of the request's protocol.
 */
#ifndef FRONT_ANSWER_H
#define FRONT_ANSWER_H

#include "aws/awserr.h"
#include "codec/http.h"

/* What front adds to each answer. */
struct answer_frame {
	const char *request_id;
	int64_t now_s;  /* UTC */
	unsigned minor; /* of the request's HTTP/1.x */
	bool close;     /* this answer is the last on its connection */
	bool head_only; /* the request was HEAD */
};

/*
 * Appends resp with its headers and x-amzn-RequestId, Date and Connection. Errors as
 * http_response_write; ERR_TOOBIG for more than 64 headers. After an error nothing is appended.
 */
int answer_write(struct buf *out, const struct http_response *resp,
    const struct answer_frame *f) MUST_CHECK;

/*
 * Appends an answer of front itself, with status and the error e. headers are those of the
 * request, as far as they were read; they decide between JSON and XML.
 */
void answer_error(struct buf *out, uint16_t status, enum awserr e,
    const struct http_header *headers, size_t n_headers, const struct answer_frame *f);

#endif
