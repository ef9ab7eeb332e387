/*
 * uplink: the connection to eicd as a state machine; see uplink.h.
 */
#include "agent/uplink.h"

#include "base/alloc.h"
#include "base/log.h"
#include "codec/jsonw.h"
#include "codec/utf8.h"
#include "codec/ws.h"
#include "codec/ws_handshake.h"
#include "net/addr.h"

#define MAX_MESSAGE (1u << 20)
#define MAX_QUEUE (256u << 10)
#define CONNECT_MS 10000 /* TCP, TLS and the opening together */
#define PING_MS 10000    /* or a third of the silence that is borne */
#define STABLE_MS 60000
#define LINGER_MS 1000
#define MAX_TEXT 264

static const struct http_limits limits = { .target_bytes = 1024,
	.head_bytes = 8192,
	.n_headers = 64,
	.body_bytes = 4096 };

enum uplink_state {
	UPLINK_WAITING,    /* for the next attempt: timer */
	UPLINK_CONNECTING, /* until TLS stands: timer, CONNECT_MS */
	UPLINK_OPENING,    /* until the 101: the same timer goes on */
	UPLINK_OPEN,       /* timer: silence; ping: every PING_MS */
	UPLINK_CLOSING,    /* our close frame is out: conn's linger */
};

struct uplink {
	struct uplink_opts o;
	enum uplink_state state;
	struct conn *conn; /* but for UPLINK_WAITING */
	struct loop_timer timer, ping;
	unsigned attempt; /* since the last stable connection */
	int64_t open_at_ms;
	struct http_reader *reader; /* of the answer to the opening */
	char key[WS_HANDSHAKE_KEY_LEN + 1];
	struct ws_decoder ws;
	struct buf text; /* the message under way */
	char endpoint[MAX_TEXT], server_name[MAX_TEXT], version[MAX_TEXT];
};

static const struct conn_ops ops;

int64_t
uplink_delay_ms(const struct rng *rng, unsigned n, int64_t min_ms, int64_t max_ms)
{
	int64_t d = min_ms;

	while (n-- > 0 && d < max_ms)
		d *= 2;
	if (d > max_ms)
		d = max_ms;
	return d - (int64_t)rand_below(rng, (uint64_t)d / 2 + 1);
}

/* ---- losing and finding the connection ---- */

static void
wait_for_next(struct uplink *u)
{
	int64_t in_ms = uplink_delay_ms(u->o.rng, u->attempt++, u->o.min_ms, u->o.max_ms);

	u->state = UPLINK_WAITING;
	loop_timer_clear(u->o.loop, &u->ping);
	loop_timer_set(u->o.loop, &u->timer, in_ms);
}

/* The connection is of no more use. */
static void
lose(struct uplink *u, const char *why)
{
	bool stable = u->open_at_ms != 0 && loop_now_ms(u->o.loop) - u->open_at_ms >= STABLE_MS;

	log_warn("uplink_lost", log_c("why", why), log_c("endpoint", u->endpoint),
	    log_i("attempt", u->attempt));
	if (stable)
		u->attempt = 0;
	u->open_at_ms = 0;
	conn_free(u->conn);
	u->conn = NULL;
	http_reader_free(u->reader);
	u->reader = NULL;
	buf_release(&u->text);
	wait_for_next(u);
}

static void
connect_now(struct uplink *u)
{
	struct str host = str_of(u->endpoint), name = str_of(u->server_name);
	struct conn_opts co = { .io = u->o.io,
		.tls = u->o.tls,
		.max_queue_bytes = MAX_QUEUE,
		.ops = &ops,
		.ctx = u };
	struct errinfo ei = { .text = "" };
	struct addr to;
	int r;

	u->state = UPLINK_CONNECTING;
	loop_timer_set(u->o.loop, &u->timer, CONNECT_MS);
	/* Asked anew each time: eicd may have moved. */
	if ((r = addr_resolve(host, &to, &ei)) == 0)
		r = conn_connect(&co, &to, name, &u->conn);
	if (r != 0)
		lose(u, ei.text[0] != '\0' ? ei.text : err_text(r));
}

static void
on_timer(void *ctx)
{
	struct uplink *u = ctx;

	switch (u->state) {
	case UPLINK_WAITING:
		connect_now(u);
		break;
	case UPLINK_CONNECTING:
	case UPLINK_OPENING:
		lose(u, "no answer in time");
		break;
	case UPLINK_OPEN:
		lose(u, "silence");
		break;
	case UPLINK_CLOSING:
		lose(u, "closed");
		break;
	}
}

/* ---- sending ---- */

static int
send_buf(struct uplink *u, struct buf *b)
{
	int r = buf_err(b);

	if (r == 0)
		r = conn_write(u->conn, buf_view(b));
	buf_release(b);
	return r;
}

