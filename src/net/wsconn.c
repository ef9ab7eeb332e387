/*
 * wsconn: see wsconn.h. The owner's operations are called only while `entered` is set. A
 * session that the owner frees in one of them is destroyed in leave.
 */
#include "net/wsconn.h"

#include "base/alloc.h"
#include "base/num.h"
#include "codec/utf8.h"

#define PING_MS 10000
/* The memory of a longer message is not kept for the next one. */
#define TEXT_KEEP_BYTES 65536u
/* What the payload of a PING begins with that asks whether the messages before it have come. */
#define ASK STR("?")
#define PING_BYTES 24
#define MAX_BOOT_MS ((uint64_t)INT64_MAX / 4)
/* How many bytes a millisecond the slowest peer is thought to take. */
#define SLOWEST_BYTES_PER_MS 64

struct wsconn {
	struct wsconn_opts o;
	struct ws_decoder ws;
	struct buf text;   /* the parts of a text message that is not complete yet */
	int64_t heard_ms;  /* when the peer sent something last; all times are boot time */
	int64_t ping_ms;   /* when the next PING is due */
	int64_t moved_ms;  /* when the queue was last empty, or found to be shorter */
	size_t queued;     /* bytes in the queue at the last look */
	size_t unasked;    /* bytes of messages since it was asked last whether they have come */
	bool asked;        /* such a PING is under way */
	int64_t answer_ms; /* when its answer must be there */
	bool over;
	bool paused;  /* the owner does not want to read */
	bool entered; /* an operation may be running: destroy in leave only */
	bool freed;
};

static int64_t
now_ms(const struct wsconn *w)
{
	return loop_now_ms(w->o.loop);
}

/* Often enough that three PINGs go unanswered before a peer counts as silent. */
static int64_t
ping_every_ms(const struct wsconn *w)
{
	int64_t third = w->o.silence_ms / 3;

	return third < PING_MS ? third : PING_MS;
}

struct wsconn *
wsconn_new(const struct wsconn_opts *o)
{
	struct wsconn *w = xalloc(sizeof(*w));

	w->o = *o;
	w->heard_ms = w->moved_ms = now_ms(w);
	w->ping_ms = now_ms(w) + (o->tells_time ? 0 : ping_every_ms(w));
	ws_decoder_init(&w->ws, o->role, o->max_text_bytes, o->max_binary_bytes);
	buf_init(&w->text, (size_t)o->max_text_bytes);
	return w;
}

static void
destroy(struct wsconn *w)
{
	buf_release(&w->text);
	xfree(w);
}

void
wsconn_free(struct wsconn *w)
{
	if (w == NULL)
		return;
	w->over = w->freed = true;
	if (!w->entered)
		destroy(w);
}

static void
leave(struct wsconn *w)
{
	w->entered = false;
	if (w->freed)
		destroy(w);
}

/* ---- sending ---- */

size_t
wsconn_queued(const struct wsconn *w)
{
	return conn_queued(w->o.conn);
}

/* Notes whether the queue has become shorter. Called before each write, which makes it longer
 * again. */
static void
look_at_queue(struct wsconn *w)
{
	size_t n = wsconn_queued(w);

	if (n == 0 || n < w->queued)
		w->moved_ms = now_ms(w);
	w->queued = n;
}

static const uint8_t *
make_mask(const struct wsconn *w, uint8_t mask[static 4])
{
	if (w->o.role == WS_SERVER)
		return NULL;
	rand_fill(w->o.rng, mask, 4);
	return mask;
}

static int
write_frame(struct wsconn *w, const struct buf *frame)
{
	int r;

	look_at_queue(w);
	if (w->queued + frame->n > w->o.max_queue_bytes)
		return ERR_FULL;
	r = conn_write(w->o.conn, buf_view(frame));
	w->queued = wsconn_queued(w);
	return r;
}

static int
send_frame(struct wsconn *w, enum ws_op op, struct str payload)
{
	uint8_t mask[4];
	struct buf b;
	int r;

	if (w->over)
		return ERR_BADSTATE;
	buf_init(&b, payload.n + WS_MAX_HEAD);
	ws_frame_write(&b, op, payload, make_mask(w, mask));
	r = write_frame(w, &b);
	buf_release(&b);
	return r;
}

