/*
 * uplink: the connection to eicd as a state machine; see uplink.h.
 */
#include "agent/uplink.h"

#include "base/alloc.h"
#include "base/log.h"
#include "codec/ws_handshake.h"
#include "link/json.h"
#include "net/addr.h"
#include "net/wsconn.h"

#define MAX_QUEUE (256u << 10)
#define LAST_WORDS 1024  /* beyond MAX_QUEUE, for the close frame */
#define CONNECT_MS 10000 /* for TCP, TLS and the opening handshake together */
#define LINGER_MS 1000
#define CLOCK_EVERY_MS 60000
#define MAX_TEXT 264

static const struct http_limits limits = { .target_bytes = 1024,
	.head_bytes = 8192,
	.n_headers = 64,
	.body_bytes = 4096 };

enum uplink_state {
	UPLINK_WAITING,    /* the timer runs until the next attempt */
	UPLINK_CONNECTING, /* until TLS stands; the timer runs for CONNECT_MS */
	UPLINK_OPENING,    /* until the 101 comes; the same timer goes on */
	UPLINK_OPEN,       /* the timer runs until the session's next tick */
	UPLINK_CLOSING,    /* our close frame is sent; conn waits for eicd to end */
};

struct uplink {
	struct uplink_opts o;
	enum uplink_state state;
	struct conn *conn; /* NULL in UPLINK_WAITING */
	struct loop_timer timer;
	struct loop_timer clock;    /* until eicd is told the time again; UPLINK_OPEN only */
	unsigned attempt;           /* attempts since uplink_serves was called last */
	struct http_reader *reader; /* reads the answer to the opening handshake */
	char key[WS_HANDSHAKE_KEY_LEN + 1];
	struct wsconn *ws; /* UPLINK_OPEN only */
	char endpoint[MAX_TEXT], server_name[MAX_TEXT];
	char *hello_texts; /* what o.hello points into */
};

static const struct conn_ops ops;
static const struct wsconn_ops session_ops;

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
	loop_timer_set(u->o.loop, &u->timer, in_ms);
}

static void
drop(struct uplink *u)
{
	loop_timer_clear(u->o.loop, &u->clock);
	wsconn_free(u->ws);
	u->ws = NULL;
	conn_free(u->conn);
	u->conn = NULL;
	http_reader_free(u->reader);
	u->reader = NULL;
}

/* Drops the connection, and sets the timer for the next attempt. */
static void
lose(struct uplink *u, const char *why)
{
	log_warn("uplink_lost", log_c("why", why), log_c("endpoint", u->endpoint),
	    log_i("attempt", u->attempt));
	drop(u);
	wait_for_next(u);
}

static void
lose_refused(struct uplink *u, const char *why)
{
	lose(u, why);
	u->o.refused(u->o.ctx);
}

static void
connect_now(struct uplink *u)
{
	struct str host = str_of(u->endpoint), name = str_of(u->server_name);
	struct conn_opts co = { .io = u->o.io,
		.tls = u->o.tls,
		.max_queue_bytes = MAX_QUEUE + LAST_WORDS,
		.ops = &ops,
		.ctx = u };
	struct errinfo ei = { .text = "" };
	struct addr to;
	int r;

	u->state = UPLINK_CONNECTING;
	loop_timer_set(u->o.loop, &u->timer, CONNECT_MS);
	/* Resolved again for each attempt, as eicd may have moved. */
	if ((r = addr_resolve(host, &to, &ei)) == 0) {
		u->o.connecting(u->o.ctx);
		r = conn_connect(&co, &to, name, &u->conn);
	} else if (u->o.unresolved != NULL)
		u->o.unresolved(u->o.ctx);
	if (r != 0)
		lose(u, ei.text[0] != '\0' ? ei.text : err_text(r));
}

/* Calls the session's tick, which may lose the connection, and sets the timer for the next. */
static void
tick(struct uplink *u)
{
	int64_t in_ms = wsconn_tick(u->ws);

	if (in_ms >= 0)
		loop_timer_set(u->o.loop, &u->timer, in_ms);
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
		tick(u);
		break;
	case UPLINK_CLOSING:
		lose(u, "closed");
		break;
	}
}

/* ---- the end of a session ---- */