static int
send_frame(struct uplink *u, enum ws_op op, struct str payload)
{
	uint8_t mask[4];
	struct buf b;

	rand_fill(u->o.rng, mask, sizeof(mask));
	buf_init(&b, payload.n + WS_MAX_HEAD);
	ws_frame_write(&b, op, payload, mask);
	return send_buf(u, &b);
}

/* Says why, and lets the peer read it. */
static void
close_with(struct uplink *u, uint16_t code, const char *why)
{
	uint8_t mask[4];
	struct buf b;

	log_warn("uplink_close", log_i("code", code), log_c("why", why));
	rand_fill(u->o.rng, mask, sizeof(mask));
	buf_init(&b, WS_MAX_CONTROL + WS_MAX_HEAD);
	ws_close_write(&b, code, str_of(why), mask);
	if (send_buf(u, &b) != 0) {
		lose(u, why);
		return;
	}
	u->state = UPLINK_CLOSING;
	loop_timer_clear(u->o.loop, &u->ping);
	loop_timer_set(u->o.loop, &u->timer, 2 * LINGER_MS);
	conn_finish(u->conn, LINGER_MS);
}

static void
ping_set(struct uplink *u)
{
	int64_t third = u->o.silence_ms / 3;

	loop_timer_set(u->o.loop, &u->ping, third < PING_MS ? third : PING_MS);
}

static void
on_ping_timer(void *ctx)
{
	struct uplink *u = ctx;

	ping_set(u);
	if (send_frame(u, WS_PING, STR("")) != 0)
		lose(u, "eicd does not read");
}

/* ---- the opening ---- */

static int
opening_send(struct uplink *u)
{
	struct ws_handshake h = { .host = str_of(u->server_name), .target = STR(UPLINK_PATH) };
	uint8_t nonce[16];
	struct buf b;
	int r;

	rand_fill(u->o.rng, nonce, sizeof(nonce));
	ws_handshake_key(u->key, nonce);
	h.key = str_of(u->key);
	buf_init(&b, 2048);
	if ((r = ws_handshake_write_request(&b, &h)) != 0) {
		buf_release(&b);
		return r;
	}
	return send_buf(u, &b);
}

static int
hello_send(struct uplink *u)
{
	struct jsonw w;
	struct buf b;
	int r;

	buf_init(&b, 512);
	jsonw_init(&w, &b);
	jsonw_object(&w);
	jsonw_m_c(&w, "type", "hello");
	jsonw_m_c(&w, "version", u->version);
	jsonw_end(&w);
	if ((r = jsonw_finish(&w)) == 0)
		r = send_frame(u, WS_TEXT, buf_view(&b));
	buf_release(&b);
	return r;
}

static void
on_open(void *ctx)
{
	struct uplink *u = ctx;

	u->state = UPLINK_OPENING;
	u->reader = http_reader_new_response(&limits);
	if (opening_send(u) != 0)
		lose(u, "could not send the opening");
}

static void
opened(struct uplink *u)
{
	http_reader_free(u->reader);
	u->reader = NULL;
	u->state = UPLINK_OPEN;
	u->open_at_ms = loop_now_ms(u->o.loop);
	ws_decoder_init(&u->ws, WS_CLIENT, MAX_MESSAGE);
	loop_timer_set(u->o.loop, &u->timer, u->o.silence_ms);
	ping_set(u);
	log_info("uplink_open", log_c("endpoint", u->endpoint));
	u->o.opened(u->o.ctx);
	if (hello_send(u) != 0)
		lose(u, "could not send hello");
}

/* Reads of the answer; returns how many bytes were its. */
static size_t
opening_data(struct uplink *u, char *p, size_t n)
{
	const struct http_response *resp;
	char why[64];
	size_t used;

	switch (http_reader_feed(u->reader, str_of_n(p, n), &used)) {
	case HTTP_INCOMPLETE:
		return n;
	case HTTP_COMPLETE:
		break;
	case HTTP_BAD:
	case HTTP_TARGET_TOO_LONG:
	case HTTP_HEAD_TOO_BIG:
	case HTTP_BODY_TOO_BIG:
	case HTTP_EXPECT_UNKNOWN:
	case HTTP_VERSION_UNKNOWN:
		lose(u, "the answer to the opening is not HTTP");
		return n;
	}
	resp = http_reader_response(u->reader);
	if (ws_handshake_check_response(resp, str_of(u->key)) != 0) {
		snprintf(why, sizeof(why), "refused with status %u", (unsigned)resp->status);
		lose(u, why);
		return n;
	}
	opened(u);
	return used;
}

/* ---- frames ---- */