static int
ping(struct wsconn *w, struct str first)
{
	char payload[PING_BYTES];
	int n = (int)first.n;

	memcpy(payload, first.p, first.n);
	if (w->o.tells_time)
		n += snprintf(payload + n, sizeof(payload) - first.n, "%lld", (long long)now_ms(w));
	return send_frame(w, WS_PING, str_of_n(payload, (size_t)n));
}

/*
 * Asks whether the peer has what was sent, unless an answer is due already. While bytes wait in the
 * queue, it is not asked: a peer that takes long to read them is judged by the queue alone. What
 * the kernel has taken may still take long, so more time is given for more bytes.
 */
static int
ask(struct wsconn *w)
{
	int r;

	if (w->o.answer_ms == 0 || w->asked || w->unasked == 0 || wsconn_queued(w) > 0)
		return 0;
	if ((r = ping(w, ASK)) != 0)
		return r;
	w->asked = true;
	w->answer_ms = now_ms(w) + w->o.answer_ms + (int64_t)(w->unasked / SLOWEST_BYTES_PER_MS);
	w->unasked = 0;
	return 0;
}

static int
send_message(struct wsconn *w, enum ws_op op, struct str payload)
{
	int r = send_frame(w, op, payload);

	if (r != 0)
		return r;
	w->unasked += payload.n + WS_MAX_HEAD;
	/* Without room for the PING the queue is full, and so not empty: it is asked later. */
	(void)!ask(w);
	return 0;
}

int
wsconn_text(struct wsconn *w, struct str text)
{
	return send_message(w, WS_TEXT, text);
}

int
wsconn_binary(struct wsconn *w, struct str bytes)
{
	return send_message(w, WS_BINARY, bytes);
}

int
wsconn_close(struct wsconn *w, uint16_t code, struct str reason)
{
	uint8_t mask[4];
	struct buf b;
	int r;

	if (w->over)
		return ERR_BADSTATE;
	w->over = true;
	if (code != WS_CODE_NONE && !ws_code_is_valid(code))
		code = WS_CODE_INTERNAL;
	buf_init(&b, WS_MAX_CONTROL + WS_MAX_HEAD);
	ws_close_write(&b, code, reason, make_mask(w, mask));
	/* The connection's queue may be larger than the session's limit. The close frame may
	 * use that room. */
	r = conn_write(w->o.conn, buf_view(&b));
	buf_release(&b);
	return r;
}

/* ---- the end ---- */

static void
end(struct wsconn *w, enum wsconn_why why, uint16_t code, bool said, const char *text)
{
	const struct wsconn_end e = { why, code, said, text };

	w->over = true;
	w->o.ops->end(w->o.ctx, &e);
}

static void
stuck(struct wsconn *w)
{
	end(w, WSCONN_STUCK, 0, false, "does not read");
}

/* The peer broke a rule: sends a close frame that says which, and ends the session. */
static void
refuse(struct wsconn *w, uint16_t code, const char *text)
{
	bool said = wsconn_close(w, code, str_of(text)) == 0;

	end(w, WSCONN_NONSENSE, code, said, text);
}

/* ---- receiving ---- */

static void
deliver_text(struct wsconn *w, struct str text)
{
	if (utf8_valid(text))
		w->o.ops->text(w->o.ctx, text);
	else
		refuse(w, WS_CODE_NOT_UTF8, "not UTF-8");
}

static void
on_text(struct wsconn *w, const struct ws_part *part)
{
	if (w->o.ops->text == NULL) {
		refuse(w, WS_CODE_UNSUPPORTED, "binary only");
		return;
	}
	/* A message that came in one piece is not copied. */
	if (part->end && w->text.n == 0) {
		deliver_text(w, part->data);
		return;
	}
	buf_str(&w->text, part->data);
	if (!part->end)
		return;
	deliver_text(w, buf_view(&w->text));
	if (w->text.cap > TEXT_KEEP_BYTES)
		buf_release(&w->text);
	else
		buf_clear(&w->text);
}

static void
on_binary(struct wsconn *w, const struct ws_part *part, char *p)
{
	if (w->o.ops->binary == NULL)
		refuse(w, WS_CODE_UNSUPPORTED, "text only");
	else
		w->o.ops->binary(w->o.ctx, p, part->data.n, part->end);
}

