/*
 * agent_link: see agent_link.h. A link begins as a question to core. When core accepts it, the
 * agent gets its 101 and the WebSocket session begins; from then on the exchange with core is
 * open until either side closes.
 *
 * When core ends, the agent stays connected. Front asks the next core for the link again and
 * tells it the agent's first text (its hello). What the agent sends meanwhile is held.
 */
#include "front/agent_link.h"

#include "base/alloc.h"
#include "base/date.h"
#include "base/log.h"
#include "codec/ws_handshake.h"
#include "link/link.h"
#include "net/wsconn.h"

#define CERTIFICATE_MAX_BYTES 16384
#define LINGER_MS 1000
/* How long an agent that is gone passes for one that is there, once something was sent to it. */
#define ANSWER_MS 5000
#define LAST_WORDS_BYTES (1u << 20)
/* The limit of all texts that are held while there is no core. */
#define HELD_MAX_BYTES 16384

struct agent_link {
	struct client *client;
	struct exchange core;
	struct buf certificate; /* DER */
	struct wsconn *ws;      /* NULL: core has not accepted the link yet */
	struct buf said;        /* the first text that was sent to a core */
	bool has_said;
	struct buf held; /* texts not yet sent to a core, each behind its u32 length */
	bool core_knows; /* core ended or refused the link itself */
};

static int64_t
silence_ms(const struct agent_link *l)
{
	return l->client->front->settings.agent_silence_s * 1000;
}

/* ---- the end ---- */

/* Ends the link. Any close frame has been sent before. */
static void
leave(struct agent_link *l, int linger_ms, const char *why)
{
	log_info("uplink-end", log_i("link", (int64_t)l->core.number), log_c("why", why));
	client_close(l->client, linger_ms);
}

static void
close_with(struct agent_link *l, uint16_t code, struct str reason)
{
	bool said = wsconn_close(l->ws, code, reason) == 0;

	leave(l, said ? LINGER_MS : 0, "closed by eicd");
}

/* Tells core that the link is over, unless core does not know of it or ended it itself. */
static void
forget(struct agent_link *l)
{
	struct channel *k = l->client->front->channel;
	struct ipc_out m;

	if (!l->core_knows && (l->core.state == EXCHANGE_ASKED || l->core.state == EXCHANGE_OPEN)) {
		words_link_close(&m, l->core.number);
		channel_tell(k, &m);
	}
	channel_forget(k, &l->core);
}

static void
on_end(void *ctx, enum stream_end how)
{
	struct agent_link *l = ctx;

	if (how == STREAM_GOING_AWAY) {
		log_info("uplink-end", log_i("link", (int64_t)l->core.number),
		    log_c("why", "front ends"));
		(void)!wsconn_close(l->ws, WS_CODE_GOING_AWAY, STR("shutting down"));
	}
	forget(l);
	wsconn_free(l->ws);
	buf_release(&l->said);
	buf_release(&l->held);
	buf_release(&l->certificate);
	xfree(l);
}

/* ---- the session with the agent ---- */

static void
try_later(struct agent_link *l)
{
	close_with(l, WS_CODE_INTERNAL, STR("try again later"));
}

/* Keeps a text until there is a core. An agent that sends more than fits is closed. */
static void
hold(struct agent_link *l, struct str text)
{
	uint32_t n = (uint32_t)text.n;

	buf_add(&l->held, &n, sizeof(n));
	buf_str(&l->held, text);
	if (buf_err(&l->held) != 0)
		try_later(l);
}

static void
tell_core(struct agent_link *l, struct str text)
{
	struct ipc_out m;
	int r = ERR_CLOSED;

	if (l->core.state == EXCHANGE_OPEN) {
		words_link_text(&m, l->core.number, text);
		r = channel_send(l->client->front->channel, &m);
	}
	if (r == 0 && !l->has_said)
		buf_str(&l->said, text);
	l->has_said |= r == 0;
	if (r == ERR_CLOSED)
		hold(l, text);
	else if (r != 0)
		try_later(l);
}

static void
on_text(void *ctx, struct str text)
{
	tell_core(ctx, text);
}

/* Sends the held texts to core. If that core, too, is gone, they are held again. The link may
 * end in this call. */
static void
tell_held(struct agent_link *l)
{
	const struct client *c = l->client;
	struct buf held = l->held;
	struct str rest = buf_view(&held);
	uint32_t n;

	buf_init(&l->held, HELD_MAX_BYTES);
	while (rest.n > 0 && c->state == CLIENT_STREAM) {
		memcpy(&n, rest.p, sizeof(n));
		tell_core(l, str_head(str_from(rest, sizeof(n)), n));
		rest = str_from(rest, sizeof(n) + n);
	}
	buf_release(&held);
}

static void
on_session_end(void *ctx, const struct wsconn_end *e)
{
	leave(ctx, e->said ? LINGER_MS : 0, e->text);
}

static const struct wsconn_ops session_ops = { .text = on_text, .end = on_session_end };

/* ---- the stream ---- */

/* In each of these the session may ask for an answer, or the link may end. */
static void
on_data(void *ctx, char *p, size_t n)
{
	struct agent_link *l = ctx;
	struct client *c = l->client;

	wsconn_data(l->ws, p, n);
	client_tick(c);
}

static void
on_drained(void *ctx)
{
	struct agent_link *l = ctx;
	struct client *c = l->client;

	wsconn_drained(l->ws);
	client_tick(c);
}

static int64_t
on_tick(void *ctx)
{
	struct agent_link *l = ctx;

	wsconn_set_silence(l->ws, silence_ms(l));
	return wsconn_tick(l->ws);
}

static const struct stream_ops stream_ops = {
	.max_queue_bytes = AGENT_LINK_QUEUE_BYTES + LAST_WORDS_BYTES,
	.data = on_data,
	.drained = on_drained,
	.tick = on_tick,
	.end = on_end,
};

