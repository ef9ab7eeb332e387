/*
 * http_gate: the bytes of an HTTP head before any tokenizer sees them. It
 * finds where the head ends and refuses what tokenizers disagree on: bare CR
 * and LF, control bytes, folded headers, headers without a name. Inside of
 * the reader.
 */
#ifndef CODEC_HTTP_GATE_H
#define CODEC_HTTP_GATE_H

#include <stdint.h>

#include "base/str.h"

enum http_gate_state {
	HTTP_GATE_BEGIN, /* nothing read: one empty line may come (RFC 9112 2.2) */
	HTTP_GATE_LEAD_CR,
	HTTP_GATE_FIRST, /* now the start line must begin */
	HTTP_GATE_LINE,
	HTTP_GATE_CR,
	HTTP_GATE_NEXT, /* at the start of a header line, or of the empty line */
	HTTP_GATE_LAST_CR,
	HTTP_GATE_DONE, /* the byte before was the last of the head */
	HTTP_GATE_REFUSED,
};

/* A gate that is all zero is at the beginning. */
struct http_gate {
	enum http_gate_state state;
	bool line_done; /* the start line */
	size_t line_n;  /* bytes of the start line without its CRLF */
};

/* How many bytes of in may pass: up to the end of the head (DONE), to the byte
 * that is refused (REFUSED), or all. */
size_t http_gate_pass(struct http_gate *g, struct str in);

#endif
