/*
 * ws: WebSocket frames (RFC 6455 section 5). ws_handshake does the opening handshake.
 *
 * The decoder streams: it returns the payload of data frames as it arrives, unmasked in place in
 * the caller's input, so that nothing is copied. It collects control frames, which have at most
 * 125 bytes. No extension is ever agreed on, so reserved bits are errors.
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
	WS_SERVER, /* we are the server: received frames must be masked */
	WS_CLIENT, /* we are the client: received frames must not be masked */
};

/* The close codes that we send (RFC 6455 section 7.4.1). */
enum ws_code {
	WS_CODE_NORMAL = 1000,
	WS_CODE_GOING_AWAY = 1001,
	WS_CODE_PROTOCOL = 1002,
	WS_CODE_UNSUPPORTED = 1003,
	WS_CODE_NONE = 1005, /* never sent: stands for a close frame without a code */
	WS_CODE_NOT_UTF8 = 1007,
	WS_CODE_POLICY = 1008,
	WS_CODE_TOO_BIG = 1009,
	WS_CODE_INTERNAL = 1011,
};

#define WS_MAX_CONTROL 125
#define WS_MAX_HEAD 14

/* The members are private to ws.c. A decoder has nothing to release. */
struct ws_decoder {
	enum ws_role role;
	uint64_t max_text_bytes, max_binary_bytes;
	uint64_t message_bytes; /* of the present message, as its frames announced them */
	uint64_t frame_left;    /* payload bytes of the frame that have not come yet */
	enum ws_op message_op;  /* WS_CONTINUATION: there is no message at present */
	enum ws_op frame_op;
	bool fin;
	bool in_frame;
	uint8_t mask[4]; /* rotated so that mask[0] is for the next byte */
	uint8_t head[WS_MAX_HEAD];
	uint8_t head_n;
	uint8_t control[WS_MAX_CONTROL];
	uint8_t control_n;
};

/* A piece of a data message, or a whole control frame. */
struct ws_part {
	enum ws_op op;   /* WS_TEXT, WS_BINARY or a control op; never WS_CONTINUATION */
	struct str data; /* in the input; of a control frame in the decoder */
	bool end;        /* the message ends here; always true for control frames */
};

/* max_text_bytes and max_binary_bytes limit a message of that kind, with all its frames;
 * UINT64_MAX for no limit. */
void ws_decoder_init(struct ws_decoder *d, enum ws_role role, uint64_t max_text_bytes,
    uint64_t max_binary_bytes);

/*
 * Reads up to the end of one part from the n bytes at p, which it may overwrite. *ret_used is how
 * many bytes it read, whatever it returns. 0: part is valid; call again with the rest.
 * ERR_AGAIN: all bytes were used, and there is no part yet. A part may be empty (of an empty
 * frame, which may end a message). Text is not checked for UTF-8 here: the caller joins the
 * message and calls utf8_valid. Other errors must end the connection: ERR_SYNTAX (with
 * WS_CODE_PROTOCOL), ERR_TOOBIG (with WS_CODE_TOO_BIG).
 */
int ws_decode(struct ws_decoder *d, uint8_t *p, size_t n, size_t *ret_used,
    struct ws_part *part) MUST_CHECK;

/*
 * Reads the payload of a close frame. Without payload it gives WS_CODE_NONE and an empty reason.
 * ERR_SYNTAX for a payload of one byte, a code that must not be sent, or a reason that is not
 * UTF-8.
 */
int ws_close_parse(struct str payload, uint16_t *ret_code, struct str *ret_reason) MUST_CHECK;

/* Appends a frame that is a whole message. mask is NULL for a server, and 4 random bytes for a
 * client. The payload of a control frame has at most 125 bytes. */
void ws_frame_write(struct buf *out, enum ws_op op, struct str payload, const uint8_t *mask);
/* True when a close frame may have this code (RFC 6455 7.4 and the IANA registry). */
bool ws_code_is_valid(uint16_t code);
/* Appends a close frame. The reason is cut to 123 bytes at the end of a character, and at the
 * first byte that is not UTF-8. With WS_CODE_NONE the frame has neither code nor reason. */
void ws_close_write(struct buf *out, uint16_t code, struct str reason, const uint8_t *mask);

#endif