/* The session is over, and its close frame is on its way. Waits for eicd to read it. */
static void
linger(struct uplink *u)
{
	loop_timer_clear(u->o.loop, &u->clock);
	wsconn_free(u->ws);
	u->ws = NULL;
	u->state = UPLINK_CLOSING;
	loop_timer_set(u->o.loop, &u->timer, 2 * LINGER_MS);
	conn_finish(u->conn, LINGER_MS);
}

/* Ends the session with a close frame that says why. */
static void
close_with(struct uplink *u, uint16_t code, const char *why)
{
	log_warn("uplink_close", log_i("code", code), log_c("why", why));
	if (wsconn_close(u->ws, code, str_of(why)) == 0)
		linger(u);
	else
		lose(u, why);
}

static void
on_session_end(void *ctx, const struct wsconn_end *e)
{
	struct uplink *u = ctx;

	if (e->code == LINK_CODE_REVOKED)
		u->o.revoked(u->o.ctx);
	if (!e->said) {
		lose(u, e->text);
		return;
	}
	log_warn("uplink_close", log_i("code", e->code), log_c("why", e->text));
	linger(u);
}

/* ---- the opening ---- */

static int
opening_send(struct uplink *u)
{
	struct ws_handshake h = { .host = str_of(u->server_name), .target = STR(LINK_PATH) };
	uint8_t nonce[16];
	struct buf b;
	int r;

	rand_fill(u->o.rng, nonce, sizeof(nonce));
	ws_handshake_key(u->key, nonce);
	h.key = str_of(u->key);
	buf_init(&b, 2048);
	if ((r = ws_handshake_write_request(&b, &h)) == 0 && (r = buf_err(&b)) == 0)
		r = conn_write(u->conn, buf_view(&b));
	buf_release(&b);
	return r;
}

static int
say(struct uplink *u, const struct link_message *m)
{
	struct buf b;
	int r;

	buf_init(&b, LINK_MAX_AGENT_BYTES);
	if ((r = link_json_write(m, 0, &b)) == 0)
		r = wsconn_text(u->ws, buf_view(&b));
	buf_release(&b);
	return r;
}

int
uplink_say(struct uplink *u, const struct link_message *m)
{
	return u->state == UPLINK_OPEN ? say(u, m) : ERR_CLOSED;
}

static int
hello_send(struct uplink *u)
{
	const struct link_message m = { .type = LINK_HELLO, .hello = u->o.hello };

	return say(u, &m);
}

/* Tells eicd what time it is here, as entries are valid by the clock of eicd and are judged by
 * clocks like this one. */
static int
clock_send(struct uplink *u)
{
	const struct link_message m = { .type = LINK_CLOCK,
		.clock = { .now_s = clock_wall_s(u->o.clock) } };

	loop_timer_set(u->o.loop, &u->clock, CLOCK_EVERY_MS);
	return say(u, &m);
}

static void
on_clock(void *ctx)
{
	if (clock_send(ctx) != 0)
		lose(ctx, "could not tell the time");
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
	const struct wsconn_opts o = { .loop = u->o.loop,
		.conn = u->conn,
		.role = WS_CLIENT,
		.rng = u->o.rng,
		.max_text_bytes = LINK_MAX_BYTES,
		.max_binary_bytes = LINK_MAX_BYTES,
		.max_queue_bytes = MAX_QUEUE,
		.silence_ms = u->o.silence_ms,
		.ops = &session_ops,
		.ctx = u };

	http_reader_free(u->reader);
	u->reader = NULL;
	u->state = UPLINK_OPEN;
	u->ws = wsconn_new(&o);
	tick(u);
	log_info("uplink_open", log_c("endpoint", u->endpoint));
	u->o.opened(u->o.ctx);
	if (hello_send(u) != 0 || clock_send(u) != 0)
		lose(u, "could not send hello");
}

/* Reads the answer to the opening handshake. Returns how many of the n bytes belonged to it. */
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
		if (resp->status == 403)
			lose_refused(u, why);
		else
			lose(u, why);
		return n;
	}
	opened(u);
	return used;
}

/* ---- what eicd says ---- */

