/*
 * http: HTTP/1.1 messages (RFC 9112), read and written. It knows bytes, not
 * sockets: feed the reader what arrived, send what the writers append.
 *
 * The reader is strict where messages are smuggled: one length only, one Host,
 * origin-form targets, CRLF line ends, no folded header, no NUL, no space
 * before a colon, "chunked" as the only transfer coding. It stops at the last
 * byte of a message, so pipelined requests and bytes after an upgrade stay
 * with the caller.
 *
 * The tokenizer under it is llhttp. Its header is included by http_reader.c and
 * http_gate.c alone; nobody outside of this room sees one of its types.
 */
#ifndef CODEC_HTTP_H
#define CODEC_HTTP_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/* Longest name of a header; whoever is handed headers that were read here may
 * rely on it. */
#define HTTP_NAME_MAX_BYTES 256

struct http_header {
	struct str name;  /* as received, case kept */
	struct str value; /* without the white space around it */
};

struct http_request {
	struct str method;                 /* "GET": letters as received, upper case */
	struct str target;                 /* raw path and query; begins with '/' */
	const struct http_header *headers; /* in the order of the wire; no trailers */
	size_t n_headers;
	struct str body; /* chunks joined */
	unsigned minor;  /* of HTTP/1.x: 0 or 1 (reader only) */
	bool keep_alive; /* the connection may serve another (reader only) */
	bool upgrade;    /* GET without body that asks for an Upgrade (reader only) */
};

struct http_response {
	uint16_t status;
	const struct http_header *headers;
	size_t n_headers;
	struct str body;
	unsigned minor; /* reader only, as the two below */
	bool keep_alive;
	bool upgrade; /* 101: what follows is another protocol */
};

/* ---- reading ---- */

enum http_outcome {
	HTTP_INCOMPLETE, /* give more bytes */
	HTTP_COMPLETE,   /* the message is there */
	/* all below: answer http_outcome_status() and close the connection */
	HTTP_BAD,             /* 400: malformed or ambiguous */
	HTTP_TARGET_TOO_LONG, /* 414 */
	HTTP_HEAD_TOO_BIG,    /* 431: header bytes, a name, or header count */
	HTTP_BODY_TOO_BIG,    /* 413: announced or received */
	HTTP_EXPECT_UNKNOWN,  /* 417: an Expect that is not 100-continue */
	HTTP_VERSION_UNKNOWN, /* 505: neither HTTP/1.1 nor HTTP/1.0 */
};

struct http_limits {
	size_t target_bytes;
	size_t head_bytes; /* start line and headers together; also trailers */
	size_t n_headers;
	size_t body_bytes;
};

struct http_reader;

struct http_reader *http_reader_new_request(const struct http_limits *limits);
struct http_reader *http_reader_new_response(const struct http_limits *limits);
void http_reader_free(struct http_reader *r); /* NULL is fine */

/* Forgets the message; the next byte begins another. Small memory is kept. */
void http_reader_reset(struct http_reader *r);
/* Response readers, after new or reset: the answer to come is one to HEAD, so
 * it has no body whatever its headers say. */
void http_reader_expect_head(struct http_reader *r);

/*
 * Reads bytes of in. ret_used: how many belong to this message; never less
 * than all while it is incomplete. After any outcome but HTTP_INCOMPLETE only
 * reset or free may follow. Of several faults, which is told depends on where
 * the input was cut; that it is refused does not.
 */
enum http_outcome http_reader_feed(struct http_reader *r, struct str in, size_t *ret_used);
/* The peer will send no more: completes a response whose body ends with the
 * connection; HTTP_BAD in the middle of anything else; HTTP_INCOMPLETE when
 * not one byte of a message has come. */
enum http_outcome http_reader_finish(struct http_reader *r);

/* Some byte of a message has come (then a silent peer deserves 408). */
bool http_reader_started(const struct http_reader *r);
/* The head is read and the reader is in the body (limits of time differ). */
bool http_reader_in_body(const struct http_reader *r);
/* True once a message: its sender waits for "100 Continue" before the body. */
bool http_reader_take_continue(struct http_reader *r);

/*
 * The headers read so far, whole ones only, also of a message that was refused:
 * to choose the form of the error answer, for nothing else. Borrowed until the
 * next call.
 */
size_t http_reader_headers(struct http_reader *r, const struct http_header **ret);

/* After HTTP_COMPLETE; borrowed until reset or free. */
const struct http_request *http_reader_request(const struct http_reader *r);
const struct http_response *http_reader_response(const struct http_reader *r);

/* 400, 413, 414, 417, 431, 505; 0 for the two outcomes that are no failure. */
uint16_t http_outcome_status(enum http_outcome o);

/* ---- headers ---- */

/* The value of the one header of this name (any case). ERR_NOTFOUND; ERR_DUP
 * when there are several. */
int http_header_find(const struct http_header *h, size_t n, struct str name,
    struct str *ret) MUST_CHECK;
/* True when a comma-separated header has this token, any case. */
bool http_header_has(const struct http_header *h, size_t n, struct str name, struct str token);

/* ---- writing ---- */

/*
 * Appends a response: status line, the headers as given, Content-Length, body.
 * 1xx and 204 get neither length nor body. With head_only (answer to HEAD) the
 * length is that of the body, the body is left out.
 * Errors, with nothing appended: ERR_SYNTAX (a name that is no token; CR, LF,
 * NUL or another control byte in a value), ERR_DUP (Content-Length or
 * Transfer-Encoding among the headers), ERR_RANGE (status outside 100..599,
 * or a body where none may be). A full buffer: see buf_err.
 */
int http_response_write(struct buf *out, const struct http_response *resp,
    bool head_only) MUST_CHECK;
/* As above for a request; Content-Length is written when there is a body and
 * for POST, PUT and PATCH. The caller gives Host. */
int http_request_write(struct buf *out, const struct http_request *req) MUST_CHECK;

/* "Not Found" for 404; "Unknown" for codes without a name here. */
const char *http_reason(uint16_t status);

#endif