static void
on_close(struct wsconn *w, struct str payload)
{
	struct str reason;
	uint16_t code;
	bool said;

	if (ws_close_parse(payload, &code, &reason) != 0) {
		refuse(w, WS_CODE_PROTOCOL, "bad close frame");
		return;
	}
	said = wsconn_close(w, code, STR("")) == 0;
	end(w, WSCONN_CLOSED, code, said, "closed by the peer");
}

static void
on_ping(struct wsconn *w, struct str payload)
{
	struct str time = str_from(payload, str_starts(payload, ASK) ? ASK.n : 0);
	uint64_t boot_ms;

	if (send_frame(w, WS_PONG, payload) != 0)
		stuck(w);
	else if (w->o.ops->time != NULL && num_u64_parse(time, 1, MAX_BOOT_MS, &boot_ms) == 0)
		w->o.ops->time(w->o.ctx, (int64_t)boot_ms);
}

static void
on_pong(struct wsconn *w, struct str payload)
{
	if (!w->asked || !str_starts(payload, ASK))
		return;
	w->asked = false;
	if (ask(w) != 0)
		stuck(w);
}

/* p is where the part's data begin in the input, unless it is a control frame. */
static void
on_part(struct wsconn *w, const struct ws_part *part, char *p)
{
	w->heard_ms = now_ms(w);
	switch (part->op) {
	case WS_TEXT:
		on_text(w, part);
		break;
	case WS_BINARY:
		on_binary(w, part, p);
		break;
	case WS_PING:
		on_ping(w, part->data);
		break;
	case WS_CLOSE:
		on_close(w, part->data);
		break;
	case WS_PONG:
		on_pong(w, part->data);
		break;
	case WS_CONTINUATION: /* never: the decoder gives the op that it continues */
		break;
	}
}

void
wsconn_data(struct wsconn *w, char *p, size_t n)
{
	struct ws_part part;
	size_t used;
	int r;

	w->entered = true;
	while (n > 0 && !w->over) {
		r = ws_decode(&w->ws, (uint8_t *)p, n, &used, &part);
		p += used;
		n -= used;
		if (r == 0)
			on_part(w, &part, p - part.data.n);
		else if (r == ERR_TOOBIG)
			refuse(w, WS_CODE_TOO_BIG, "message too long");
		else if (r != ERR_AGAIN)
			refuse(w, WS_CODE_PROTOCOL, "not a WebSocket frame");
	}
	leave(w);
}

void
wsconn_drained(struct wsconn *w)
{
	if (w->over)
		return;
	look_at_queue(w);
	w->entered = true;
	if (ask(w) != 0)
		stuck(w);
	else if (w->o.ops->drained != NULL)
		w->o.ops->drained(w->o.ctx);
	leave(w);
}

/* ---- time ---- */

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t
wsconn_tick(struct wsconn *w)
{
	int64_t now = now_ms(w), next = -1;

	if (w->over)
		return -1;
	w->entered = true;
	look_at_queue(w);
	if (w->paused) {
		w->heard_ms = now;
		w->answer_ms = now + w->o.answer_ms;
	}
	if (now - w->heard_ms >= w->o.silence_ms) {
		end(w, WSCONN_SILENT, 0, false, "silence");
	} else if (w->asked && now >= w->answer_ms) {
		end(w, WSCONN_SILENT, 0, false, "does not answer");
	} else if (now - w->moved_ms >= w->o.silence_ms) {
		stuck(w);
	} else if (now >= w->ping_ms && ping(w, STR("")) != 0) {
		stuck(w);
	} else {
		if (now >= w->ping_ms)
			w->ping_ms = now + ping_every_ms(w);
		next = earlier(w->ping_ms, w->heard_ms + w->o.silence_ms) - now;
		if (w->asked)
			next = earlier(next, w->answer_ms - now);
	}
	leave(w);
	return next;
}

void
wsconn_read_want(struct wsconn *w, bool want)
{
	if (w->over)
		return;
	w->heard_ms = now_ms(w);
	w->paused = !want;
	conn_read_want(w->o.conn, want);
}

void
wsconn_set_silence(struct wsconn *w, int64_t silence_ms)
{
	w->o.silence_ms = silence_ms;
}