static void
on_text(void *ctx, struct str text)
{
	struct errinfo ei = { .text = "" };
	struct uplink *u = ctx;
	int r = u->o.text(u->o.ctx, text, &ei);

	if (r != 0)
		close_with(u, WS_CODE_POLICY, ei.text[0] != '\0' ? ei.text : err_text(r));
}

static void
on_time(void *ctx, int64_t boot_ms)
{
	struct uplink *u = ctx;

	u->o.time(u->o.ctx, boot_ms);
}

static const struct wsconn_ops session_ops = { .text = on_text,
	.end = on_session_end,
	.time = on_time };

static void
on_data(void *ctx, char *p, size_t n)
{
	struct uplink *u = ctx;
	size_t used = 0;

	if (u->state == UPLINK_OPENING)
		used = opening_data(u, p, n);
	if (u->state == UPLINK_OPEN && used < n)
		wsconn_data(u->ws, p + used, n - used);
}

static void
on_end(void *ctx, int err, const struct errinfo *ei)
{
	const char *why = ei != NULL && ei->text[0] != '\0' ? ei->text : err_text(err);
	struct uplink *u = ctx;

	/* A server that does not take a certificate of TLS 1.3 says so behind the handshake. */
	if (u->state == UPLINK_OPENING && err == ERR_CRYPTO)
		lose_refused(u, why);
	else
		lose(u, why);
}

static void
on_drained(void *ctx)
{
	struct uplink *u = ctx;

	if (u->state == UPLINK_OPEN)
		wsconn_drained(u->ws);
}

static const struct conn_ops ops = { .open = on_open,
	.data = on_data,
	.drained = on_drained,
	.end = on_end };

/* ---- life ---- */

int
uplink_new(const struct uplink_opts *o, struct uplink **ret)
{
	struct uplink *u = xalloc(sizeof(*u));
	struct str name = o->server_name, host = o->endpoint;
	int r;

	if (name.n == 0) {
		/* The host of the endpoint is what stands before the last colon. */
		for (name = host; name.n > 0 && name.p[name.n - 1] != ':';)
			name.n--;
		name = str_head(name, name.n > 0 ? name.n - 1 : 0);
		if (str_starts(name, STR("[")) && str_ends(name, STR("]")))
			name = str_head(str_from(name, 1), name.n - 2);
	}
	u->o = *o;
	if ((r = str_copy(u->endpoint, sizeof(u->endpoint), o->endpoint)) != 0 ||
	    (r = str_copy(u->server_name, sizeof(u->server_name), name)) != 0 ||
	    (r = link_check(LINK_HELLO, &o->hello, NULL)) != 0) {
		xfree(u);
		return r;
	}
	u->hello_texts = link_own(LINK_HELLO, &u->o.hello);
	loop_timer_init(&u->timer, on_timer, u);
	loop_timer_init(&u->clock, on_clock, u);
	u->state = UPLINK_WAITING;
	loop_timer_set(o->loop, &u->timer, 0);
	*ret = u;
	return 0;
}

void
uplink_serves(struct uplink *u)
{
	u->attempt = 0;
}

void
uplink_change(struct uplink *u, struct tls *tls, int64_t min_ms, int64_t max_ms, int64_t silence_ms)
{
	u->o.tls = tls;
	u->o.min_ms = min_ms;
	u->o.max_ms = max_ms;
	u->o.silence_ms = silence_ms;
	if (u->ws != NULL)
		wsconn_set_silence(u->ws, silence_ms);
}

void
uplink_reconnect(struct uplink *u)
{
	if (u->state != UPLINK_OPEN)
		return;
	log_info("uplink_reconnect", log_c("endpoint", u->endpoint));
	u->state = UPLINK_WAITING;
	drop(u);
	loop_timer_set(u->o.loop, &u->timer, 0);
}

void
uplink_read_want(struct uplink *u, bool want)
{
	if (u->ws != NULL)
		wsconn_read_want(u->ws, want);
}

void
uplink_free(struct uplink *u)
{
	if (u == NULL)
		return;
	loop_timer_clear(u->o.loop, &u->timer);
	loop_timer_clear(u->o.loop, &u->clock);
	wsconn_free(u->ws);
	conn_free(u->conn);
	http_reader_free(u->reader);
	xfree(u->hello_texts);
	xfree(u);
}