static void
on_text(struct uplink *u)
{
	struct errinfo ei = { .text = "" };
	int r = ERR_SYNTAX;

	if (!utf8_valid(buf_view(&u->text))) {
		close_with(u, WS_CODE_NOT_UTF8, "not UTF-8");
		return;
	}
	r = u->o.text(u->o.ctx, buf_view(&u->text), &ei);
	buf_release(&u->text);
	if (r != 0)
		close_with(u, WS_CODE_POLICY, ei.text[0] != '\0' ? ei.text : err_text(r));
}

static void
on_close(struct uplink *u, struct str payload)
{
	struct str reason;
	uint16_t code;

	if (ws_close_parse(payload, &code, &reason) != 0)
		close_with(u, WS_CODE_PROTOCOL, "bad close frame");
	else
		close_with(u, code == WS_CODE_NONE ? WS_CODE_NORMAL : code, "closed by eicd");
}

static void
on_part(struct uplink *u, const struct ws_part *part)
{
	switch (part->op) {
	case WS_TEXT:
		buf_str(&u->text, part->data);
		if (part->end)
			on_text(u);
		break;
	case WS_PING:
		if (send_frame(u, WS_PONG, part->data) != 0)
			lose(u, "eicd does not read");
		break;
	case WS_PONG:
		break;
	case WS_CLOSE:
		on_close(u, part->data);
		break;
	case WS_BINARY:
	case WS_CONTINUATION:
		close_with(u, WS_CODE_UNSUPPORTED, "text only");
		break;
	}
}

static void
open_data(struct uplink *u, char *p, size_t n)
{
	struct ws_part part;
	size_t used;
	int r;

	loop_timer_set(u->o.loop, &u->timer, u->o.silence_ms);
	while (n > 0 && u->state == UPLINK_OPEN) {
		r = ws_decode(&u->ws, (uint8_t *)p, n, &used, &part);
		p += used;
		n -= used;
		if (r == ERR_AGAIN)
			return;
		if (r == 0)
			on_part(u, &part);
		else if (r == ERR_TOOBIG)
			close_with(u, WS_CODE_TOO_BIG, "message too big");
		else
			close_with(u, WS_CODE_PROTOCOL, "bad frame");
	}
}

static void
on_data(void *ctx, char *p, size_t n)
{
	struct uplink *u = ctx;
	size_t used = 0;

	if (u->state == UPLINK_OPENING)
		used = opening_data(u, p, n);
	if (u->state == UPLINK_OPEN && used < n)
		open_data(u, p + used, n - used);
}

static void
on_end(void *ctx, int err, const struct errinfo *ei)
{
	lose(ctx, ei != NULL && ei->text[0] != '\0' ? ei->text : err_text(err));
}

static const struct conn_ops ops = { .open = on_open, .data = on_data, .end = on_end };

/* ---- life ---- */

int
uplink_new(const struct uplink_opts *o, struct uplink **ret)
{
	struct uplink *u = xalloc(sizeof(*u));
	struct str name = o->server_name, host = o->endpoint;
	int r;

	if (name.n == 0) {
		/* The host alone: what stands before the last colon. */
		for (name = host; name.n > 0 && name.p[name.n - 1] != ':';)
			name.n--;
		name = str_head(name, name.n > 0 ? name.n - 1 : 0);
		if (str_starts(name, STR("[")) && str_ends(name, STR("]")))
			name = str_head(str_from(name, 1), name.n - 2);
	}
	u->o = *o;
	if ((r = str_copy(u->endpoint, sizeof(u->endpoint), o->endpoint)) != 0 ||
	    (r = str_copy(u->server_name, sizeof(u->server_name), name)) != 0 ||
	    (r = str_copy(u->version, sizeof(u->version), o->version)) != 0) {
		xfree(u);
		return r;
	}
	buf_init(&u->text, MAX_MESSAGE);
	loop_timer_init(&u->timer, on_timer, u);
	loop_timer_init(&u->ping, on_ping_timer, u);
	u->state = UPLINK_WAITING;
	loop_timer_set(o->loop, &u->timer, 0);
	*ret = u;
	return 0;
}

void
uplink_change(struct uplink *u, struct tls *tls, int64_t min_ms, int64_t max_ms, int64_t silence_ms)
{
	u->o.tls = tls;
	u->o.min_ms = min_ms;
	u->o.max_ms = max_ms;
	u->o.silence_ms = silence_ms;
}

void
uplink_free(struct uplink *u)
{
	if (u == NULL)
		return;
	loop_timer_clear(u->o.loop, &u->timer);
	loop_timer_clear(u->o.loop, &u->ping);
	conn_free(u->conn);
	http_reader_free(u->reader);
	buf_release(&u->text);
	xfree(u);
}