/* ---- what core says ---- */

static int
write_101(struct client *c)
{
	struct front *f = c->front;
	struct http_header own[2] = {
		{ STR("x-amzn-RequestId"), str_of(c->request_id) },
		{ STR("Date"), STR("") },
	};
	struct str key;
	struct buf date;
	int r;

	buf_init(&date, 64);
	date_http_write(&date, clock_wall_s(loop_clock(f->loop)));
	own[1].value = buf_view(&date);
	buf_clear(&f->out);
	if ((r = ws_handshake_check(client_request(c), &key)) == 0 &&
	    (r = ws_handshake_write_response(&f->out, key, own, 2)) == 0)
		r = conn_write(c->conn, buf_view(&f->out));
	buf_release(&date);
	return r;
}

static void
start(struct agent_link *l)
{
	struct client *c = l->client;
	const struct wsconn_opts o = { .loop = c->front->loop,
		.conn = c->conn,
		.role = WS_SERVER,
		.max_text_bytes = LINK_MAX_BYTES,
		.max_binary_bytes = LINK_MAX_BYTES,
		.max_queue_bytes = AGENT_LINK_QUEUE_BYTES,
		.silence_ms = silence_ms(l),
		.answer_ms = ANSWER_MS,
		.tells_time = true,
		.ops = &session_ops,
		.ctx = l };

	if (write_101(c) != 0) {
		client_close(c, 0);
		return;
	}
	log_info("uplink", log_c("req", c->request_id), log_i("link", (int64_t)l->core.number));
	l->ws = wsconn_new(&o);
	client_begin(c);
}

static void
send_text(struct agent_link *l, struct str text)
{
	if (wsconn_text(l->ws, text) != 0)
		leave(l, 0, "the agent does not read");
	else
		client_tick(l->client);
}

static void
accepted(struct agent_link *l)
{
	channel_open(l->client->front->channel, &l->core);
	if (l->ws == NULL)
		start(l);
	else
		tell_held(l);
}

/* Core refused the link. If an earlier core had accepted it, the agent's request was answered
 * long ago, and the session is closed instead. */
static int
refused(struct agent_link *l, const struct http_response *resp)
{
	l->core_knows = true;
	if (l->ws == NULL)
		return client_answer(l->client, resp);
	if (resp->status == 403)
		close_with(l, WS_CODE_POLICY, STR("no agent any more"));
	else
		try_later(l);
	return 0;
}

/* Core may accept or refuse a link that it was asked for; once it has accepted, it may send
 * texts and close. */
static int
on_said(void *ctx, const struct core_words *w)
{
	struct agent_link *l = ctx;
	bool open = l->core.state == EXCHANGE_OPEN;

	if (w->type == MSG_CF_UPLINK_ACCEPT && !open) {
		accepted(l);
	} else if (w->type == MSG_CF_UPLINK_REFUSE && !open) {
		return refused(l, &w->response);
	} else if (w->type == MSG_CF_UPLINK_TEXT && open) {
		send_text(l, w->text);
	} else if (w->type == MSG_CF_UPLINK_CLOSE && open) {
		l->core_knows = true;
		close_with(l, w->code, w->reason);
	} else {
		return ERR_PEER;
	}
	return 0;
}

static void
on_lost(void *ctx)
{
	struct agent_link *l = ctx;

	if (l->ws == NULL)
		client_refuse(l->client, 503);
	else if (buf_err(&l->said) != 0) /* too long to be kept for the next core */
		close_with(l, WS_CODE_GOING_AWAY, STR("restarting"));
	else
		channel_ask_again(l->client->front->channel, &l->core);
}

static void
on_ask(void *ctx, uint64_t number, struct ipc_out *m)
{
	const struct agent_link *l = ctx;
	const struct client *c = l->client;

	words_link_open(m, number, str_of(c->request_id), c->conn, buf_view(&l->certificate),
	    buf_view(&l->said));
}

static void
on_asked(void *ctx)
{
	const struct agent_link *l = ctx;

	client_asked(l->client);
}

static const struct exchange_ops core_ops = { on_ask, on_asked, on_said, on_lost };

/* ---- the beginning ---- */

void
agent_link_ask(struct client *c, struct str certificate)
{
	struct agent_link *l = xalloc(sizeof(*l));

	l->client = c;
	l->core.ops = &core_ops;
	l->core.ctx = l;
	buf_init(&l->certificate, CERTIFICATE_MAX_BYTES);
	buf_str(&l->certificate, certificate);
	buf_init(&l->said, LINK_MAX_AGENT_BYTES);
	buf_init(&l->held, HELD_MAX_BYTES);
	client_take(c, &stream_ops, l);
	channel_ask(c->front->channel, &l->core);
}

static uint16_t
check(const struct client *c, const struct http_request *rq)
{
	const struct front *f = c->front;
	struct str key;
	struct buf cert;
	int r;

	if (ws_handshake_check(rq, &key) != 0)
		return 400;
	buf_init(&cert, CERTIFICATE_MAX_BYTES);
	r = conn_tls_peer_cert(c->conn, &cert);
	buf_release(&cert);
	if (r != 0)
		return 403;
	return table_streams(f->table) < (size_t)f->settings.max_connections ? 0 : 503;
}

static void
begin(struct client *c)
{
	struct buf cert;

	buf_init(&cert, CERTIFICATE_MAX_BYTES);
	if (conn_tls_peer_cert(c->conn, &cert) == 0)
		agent_link_ask(c, buf_view(&cert));
	else
		client_refuse(c, 403);
	buf_release(&cert);
}

const struct front_route agent_link_route = { LINK_PATH, check, begin };
