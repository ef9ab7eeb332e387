/*
 * ws: WebSocket frames; see ws.h. Pure.
 */
#include "codec/ws.h"

#include <assert.h>

#include "base/rd.h"
#include "codec/utf8.h"

#define FIN 0x80
#define RESERVED 0x70
#define OPCODE 0x0f
#define MASKED 0x80
#define LENGTH 0x7f

void
ws_decoder_init(struct ws_decoder *d, enum ws_role role, uint64_t max_text_bytes,
    uint64_t max_binary_bytes)
{
	*d = (struct ws_decoder){
		.role = role,
		.max_text_bytes = max_text_bytes,
		.max_binary_bytes = max_binary_bytes,
		.message_op = WS_CONTINUATION,
	};
}

/* Works on eight bytes at a time, as most of the time of a large message is spent here. */
static void
mask_bytes(uint8_t *p, size_t n, const uint8_t mask[static 4])
{
	uint8_t key[8];
	uint64_t word, pad;
	size_t i;

	memcpy(key, mask, 4);
	memcpy(key + 4, mask, 4);
	memcpy(&pad, key, sizeof(pad));
	for (; n >= sizeof(word); n -= sizeof(word), p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		word ^= pad;
		memcpy(p, &word, sizeof(word));
	}
	for (i = 0; i < n; i++)
		p[i] ^= key[i];
}

static bool
is_control(enum ws_op op)
{
	return (op & 0x8) != 0;
}

/* The length of the head, as far as the bytes that were read tell it. */
static size_t
head_length(const struct ws_decoder *d)
{
	uint8_t length = d->head[1] & LENGTH;

	if (d->head_n < 2)
		return 2;
	return (size_t)2 +
	    (length == 126          ? 2
		    : length == 127 ? 8
				    : 0) +
	    ((d->head[1] & MASKED) != 0 ? 4 : 0);
}

/* Checks what can be checked with the first two bytes. */
static int
check_first_bytes(const struct ws_decoder *d)
{
	enum ws_op op = d->head[0] & OPCODE;
	bool fin = (d->head[0] & FIN) != 0;

	if ((d->head[0] & RESERVED) != 0 || ((d->head[1] & MASKED) != 0) != (d->role == WS_SERVER))
		return ERR_SYNTAX;
	switch (op) {
	case WS_CONTINUATION:
		return d->message_op != WS_CONTINUATION ? 0 : ERR_SYNTAX;
	case WS_TEXT:
	case WS_BINARY:
		return d->message_op == WS_CONTINUATION ? 0 : ERR_SYNTAX;
	case WS_CLOSE:
	case WS_PING:
	case WS_PONG:
		return fin && (d->head[1] & LENGTH) <= WS_MAX_CONTROL ? 0 : ERR_SYNTAX;
	}
	return ERR_SYNTAX;
}

/* Reads the payload's length, which must be in its shortest form. */
static int
parse_length(struct rd *r, uint8_t length, uint64_t *ret)
{
	uint16_t n16 = 0;
	int e;

	*ret = length;
	if (length == 126) {
		e = rd_u16(r, &n16);
		*ret = n16;
		return e != 0 || n16 < 126 ? ERR_SYNTAX : 0;
	}
	if (length == 127) {
		e = rd_u64(r, ret);
		return e != 0 || *ret <= UINT16_MAX || *ret > INT64_MAX ? ERR_SYNTAX : 0;
	}
	return 0;
}

/* The head is complete: begins the frame. */
static int
begin_frame(struct ws_decoder *d)
{
	struct rd r = rd_of(str_of_n(d->head + 2, (size_t)d->head_n - 2));
	struct str mask;
	uint64_t max;
	int e;

	if ((e = parse_length(&r, d->head[1] & LENGTH, &d->frame_left)) != 0)
		return e;
	d->frame_op = d->head[0] & OPCODE;
	d->fin = (d->head[0] & FIN) != 0;
	memset(d->mask, 0, sizeof(d->mask));
	if (d->role == WS_SERVER) {
		if ((e = rd_bytes(&r, sizeof(d->mask), &mask)) != 0)
			return e;
		memcpy(d->mask, mask.p, sizeof(d->mask));
	}
	d->head_n = 0;
	d->control_n = 0;
	d->in_frame = true;
	if (is_control(d->frame_op))
		return 0;
	if (d->frame_op != WS_CONTINUATION)
		d->message_op = d->frame_op;
	max = d->message_op == WS_TEXT ? d->max_text_bytes : d->max_binary_bytes;
	if (d->frame_left > max - d->message_bytes)
		return ERR_TOOBIG;
	d->message_bytes += d->frame_left;
	return 0;
}

/* Collects the bytes of the head. 0 when it is complete; ERR_AGAIN, or as ws_decode. */
static int
read_head(struct ws_decoder *d, const uint8_t *p, size_t n, size_t *used)
{
	int e;

	while (*used < n) {
		d->head[d->head_n++] = p[(*used)++];
		if (d->head_n == 2 && (e = check_first_bytes(d)) != 0)
			return e;
		if (d->head_n >= 2 && d->head_n == head_length(d))
			return begin_frame(d);
	}
	return ERR_AGAIN;
}

