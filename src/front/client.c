/*
 * client: see client.h. Requests of one connection are served one
 * after the other; while one waits for its answer nothing more is read, so what
 * is read ahead is bounded by one piece that was already decrypted.
 */
#include "front/client.h"

#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/rand.h"
#include "codec/ws_handshake.h"
#include "front/accept.h"
#include "front/answer.h"
#include "front/channel.h"
#include "front/table.h"
#include "front/agent_link.h"

#define OUT_KEEP_BYTES (1u << 20)
#define AHEAD_MAX_BYTES (512u << 10)
/* For an uplink, and its last words; an answer is never as long. */
#define QUEUE_BYTES (UPLINK_QUEUE_BYTES + (1u << 20))
#define CERTIFICATE_MAX_BYTES 16384
/* For a core to come, for its answer, for the peer to take that, for its end. */
#define CORE_MS 10000
#define ANSWER_MS 60000
#define SEND_MS 60000
#define LINGER_MS 5000

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
	case CLIENT_UPGRADING:
		return CORE_MS;
	case CLIENT_SENDING:
		return SEND_MS;
	case CLIENT_UPLINK:  /* sets its own */
	case CLIENT_CLOSING: /* the conn's */
		break;
	}
	return -1;
}

static bool
in_flight(enum client_state s)
{
	return s == CLIENT_WAITING || s == CLIENT_UPGRADING;
}

