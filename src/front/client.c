/*
 * client: see client.h. The requests of one connection are served one after the other. While
 * one waits for its answer, nothing more is read, so no more than what was already received
 * with it has to be kept (c->ahead).
 */
#include "front/client.h"

#include "base/alloc.h"
#include "base/log.h"
#include "base/rand.h"
#include "front/answer.h"

#define OUT_KEEP_BYTES (1u << 20)
#define AHEAD_MAX_BYTES (512u << 10)
/* Room for the longest answer, encrypted. A stream sets its own limit. */
#define QUEUE_BYTES (IPC_MAX_BYTES + (2u << 20))
#define CORE_MS 10000   /* until there is a core that takes the request */
#define ANSWER_MS 60000 /* until core answers */
#define SEND_MS 60000   /* until the peer has taken the answer */
#define LINGER_MS 5000  /* until the peer ends its direction after a last answer */
#define STREAM_LINGER_MS 1000

/* ---- states ---- */

static int64_t
timeout_ms(const struct client *c, enum client_state s)
{
	const struct eicd_settings *set = &c->front->settings;

	switch (s) {
	case CLIENT_HANDSHAKE:
	case CLIENT_HEAD:
		return set->header_timeout_s * 1000;
	case CLIENT_IDLE:
		return set->idle_timeout_s * 1000;
	case CLIENT_BODY:
		return set->body_timeout_s * 1000;
	case CLIENT_WAITING:
		return CORE_MS;
	case CLIENT_SENDING:
		return SEND_MS;
	case CLIENT_STREAM:  /* its tick says when */
	case CLIENT_CLOSING: /* conn has a timer */
		break;
	}
	return -1;
}

/* Tells the table, which knows by it who makes room for a new connection. */
static void
note_state(struct client *c)
{
	struct table *t = c->front->table;

	switch (c->state) {
	case CLIENT_HANDSHAKE:
	case CLIENT_IDLE:
		table_set(t, &c->entry, SLOT_IDLE);
		break;
	case CLIENT_HEAD:
	case CLIENT_SENDING:
	case CLIENT_CLOSING:
		table_set(t, &c->entry, SLOT_SLOW);
		break;
	case CLIENT_BODY: /* as slow as since the head began */
		break;
	case CLIENT_WAITING:
		table_set(t, &c->entry, SLOT_KEPT);
		break;
	case CLIENT_STREAM:
		table_set_stream(t, &c->entry);
		break;
	}
}

static void
enter(struct client *c, enum client_state s)
{
	struct front *f = c->front;
	int64_t ms = timeout_ms(c, s);

	c->state = s;
	note_state(c);
	if (ms >= 0)
		loop_timer_set(f->loop, &c->timer, ms);
	else
		loop_timer_clear(f->loop, &c->timer);
}

static bool
reads_requests(const struct client *c)
{
	return c->state == CLIENT_IDLE || c->state == CLIENT_HEAD || c->state == CLIENT_BODY;
}

/* ---- the end ---- */

static void
end_stream(struct client *c, enum stream_end how)
{
	const struct stream_ops *ops = c->stream;

	c->stream = NULL;
	if (ops != NULL)
		ops->end(c->stream_ctx, how);
}

void
client_free(struct client *c)
{
	struct front *f = c->front;

	end_stream(c, STREAM_GONE);
	channel_forget(f->channel, &c->question);
	loop_timer_clear(f->loop, &c->timer);
	table_remove(f->table, &c->entry);
	conn_free(c->conn);
	http_reader_free(c->reader);
	buf_release(&c->ahead);
	xfree(c);
}

/* Ends our direction in order and frees the client at once. */
static void
finish(struct client *c)
{
	conn_finish(c->conn, 0);
	client_free(c);
}

void
client_retire(struct client *c)
{
	if (c->state == CLIENT_IDLE || c->state == CLIENT_HANDSHAKE)
		finish(c);
}

void
client_evict(struct client *c)
{
	log_debug("evict", log_c("req", c->request_id), log_i("state", c->state));
	finish(c);
}

void
client_close(struct client *c, int linger_ms)
{
	end_stream(c, STREAM_LEFT);
	channel_forget(c->front->channel, &c->question);
	http_reader_free(c->reader);
	c->reader = NULL;
	buf_release(&c->ahead);
	enter(c, CLIENT_CLOSING);
	conn_finish(c->conn, linger_ms);
}

void
client_go_away(struct client *c)
{
	if (c->state != CLIENT_STREAM)
		return;
	end_stream(c, STREAM_GOING_AWAY);
	client_close(c, STREAM_LINGER_MS);
}

/* ---- answers ---- */

static struct answer_frame
frame(const struct client *c, const struct http_request *rq)
{
	return (struct answer_frame){
		.request_id = c->request_id,
		.now_s = clock_wall_s(loop_clock(c->front->loop)),
		.minor = rq != NULL ? rq->minor : 1,
		.close = c->close_after || c->peer_ended || c->front->last_answers,
		.head_only = rq != NULL && str_eq_c(rq->method, "HEAD"),
	};
}

static void resume(struct client *c);

