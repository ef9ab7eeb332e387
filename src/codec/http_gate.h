/*
 * http_gate: the bytes of an HTTP head before any tokenizer sees them. It
 * finds where the head ends and refuses what tokenizers disagree on: bare CR
 * and LF, control bytes, folded headers. Inside of the reader.
 */
#ifndef CODEC_HTTP_GATE_H
#define CODEC_HTTP_GATE_H

#include <stdint.h>

enum http_gate {
	HTTP_GATE_BEGIN,	/* nothing read: one empty line may come (RFC 9112 2.2) */
	HTTP_GATE_LEAD_CR,
	HTTP_GATE_FIRST,	/* now the start line must begin */
	HTTP_GATE_LINE,
	HTTP_GATE_CR,
	HTTP_GATE_NEXT,		/* at the start of a header line, or of the empty line */
	HTTP_GATE_LAST_CR,
	HTTP_GATE_DONE,		/* the byte before was the last of the head */
	HTTP_GATE_REFUSED,
};

/* The state after byte c. DONE and REFUSED stay. */
enum http_gate http_gate_step(enum http_gate g, uint8_t c);

#endif
