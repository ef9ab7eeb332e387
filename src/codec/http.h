/*
 * http: reads and writes HTTP/1.1 messages (RFC 9112). It has no sockets: feed the reader what
 * arrived, and send what the writers append.
 *
 * The reader is strict where leniency allows request smuggling: one length only, one Host,
 * origin-form targets, CRLF line ends, no folded header, no NUL, no space before a colon, and
 * "chunked" as the only transfer coding. It stops at the last byte of a message, so pipelined
 * requests and bytes after an upgrade stay with the caller.
 *
 * The tokenizer under it is llhttp. Only http_reader.c includes its header.
 */
#ifndef CODEC_HTTP_H
#define CODEC_HTTP_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/* The longest name that a header may have. No header from the reader has a longer one. */
#define HTTP_NAME_MAX_BYTES 256

struct http_header {
	struct str name;  /* as received, case kept */
	struct str value; /* without the white space around it */
};

struct http_request {
	struct str method;                 /* "GET", in upper case */
	struct str target;                 /* raw path and query; begins with '/' */
	const struct http_header *headers; /* in the order received, without trailers */
	size_t n_headers;
	struct str body; /* chunks are joined */
	/* set by the reader only */
	unsigned minor;  /* of HTTP/1.x: 0 or 1 */
	bool keep_alive; /* the connection may carry another request */
	bool upgrade;    /* a GET without body that asks for an Upgrade */
};

struct http_response {
	uint16_t status;
	const struct http_header *headers;
	size_t n_headers;
	struct str body;
	/* set by the reader only */
	unsigned minor;
	bool keep_alive;
	bool upgrade; /* the status is 101, and what follows is another protocol */
};

/* ---- reading ---- */

enum http_outcome {
	HTTP_INCOMPLETE, /* more bytes are needed */
	HTTP_COMPLETE,   /* the whole message has been read */
	/* for all below: answer with http_outcome_status() and close the connection */
	HTTP_BAD,             /* 400: malformed or ambiguous */
	HTTP_TARGET_TOO_LONG, /* 414 */
	HTTP_HEAD_TOO_BIG,    /* 431: header bytes, a name, or header count */
	HTTP_BODY_TOO_BIG,    /* 413: announced or received */
	HTTP_EXPECT_UNKNOWN,  /* 417: an Expect that is not 100-continue */
	HTTP_VERSION_UNKNOWN, /* 505: neither HTTP/1.1 nor HTTP/1.0 */
};

struct http_limits {
	size_t target_bytes;
	size_t head_bytes; /* start line, headers, chunk extensions and trailers together */
	size_t n_headers;
	size_t body_bytes;
};

struct http_reader;

struct http_reader *http_reader_new_request(const struct http_limits *limits);
struct http_reader *http_reader_new_response(const struct http_limits *limits);
void http_reader_free(struct http_reader *r); /* NULL is fine */

/* Drops the message; the next byte begins another one. Small buffers are kept. */
void http_reader_reset(struct http_reader *r);

/*
 * Reads the bytes of in. *ret_used is how many of them belong to this message: all, as long as
 * it is incomplete. After any outcome but HTTP_INCOMPLETE, the reader can only be asked for the
 * message, reset or freed. If a message has several faults, which one is told may depend on how
 * the input was cut into pieces; that it is refused does not.
 */
enum http_outcome http_reader_feed(struct http_reader *r, struct str in, size_t *ret_used);
/* The peer will send no more. A response whose body ends with the connection is complete then;
 * anything else that has begun is HTTP_BAD; HTTP_INCOMPLETE if no byte of a message has come. */
enum http_outcome http_reader_finish(struct http_reader *r);

/* True when some byte of a message has come, so that a peer that goes silent gets a 408. */
bool http_reader_started(const struct http_reader *r);
/* True when the head has been read and the body has not. */
bool http_reader_in_body(const struct http_reader *r);
/* True when the sender waits for "100 Continue" before the body; only once for a message. */
bool http_reader_take_continue(struct http_reader *r);

/*
 * Gives the headers that have been read whole so far, also those of a message that was refused,
 * and returns how many. They are only for choosing the form of an error answer. Borrowed until
 * the next call.
 */
size_t http_reader_headers(struct http_reader *r, const struct http_header **ret);

/* The message, only after HTTP_COMPLETE; borrowed until reset or free. */
const struct http_request *http_reader_request(const struct http_reader *r);
const struct http_response *http_reader_response(const struct http_reader *r);

/* 400, 413, 414, 417, 431, 505; 0 for the two outcomes that are no failure. */
uint16_t http_outcome_status(enum http_outcome o);

/* ---- headers ---- */

/* Finds the only header of this name, in any case. ERR_NOTFOUND; ERR_DUP when there are several,
 * and *ret is the first then. */
int http_header_find(const struct http_header *h, size_t n, struct str name,
    struct str *ret) MUST_CHECK;
/* True when a header of this name, whose value is a comma-separated list, has this token; name
 * and token in any case. */
bool http_header_has(const struct http_header *h, size_t n, struct str name, struct str token);

/* ---- writing ---- */

/*
 * Appends a response: status line, the headers as given, Content-Length, body. 1xx and 204 have
 * neither length nor body. With head_only (the answer to HEAD) the length is that of the body,
 * but the body is left out. Errors, with nothing appended: ERR_SYNTAX (a name is no token, or a
 * value has a control byte), ERR_DUP (Content-Length or Transfer-Encoding is among the headers),
 * ERR_RANGE (a status outside 100..599, or a body where none may be). An overfull buffer is told
 * by buf_err.
 */
int http_response_write(struct buf *out, const struct http_response *resp,
    bool head_only) MUST_CHECK;
/* Appends a request. Content-Length is written when there is a body, and always for POST, PUT
 * and PATCH; the caller gives Host. ERR_SYNTAX (also the method or target), ERR_DUP. */
int http_request_write(struct buf *out, const struct http_request *req) MUST_CHECK;

/* The reason phrase: "Not Found" for 404; "Unknown" for a status that is not in the table. */
const char *http_reason(uint16_t status);

#endif
