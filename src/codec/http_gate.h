/*
 * http_gate: checks the bytes of an HTTP head before the tokenizer sees them. It finds where the
 * head ends, and refuses what tokenizers disagree on: bare CR and LF, control bytes, folded
 * headers, headers without a name. Only http_reader.c uses it.
 */
#ifndef CODEC_HTTP_GATE_H
#define CODEC_HTTP_GATE_H

#include <stdint.h>

#include "base/str.h"

enum http_gate_state {
	HTTP_GATE_BEGIN,   /* nothing was read; one empty line may come (RFC 9112 2.2) */
	HTTP_GATE_LEAD_CR, /* behind the CR of that empty line */
	HTTP_GATE_FIRST,   /* the start line must begin now */
	HTTP_GATE_LINE,    /* in the start line or a header line */
	HTTP_GATE_CR,      /* behind the CR of a line */
	HTTP_GATE_NEXT,    /* at the beginning of a header line or of the empty line */
	HTTP_GATE_LAST_CR, /* behind the CR of the empty line */
	HTTP_GATE_DONE,    /* the head is complete */
	HTTP_GATE_REFUSED,
};

/* All zero at the beginning of a message. */
struct http_gate {
	enum http_gate_state state;
	bool line_done; /* the start line is complete */
	size_t line_n;  /* bytes of the start line without its CRLF */
};

/* Returns how many bytes of in are good: up to the end of the head (DONE), or before the byte
 * that is refused (REFUSED), or all. */
size_t http_gate_pass(struct http_gate *g, struct str in);

#endif
