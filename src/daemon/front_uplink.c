/*
 * front_uplink: see front_uplink.h.
 */
#include "daemon/front_uplink.h"

#include "base/alloc.h"
#include "base/date.h"
#include "base/log.h"
#include "codec/utf8.h"
#include "codec/ws_handshake.h"
#include "daemon/front_core.h"
#include "daemon/front_table.h"

#define PING_MS 10000
#define LINGER_MS 1000

struct front_uplink {
	struct client *client;
	struct ws_decoder ws;
	struct buf text; /* the message under way */
	int64_t heard_ms;
	size_t queued;    /* when last looked at */
	int64_t moved_ms; /* it was empty or had become less */
};

static int64_t
silence_ms(const struct front *f)
{
	return f->settings.agent_silence_s * 1000;
}

/* Pings come often enough that three go unanswered before the silence is over. */
static void
set_tick(struct client *c)
{
	int64_t ms = silence_ms(c->front) / 3;

	loop_timer_set(c->front->loop, &c->timer, ms < PING_MS ? ms : PING_MS);
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

void
uplink_start(struct client *c)
{
	struct front_uplink *u;

	if (write_101(c) != 0) {
		core_send_uplink_close(c->front->core, c->id);
		c->sent = false;
		client_close(c, 0);
		return;
	}
	u = xalloc(sizeof(*u));
	u->client = c;
	u->heard_ms = u->moved_ms = loop_now_ms(c->front->loop);
	ws_decoder_init(&u->ws, WS_SERVER, CORE_TEXT_MAX_BYTES);
	buf_init(&u->text, CORE_TEXT_MAX_BYTES);
	c->front->n_uplinks++;
	log_info("uplink", log_c("req", c->request_id), log_i("link", (int64_t)c->id));
	client_become_uplink(c, u);
	if (c->state == CLIENT_UPLINK)
		set_tick(c);
}

void
uplink_free(struct front_uplink *u)
{
	if (u == NULL)
		return;
	u->client->front->n_uplinks--;
	buf_release(&u->text);
	xfree(u);
}

/* The end of it: core is told, u is gone. */
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

/* Before each write: has the agent taken something of what is queued? */
static void
look_at_queue(struct front_uplink *u)
{
	size_t n = conn_queued(u->client->conn);

	if (n == 0 || n < u->queued)
		u->moved_ms = loop_now_ms(u->client->front->loop);
	u->queued = n;
}

/* A frame of ours. False: there is no room for it, and the uplink has ended. */
static bool
send_frame(struct front_uplink *u, enum ws_op op, struct str payload)
{
	struct client *c = u->client;
	struct front *f = c->front;

	buf_clear(&f->out);
	ws_frame_write(&f->out, op, payload, NULL);
	look_at_queue(u);
	if (u->queued + f->out.n <= UPLINK_QUEUE_BYTES &&
	    conn_write(c->conn, buf_view(&f->out)) == 0) {
		u->queued = conn_queued(c->conn);
		return true;
	}
	leave(u, 0, "the agent does not read");
	return false;
}

void
uplink_end(struct front_uplink *u, uint16_t code, struct str reason)
{
	struct client *c = u->client;
	struct front *f = c->front;

	buf_clear(&f->out);
	ws_close_write(&f->out, code, reason, NULL);
	if (conn_write(c->conn, buf_view(&f->out)) == 0)
		leave(u, LINGER_MS, "closed by eicd");
	else
		leave(u, 0, "closed by eicd");
}

void
uplink_send_text(struct front_uplink *u, struct str text)
{
	(void)send_frame(u, WS_TEXT, text);
}

void
uplink_tick(struct front_uplink *u)
{
	struct client *c = u->client;
	int64_t now = loop_now_ms(c->front->loop);

	look_at_queue(u);
	if (now - u->heard_ms >= silence_ms(c->front))
		leave(u, 0, "the agent is silent");
	else if (now - u->moved_ms >= silence_ms(c->front))
		leave(u, 0, "the agent does not read");
	else if (send_frame(u, WS_PING, STR("")))
		set_tick(c);
}

static void
on_text(struct front_uplink *u, const struct ws_part *part)
{
	struct client *c = u->client;

	buf_str(&u->text, part->data);
	if (!part->end)
		return;
	if (!utf8_valid(buf_view(&u->text))) {
		uplink_end(u, WS_CODE_NOT_UTF8, STR("not UTF-8"));
	} else if (core_send_uplink_text(c->front->core, c->id, buf_view(&u->text)) != 0) {
		uplink_end(u, WS_CODE_INTERNAL, STR("try again later"));
	} else if (u->text.cap > 65536) {
		buf_release(&u->text);
	} else {
		buf_clear(&u->text);
	}
}

static void
on_part(struct front_uplink *u, const struct ws_part *part)
{
	u->heard_ms = loop_now_ms(u->client->front->loop);
	switch (part->op) {
	case WS_TEXT:
		on_text(u, part);
		break;
	case WS_PING:
		(void)send_frame(u, WS_PONG, part->data);
		break;
	case WS_CLOSE:
		uplink_end(u, WS_CODE_NORMAL, STR(""));
		break;
	case WS_BINARY:
		uplink_end(u, WS_CODE_UNSUPPORTED, STR("text only"));
		break;
	case WS_PONG:
	case WS_CONTINUATION:
		break;
	}
}

void
uplink_data(struct front_uplink *u, char *p, size_t n)
{
	struct client *c = u->client;
	struct ws_part part;
	size_t used;
	int r;

	/* on_part may end the uplink; the client stays until the loop's next turn. */
	while (n > 0 && c->state == CLIENT_UPLINK) {
		r = ws_decode(&u->ws, (uint8_t *)p, n, &used, &part);
		p += used;
		n -= used;
		if (r == 0)
			on_part(u, &part);
		else if (r == ERR_TOOBIG)
			uplink_end(u, WS_CODE_TOO_BIG, STR("message too long"));
		else if (r != ERR_AGAIN)
			uplink_end(u, WS_CODE_PROTOCOL, STR("not a WebSocket frame"));
	}
}