static void
enter(struct client *c, enum client_state s)
{
	struct front *f = c->front;
	int64_t ms = timeout_ms(c, s);

	f->n_inflight += in_flight(s);
	f->n_inflight -= in_flight(c->state);
	c->state = s;
	table_set_idle(f->table, c, s == CLIENT_HANDSHAKE || s == CLIENT_IDLE);
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

void
client_free(struct client *c)
{
	struct front *f = c->front;
	bool link = c->state == CLIENT_UPLINK || c->state == CLIENT_UPGRADING;

	if (link && c->sent)
		core_send_uplink_close(f->core, c->id);
	f->n_inflight -= in_flight(c->state);
	uplink_free(c->uplink);
	loop_timer_clear(f->loop, &c->timer);
	table_remove(f->table, c);
	conn_free(c->conn);
	http_reader_free(c->reader);
	buf_release(&c->ahead);
	xfree(c);
	accept_resume(f->accept);
	front_client_gone(f);
}

void
client_retire(struct client *c)
{
	conn_finish(c->conn, 0);
	client_free(c);
}

void
client_close(struct client *c, int linger_ms)
{
	struct front *f = c->front;

	uplink_free(c->uplink);
	c->uplink = NULL;
	table_set_waiting(f->table, c, false);
	table_clear_id(c);
	http_reader_free(c->reader);
	c->reader = NULL;
	buf_release(&c->ahead);
	enter(c, CLIENT_CLOSING);
	conn_finish(c->conn, linger_ms);
}

/* ---- answers ---- */

static struct answer_frame
frame(const struct client *c, const struct http_request *rq)
{
	return (struct answer_frame){
		.request_id = c->request_id,
		.now_s = clock_wall_s(loop_clock(c->front->loop)),
		.minor = rq != NULL ? rq->minor : 1,
		.close = c->close_after || c->peer_ended || c->front->draining,
		.head_only = rq != NULL && str_eq_c(rq->method, "HEAD"),
	};
}

static void resume(struct client *c);

/* The answer is in front's buffer: sends it and goes on. */
static void
say(struct client *c, bool close)
{
	struct front *f = c->front;
	int r = conn_write(c->conn, buf_view(&f->out));

	if (f->out.cap > OUT_KEEP_BYTES)
		buf_release(&f->out);
	table_set_waiting(f->table, c, false);
	table_clear_id(c);
	c->sent = false;
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
	bool complete = in_flight(c->state);
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

int
client_send_request(struct client *c)
{
	struct front *f = c->front;
	struct buf cert;
	int r;

	if (c->state == CLIENT_UPGRADING) {
		buf_init(&cert, CERTIFICATE_MAX_BYTES);
		if ((r = conn_peer_cert(c->conn, &cert)) == 0)
			r = core_send_uplink_open(f->core, c, buf_view(&cert));
		buf_release(&cert);
	} else {
		r = core_send_request(f->core, c, http_reader_request(c->reader));
	}
	if (r != 0)
		return ERR_AGAIN;
	c->sent = true;
	table_set_waiting(f->table, c, false);
	loop_timer_set(f->loop, &c->timer, ANSWER_MS);
	return 0;
}

/* An agent asks for its uplink: 0, or the status of the refusal. */
static uint16_t
check_uplink(const struct client *c, const struct http_request *rq)
{
	struct str key;
	struct buf cert;
	int r;

	if (ws_handshake_check(rq, &key) != 0)
		return 400;
	buf_init(&cert, CERTIFICATE_MAX_BYTES);
	r = conn_peer_cert(c->conn, &cert);
	buf_release(&cert);
	return r == 0 ? 0 : 403;
}

static void
request_complete(struct client *c)
{
	struct front *f = c->front;
	const struct http_request *rq = http_reader_request(c->reader);
	bool uplink = str_eq_c(rq->target, FRONT_UPLINK_TARGET);
	uint16_t status = uplink ? check_uplink(c, rq) : 0;

	if (!rq->keep_alive)
		c->close_after = true;
	if (status == 0 && f->n_inflight >= (size_t)f->settings.max_inflight)
		status = 503;
	conn_read_want(c->conn, false);
	enter(c, uplink ? CLIENT_UPGRADING : CLIENT_WAITING);
	if (status != 0) {
		client_refuse(c, status);
		return;
	}
	table_set_id(f->table, c);
	table_set_waiting(f->table, c, true);
	core_send_waiting(f->core);
	if (!c->sent)
		log_debug("wait", log_c("req", c->request_id));
}

/* Bytes came and the request is not complete. */
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

/* Reads requests from in, until one waits for its answer; keeps the rest. */
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

/* Ready for the next request, which may have come already. */
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

void
client_become_uplink(struct client *c, struct front_uplink *u)
{
	struct buf ahead = c->ahead;

	c->uplink = u;
	buf_init(&c->ahead, AHEAD_MAX_BYTES);
	http_reader_free(c->reader);
	c->reader = NULL;
	enter(c, CLIENT_UPLINK);
	conn_read_want(c->conn, true);
	if (ahead.n > 0)
		uplink_data(u, ahead.p, ahead.n);
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

	if (c->state == CLIENT_UPLINK)
		uplink_data(c->uplink, p, n);
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

	if (c->state == CLIENT_SENDING) {
		enter(c, CLIENT_IDLE);
		resume(c);
	}
}

static void
on_end(void *ctx, int err, const struct errinfo *ei)
{
	struct client *c = ctx;

	if (err != ERR_CLOSED || c->state == CLIENT_CLOSING || c->state == CLIENT_HANDSHAKE ||
	    c->state == CLIENT_IDLE || c->state == CLIENT_UPLINK) {
		log_debug("client-end", log_c("why", ei->text), log_i("state", c->state));
		if (err == ERR_CLOSED)
			client_retire(c);
		else
			client_free(c);
		return;
	}
	/* It may still read what we answer. */
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
		client_retire(c);
		break;
	case CLIENT_HEAD:
	case CLIENT_BODY:
		client_refuse(c, 408);
		break;
	case CLIENT_WAITING:
	case CLIENT_UPGRADING:
		log_warn("no-answer", log_c("req", c->request_id));
		if (c->state == CLIENT_UPGRADING && c->sent)
			core_send_uplink_close(c->front->core, c->id);
		client_refuse(c, 503);
		break;
	case CLIENT_UPLINK:
		uplink_tick(c->uplink);
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
	buf_init(&c->ahead, AHEAD_MAX_BYTES);
	loop_timer_init(&c->timer, on_timer, c);
	if (conn_accept(&o, fd, peer, &c->conn) != 0) {
		log_warn("accept", log_e(ERR_SYS));
		xfree(c);
		return;
	}
	table_add(f->table, c);
	enter(c, CLIENT_HANDSHAKE);
}
