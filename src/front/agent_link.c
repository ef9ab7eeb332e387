/*
 * agent_link: see agent_link.h.
 */
#include "front/agent_link.h"

#include "base/alloc.h"
#include "base/date.h"
#include "base/log.h"
#include "codec/ws_handshake.h"
#include "front/channel.h"
#include "net/wsconn.h"

#define LINGER_MS 1000

struct front_uplink {
	struct client *client;
	struct wsconn *ws;
};

static int64_t
silence_ms(const struct front *f)
{
	return f->settings.agent_silence_s * 1000;
}

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
	if ((r = ws_handshake_check(http_reader_request(c->reader), &key)) == 0 &&
	    (r = ws_handshake_write_response(&f->out, key, own, 2)) == 0)
		r = conn_write(c->conn, buf_view(&f->out));
	buf_release(&date);
	return r;
}

/* ---- the session ---- */

/* The connection is of no more use. The client stays until the loop's next turn. */
static void
leave(struct front_uplink *u, int linger_ms, const char *why)
{
	struct client *c = u->client;

	log_info("uplink-end", log_i("link", (int64_t)c->id), log_c("why", why));
	if (c->sent)
		core_send_uplink_close(c->front->core, c->id);
	c->sent = false;
	client_close(c, linger_ms);
}

void
uplink_end(struct front_uplink *u, uint16_t code, struct str reason)
{
	bool said = wsconn_close(u->ws, code, reason) == 0;

	leave(u, said ? LINGER_MS : 0, "closed by eicd");
}

static void
on_text(void *ctx, struct str text)
{
	struct front_uplink *u = ctx;
	struct client *c = u->client;

	if (core_send_uplink_text(c->front->core, c->id, text) != 0)
		uplink_end(u, WS_CODE_INTERNAL, STR("try again later"));
}

static void
on_session_end(void *ctx, const struct wsconn_end *e)
{
	leave(ctx, e->said ? LINGER_MS : 0, e->text);
}

static const struct wsconn_ops ops = { .text = on_text, .end = on_session_end };

void
uplink_start(struct client *c)
{
	struct front_uplink *u;
	struct wsconn_opts o;

	if (write_101(c) != 0) {
		core_send_uplink_close(c->front->core, c->id);
		c->sent = false;
		client_close(c, 0);
		return;
	}
	o = (struct wsconn_opts){ .loop = c->front->loop,
		.conn = c->conn,
		.role = WS_SERVER,
		.max_text_bytes = CORE_TEXT_MAX_BYTES,
		.max_binary_bytes = CORE_TEXT_MAX_BYTES,
		.max_queue_bytes = UPLINK_QUEUE_BYTES,
		.silence_ms = silence_ms(c->front),
		.ops = &ops };
	u = xalloc(sizeof(*u));
	u->client = c;
	o.ctx = u;
	u->ws = wsconn_new(&o);
	c->front->n_uplinks++;
	log_info("uplink", log_c("req", c->request_id), log_i("link", (int64_t)c->id));
	client_become_uplink(c, u);
	if (c->state == CLIENT_UPLINK)
		uplink_tick(u);
}

void
uplink_free(struct front_uplink *u)
{
	if (u == NULL)
		return;
	u->client->front->n_uplinks--;
	wsconn_free(u->ws);
	xfree(u);
}

void
uplink_send_text(struct front_uplink *u, struct str text)
{
	if (wsconn_text(u->ws, text) != 0)
		leave(u, 0, "the agent does not read");
}

void
uplink_tick(struct front_uplink *u)
{
	struct client *c = u->client;
	int64_t in_ms;

	wsconn_set_silence(u->ws, silence_ms(c->front));
	if ((in_ms = wsconn_tick(u->ws)) >= 0)
		loop_timer_set(c->front->loop, &c->timer, in_ms);
}

void
uplink_data(struct front_uplink *u, char *p, size_t n)
{
	wsconn_data(u->ws, p, n);
}
