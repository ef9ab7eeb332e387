/*
 * ws: WebSocket frames (RFC 6455 section 5). The opening is ws_handshake.
 *
 * The decoder streams: payload of data frames is handed out as it arrives, in
 * place in the caller's input, already unmasked, so that a tunnel copies
 * nothing. Control frames are collected (they are 125 bytes at most).
 * No extension is ever agreed on, so reserved bits are errors.
 */
#ifndef CODEC_WS_H
#define CODEC_WS_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum ws_op {
	WS_CONTINUATION = 0x0,
	WS_TEXT = 0x1,
	WS_BINARY = 0x2,
	WS_CLOSE = 0x8,
	WS_PING = 0x9,
	WS_PONG = 0xa,
};

enum ws_role {
	WS_SERVER, /* we serve: frames that come must be masked */
	WS_CLIENT, /* we asked: frames that come must not be masked */
};

/* Close codes we send (RFC 6455 section 7.4.1). */
enum ws_code {
	WS_CODE_NORMAL = 1000,
	WS_CODE_GOING_AWAY = 1001,
	WS_CODE_PROTOCOL = 1002,
	WS_CODE_UNSUPPORTED = 1003,
	WS_CODE_NONE = 1005, /* never on the wire: a close without code */
	WS_CODE_NOT_UTF8 = 1007,
	WS_CODE_POLICY = 1008,
	WS_CODE_TOO_BIG = 1009,
	WS_CODE_INTERNAL = 1011,
};

#define WS_MAX_CONTROL 125
#define WS_MAX_HEAD 14

/* Fields are ws.c's own; a decoder has nothing to release. */
struct ws_decoder {
	enum ws_role role;
	uint64_t max_text_bytes, max_binary_bytes;
	uint64_t message_bytes; /* of the message under way */
	uint64_t frame_left;    /* payload bytes that the frame still owes */
	enum ws_op message_op;  /* WS_CONTINUATION: no message under way */
	enum ws_op frame_op;
	bool fin;
	bool in_frame;
	uint8_t mask[4]; /* turned so that mask[0] is for the next byte */
	uint8_t head[WS_MAX_HEAD];
	uint8_t head_n;
	uint8_t control[WS_MAX_CONTROL];
	uint8_t control_n;
};

/* A piece of a data message, or a whole control frame. */
struct ws_part {
	enum ws_op op;   /* WS_TEXT, WS_BINARY (never continuation), or control */
	struct str data; /* into the input; control: into the decoder */
	bool end;        /* the message ends here; true for control frames */
};

/* max_text_bytes, max_binary_bytes: of a message of that kind, all its frames;
 * UINT64_MAX for none. */
void ws_decoder_init(struct ws_decoder *d, enum ws_role role, uint64_t max_text_bytes,
    uint64_t max_binary_bytes);

/*
 * Reads from p (n bytes, which it may overwrite) up to the end of one part.
 * ret_used: bytes done with, in every case. 0: part is valid; call again with
 * the rest. ERR_AGAIN: all bytes are used, no part yet. A part may be empty
 * (an empty frame, whose message may end with it). Text is not checked for
 * UTF-8 here: join the message, then utf8_valid.
 * Errors end the connection: ERR_SYNTAX (WS_CODE_PROTOCOL), ERR_TOOBIG
 * (WS_CODE_TOO_BIG).
 */
int ws_decode(struct ws_decoder *d, uint8_t *p, size_t n, size_t *ret_used,
    struct ws_part *part) MUST_CHECK;

/*
 * What a close frame says. No payload: WS_CODE_NONE and an empty reason.
 * ERR_SYNTAX for a payload of one byte, a code that may not be on the wire,
 * or a reason that is not UTF-8.
 */
int ws_close_parse(struct str payload, uint16_t *ret_code, struct str *ret_reason) MUST_CHECK;

/* XORs n bytes with the mask, which begins at its byte `at` (mod 4). */
void ws_mask(uint8_t *p, size_t n, const uint8_t mask[static 4], size_t at);

/*
 * Writes the head of a final frame of n payload bytes; returns its length.
 * mask NULL (server) or 4 random bytes (client; the caller masks the payload).
 */
size_t ws_head_write(uint8_t ret[static WS_MAX_HEAD], enum ws_op op, uint64_t n,
    const uint8_t *mask);
/* A whole final frame, copied and masked as above. Control: n <= 125. */
void ws_frame_write(struct buf *out, enum ws_op op, struct str payload, const uint8_t *mask);
/* Whether a close frame may have this code (RFC 6455 7.4 and the IANA registry). */
bool ws_code_is_valid(uint16_t code);
/* A close frame; the reason is cut to 123 bytes at a character's end. WS_CODE_NONE:
 * one without code and reason. */
void ws_close_write(struct buf *out, uint16_t code, struct str reason, const uint8_t *mask);

#endif