/* Sends the answer, which is in f->out, and goes on with the next request or closes. */
static void
say(struct client *c, bool close)
{
	struct front *f = c->front;
	int r = conn_write(c->conn, buf_view(&f->out));

	if (f->out.cap > OUT_KEEP_BYTES)
		buf_release(&f->out);
	channel_forget(f->channel, &c->question);
	end_stream(c, STREAM_LEFT);
	if (r != 0) {
		client_close(c, 0);
	} else if (close) {
		client_close(c, LINGER_MS);
	} else {
		http_reader_reset(c->reader);
		enter(c, conn_queued(c->conn) > 0 ? CLIENT_SENDING : CLIENT_IDLE);
		resume(c);
	}
}

int
client_answer(struct client *c, const struct http_response *resp)
{
	struct front *f = c->front;
	struct answer_frame fr = frame(c, http_reader_request(c->reader));

	buf_clear(&f->out);
	if (answer_write(&f->out, resp, &fr) != 0 || buf_err(&f->out) != 0)
		return ERR_PEER;
	log_debug("answer", log_c("req", c->request_id), log_i("status", resp->status));
	say(c, fr.close);
	return 0;
}

void
client_refuse(struct client *c, uint16_t status)
{
	enum awserr e = status == 403 ? AWSERR_ACCESS_DENIED : awserr_of_status(status);
	struct front *f = c->front;
	bool complete = c->state == CLIENT_WAITING;
	const struct http_header *h = NULL;
	size_t n = http_reader_headers(c->reader, &h);
	struct answer_frame fr;

	if (!complete)
		c->close_after = true;
	fr = frame(c, complete ? http_reader_request(c->reader) : NULL);
	buf_clear(&f->out);
	answer_error(&f->out, status, e, h, n, &fr);
	log_debug("refuse", log_c("req", c->request_id), log_i("status", status));
	say(c, fr.close);
}

/* ---- requests ---- */

static void
ask(void *ctx, uint64_t number, struct ipc_out *m)
{
	struct client *c = ctx;

	words_request(m, number, str_of(c->request_id), c->conn, client_request(c));
}

static void
on_asked(void *ctx)
{
	client_asked(ctx);
}

static int
on_said(void *ctx, const struct core_words *w)
{
	return w->type == MSG_CF_RESPONSE ? client_answer(ctx, &w->response) : ERR_PEER;
}

static void
on_lost(void *ctx)
{
	client_refuse(ctx, 503);
}

static const struct exchange_ops question_ops = { ask, on_asked, on_said, on_lost };

const struct http_request *
client_request(const struct client *c)
{
	return http_reader_request(c->reader);
}

void
client_asked(struct client *c)
{
	if (c->state == CLIENT_WAITING)
		loop_timer_set(c->front->loop, &c->timer, ANSWER_MS);
}

static const struct front_route *
find_route(const struct front *f, struct str target)
{
	size_t i;

	for (i = 0; i < f->n_routes; i++)
		if (str_eq_c(target, f->routes[i].target))
			return &f->routes[i];
	return NULL;
}

/* How many exchanges with core may be under way for one more to begin. Whoever asks by a route
 * has been checked by it, so strangers cannot take all that there are. */
static size_t
max_in_flight(const struct front *f, const struct front_route *route)
{
	return (size_t)f->settings.max_inflight * (route != NULL ? 2 : 1);
}

static void
request_complete(struct client *c)
{
	struct front *f = c->front;
	const struct http_request *rq = client_request(c);
	const struct front_route *route = find_route(f, rq->target);
	uint16_t status = route != NULL ? route->check(c, rq) : 0;

	if (!rq->keep_alive)
		c->close_after = true;
	if (status == 0 && channel_in_flight(f->channel) >= max_in_flight(f, route))
		status = 503;
	conn_read_want(c->conn, false);
	enter(c, CLIENT_WAITING);
	if (status != 0) {
		client_refuse(c, status);
		return;
	}
	if (route != NULL)
		route->begin(c);
	else
		channel_ask(f->channel, &c->question);
	if (c->question.state == EXCHANGE_WAITING)
		log_debug("wait", log_c("req", c->request_id));
}

/* Some bytes of the request came, but not all. */
static void
request_goes_on(struct client *c)
{
	const struct http_response go = { .status = 100 };
	struct front *f = c->front;

	if (c->state == CLIENT_IDLE && http_reader_started(c->reader))
		enter(c, CLIENT_HEAD);
	if (c->state == CLIENT_HEAD && http_reader_in_body(c->reader))
		enter(c, CLIENT_BODY);
	if (!http_reader_take_continue(c->reader))
		return;
	buf_clear(&f->out);
	if (http_response_write(&f->out, &go, false) != 0 ||
	    conn_write(c->conn, buf_view(&f->out)) != 0)
		client_close(c, 0);
}