/* Unmasks the next piece of payload, at most n bytes, and returns its length. */
static size_t
take_payload(struct ws_decoder *d, uint8_t *p, size_t n)
{
	uint8_t turned[4];
	size_t i;

	if (n > d->frame_left)
		n = (size_t)d->frame_left;
	d->frame_left -= n;
	if (d->role == WS_CLIENT || n == 0)
		return n;
	mask_bytes(p, n, d->mask);
	for (i = 0; i < 4; i++)
		turned[i] = d->mask[(n + i) & 3];
	memcpy(d->mask, turned, sizeof(turned));
	return n;
}

static int
read_control(struct ws_decoder *d, uint8_t *p, size_t n, size_t *used, struct ws_part *part)
{
	size_t took = take_payload(d, p + *used, n - *used);

	memcpy(d->control + d->control_n, p + *used, took);
	d->control_n = (uint8_t)(d->control_n + took);
	*used += took;
	if (d->frame_left > 0)
		return ERR_AGAIN;
	d->in_frame = false;
	part->op = d->frame_op;
	part->data = str_of_n(d->control, d->control_n);
	part->end = true;
	return 0;
}

static int
read_data(struct ws_decoder *d, uint8_t *p, size_t n, size_t *used, struct ws_part *part)
{
	size_t took = take_payload(d, p + *used, n - *used);

	if (took == 0 && d->frame_left > 0)
		return ERR_AGAIN;
	part->op = d->message_op;
	part->data = str_of_n(p + *used, took);
	part->end = d->fin && d->frame_left == 0;
	*used += took;
	if (d->frame_left == 0)
		d->in_frame = false;
	if (part->end) {
		d->message_op = WS_CONTINUATION;
		d->message_bytes = 0;
	}
	return 0;
}

int
ws_decode(struct ws_decoder *d, uint8_t *p, size_t n, size_t *ret_used, struct ws_part *part)
{
	int e;

	*ret_used = 0;
	if (n == 0)
		return ERR_AGAIN;
	if (!d->in_frame && (e = read_head(d, p, n, ret_used)) != 0)
		return e;
	if (is_control(d->frame_op))
		return read_control(d, p, n, ret_used, part);
	return read_data(d, p, n, ret_used, part);
}

/* 1004 to 1006 and 1015 are registered, but must not be sent. */
bool
ws_code_is_valid(uint16_t code)
{
	return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
	    (code >= 3000 && code <= 4999);
}

int
ws_close_parse(struct str payload, uint16_t *ret_code, struct str *ret_reason)
{
	struct rd r = rd_of(payload);
	uint16_t code;

	if (payload.n == 0) {
		*ret_code = WS_CODE_NONE;
		*ret_reason = payload;
		return 0;
	}
	if (rd_u16(&r, &code) != 0 || !ws_code_is_valid(code) || !utf8_valid(r.rest))
		return ERR_SYNTAX;
	*ret_code = code;
	*ret_reason = r.rest;
	return 0;
}

/* Writes the head of a frame that is a whole message of n payload bytes, and returns its length. */
static size_t
head_write(uint8_t ret[static WS_MAX_HEAD], enum ws_op op, uint64_t n, const uint8_t *mask)
{
	size_t at = 2, length_n = n <= WS_MAX_CONTROL ? 0 : n <= UINT16_MAX ? 2 : 8, i;

	assert(!is_control(op) || n <= WS_MAX_CONTROL);
	ret[0] = (uint8_t)(FIN | op);
	ret[1] = (uint8_t)(length_n == 0 ? n : length_n == 2 ? 126 : 127);
	for (i = length_n; i > 0; i--)
		ret[at++] = (uint8_t)(n >> 8 * (i - 1));
	if (mask != NULL) {
		ret[1] |= MASKED;
		memcpy(ret + at, mask, 4);
		at += 4;
	}
	return at;
}

void
ws_frame_write(struct buf *out, enum ws_op op, struct str payload, const uint8_t *mask)
{
	uint8_t head[WS_MAX_HEAD];
	size_t n = head_write(head, op, payload.n, mask);
	char *at = buf_reserve(out, n + payload.n);

	if (at == NULL)
		return;
	memcpy(at, head, n);
	if (payload.n > 0)
		memcpy(at + n, payload.p, payload.n);
	if (mask != NULL)
		mask_bytes((uint8_t *)at + n, payload.n, mask);
	buf_commit(out, n + payload.n);
}

void
ws_close_write(struct buf *out, uint16_t code, struct str reason, const uint8_t *mask)
{
	uint8_t payload[WS_MAX_CONTROL] = { (uint8_t)(code >> 8), (uint8_t)code };
	size_t n = 2, len;
	uint32_t cp;

	if (code == WS_CODE_NONE) {
		ws_frame_write(out, WS_CLOSE, STR(""), mask);
		return;
	}
	while (reason.n > 0) {
		len = utf8_char(reason, &cp);
		if (len == 0 || n + len > sizeof(payload))
			break;
		memcpy(payload + n, reason.p, len);
		n += len;
		reason = str_from(reason, len);
	}
	ws_frame_write(out, WS_CLOSE, str_of_n(payload, n), mask);
}