/* Reads requests from in until one waits for its answer, and keeps the rest. */
static void
feed(struct client *c, struct str in)
{
	enum http_outcome o;
	size_t used;

	c->feeding = true;
	while (in.n > 0 && reads_requests(c)) {
		if (c->reader == NULL)
			c->reader = http_reader_new_request(&c->front->limits);
		if (!http_reader_started(c->reader))
			rand_uuid(rand_system(), c->request_id);
		o = http_reader_feed(c->reader, in, &used);
		in = str_from(in, used);
		if (o == HTTP_INCOMPLETE)
			request_goes_on(c);
		else if (o == HTTP_COMPLETE)
			request_complete(c);
		else
			client_refuse(c, http_outcome_status(o));
	}
	c->feeding = false;
	if (in.n > 0 && c->state != CLIENT_CLOSING)
		buf_str(&c->ahead, in);
}

/* Goes on with the next request, which may be in c->ahead already. */
static void
resume(struct client *c)
{
	struct buf ahead;

	while (!c->feeding && c->state == CLIENT_IDLE && c->ahead.n > 0) {
		ahead = c->ahead;
		buf_init(&c->ahead, AHEAD_MAX_BYTES);
		feed(c, buf_view(&ahead));
		buf_release(&ahead);
	}
	if (reads_requests(c))
		conn_read_want(c->conn, true);
}

/* ---- streams ---- */

void
client_take(struct client *c, const struct stream_ops *ops, void *ctx)
{
	c->stream = ops;
	c->stream_ctx = ctx;
}

void
client_tick(struct client *c)
{
	int64_t in_ms;

	if (c->state != CLIENT_STREAM)
		return;
	in_ms = c->stream->tick(c->stream_ctx);
	if (in_ms >= 0)
		loop_timer_set(c->front->loop, &c->timer, in_ms);
}

void
client_begin(struct client *c)
{
	struct buf ahead = c->ahead;

	buf_init(&c->ahead, AHEAD_MAX_BYTES);
	http_reader_free(c->reader);
	c->reader = NULL;
	enter(c, CLIENT_STREAM);
	conn_set_max_queue(c->conn, c->stream->max_queue_bytes);
	conn_read_want(c->conn, true);
	client_tick(c);
	if (ahead.n > 0 && c->state == CLIENT_STREAM)
		c->stream->data(c->stream_ctx, ahead.p, ahead.n);
	buf_release(&ahead);
}

/* ---- what the connection tells ---- */

static void
on_open(void *ctx)
{
	enter(ctx, CLIENT_IDLE);
}

static void
on_data(void *ctx, char *p, size_t n)
{
	struct client *c = ctx;

	if (c->state == CLIENT_STREAM)
		c->stream->data(c->stream_ctx, p, n);
	else if (reads_requests(c))
		feed(c, str_of_n(p, n));
	else if (c->state != CLIENT_CLOSING)
		buf_add(&c->ahead, p, n);
	if (buf_err(&c->ahead) != 0)
		client_close(c, 0);
}

static void
on_drained(void *ctx)
{
	struct client *c = ctx;

	if (c->state == CLIENT_STREAM) {
		c->stream->drained(c->stream_ctx);
	} else if (c->state == CLIENT_SENDING) {
		enter(c, CLIENT_IDLE);
		resume(c);
	}
}

static void
on_end(void *ctx, int err, const struct errinfo *ei)
{
	struct client *c = ctx;

	if (err != ERR_CLOSED || c->state == CLIENT_CLOSING || c->state == CLIENT_HANDSHAKE ||
	    c->state == CLIENT_IDLE || c->state == CLIENT_STREAM) {
		log_debug("client-end", log_c("why", ei->text), log_i("state", c->state));
		if (err == ERR_CLOSED)
			finish(c);
		else
			client_free(c);
		return;
	}
	/* The peer may still read our answer. */
	c->peer_ended = true;
	if (reads_requests(c))
		client_refuse(c, 400);
}

static void
on_timer(void *ctx)
{
	struct client *c = ctx;

	switch (c->state) {
	case CLIENT_IDLE:
		finish(c);
		break;
	case CLIENT_HEAD:
	case CLIENT_BODY:
		client_refuse(c, 408);
		break;
	case CLIENT_WAITING:
		log_warn("no-answer", log_c("req", c->request_id));
		client_refuse(c, 503);
		break;
	case CLIENT_STREAM:
		client_tick(c);
		break;
	case CLIENT_HANDSHAKE:
	case CLIENT_SENDING:
	case CLIENT_CLOSING:
		client_free(c);
		break;
	}
}

void
client_new(struct front *f, int fd, const struct addr *peer)
{
	static const struct conn_ops ops = { on_open, on_data, on_drained, on_end };
	struct client *c = xalloc(sizeof(*c));
	struct conn_opts o = { .io = f->io,
		.tls = f->tls,
		.max_queue_bytes = QUEUE_BYTES,
		.ops = &ops,
		.ctx = c };

	c->front = f;
	c->question.ops = &question_ops;
	c->question.ctx = c;
	buf_init(&c->ahead, AHEAD_MAX_BYTES);
	loop_timer_init(&c->timer, on_timer, c);
	if (conn_accept(&o, fd, peer, &c->conn) != 0) {
		log_warn("accept", log_e(ERR_SYS));
		xfree(c);
		return;
	}
	table_add(f->table, &c->entry, c, conn_peer(c->conn));
	enter(c, CLIENT_HANDSHAKE);
}
