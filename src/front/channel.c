/*
 * channel: see channel.h. The channel's queue holds at most one request
 * (others wait in the table) and what agents say.
 */
#include "front/channel.h"

#include "base/alloc.h"
#include "base/log.h"
#include "front/table.h"
#include "front/agent_link.h"

#define QUEUE_BYTES (16u << 20)
#define HEADERS_MAX 64
#define HEADER_MAX_BYTES 8192
#define REASON_MAX_BYTES 512
/* Messages handled before other descriptors get their turn. */
#define TURN_MESSAGES 64

struct front_core {
	struct front *front;
	struct ipc *ipc; /* NULL: no core now */
	uint16_t number; /* of the core that the channel leads to */
	struct loop_fd watch;
	uint64_t used;
	bool broken; /* by us: core has not been told all it must know */
};

struct front_core *
core_new(struct front *f)
{
	struct front_core *k = xalloc(sizeof(*k));

	k->front = f;
	return k;
}

/* ---- the end of a channel ---- */

static void
lose(struct client *c)
{
	if (!c->sent)
		return;
	c->sent = false;
	if (c->state == CLIENT_UPLINK)
		uplink_end(c->uplink, WS_CODE_GOING_AWAY, STR("restarting"));
	else if (c->state == CLIENT_WAITING || c->state == CLIENT_UPGRADING)
		client_refuse(c, 503);
}

static void
detach(struct front_core *k)
{
	if (k->ipc == NULL)
		return;
	loop_fd_del(k->front->loop, &k->watch);
	ipc_free(k->ipc);
	k->ipc = NULL;
	table_each(k->front->table, lose);
}

void
core_free(struct front_core *k)
{
	if (k == NULL)
		return;
	loop_fd_del(k->front->loop, &k->watch);
	ipc_free(k->ipc);
	xfree(k);
}

static void
channel_failed(struct front_core *k, int r)
{
	if (r == ERR_CLOSED && !k->broken) {
		log_warn("core-gone", log_i("in_flight", (int64_t)k->front->n_inflight));
	} else {
		log_error("core-channel", log_e(r));
		if (control_rejoin(k->front->control, ROLE_CORE, k->number) != 0)
			loop_stop(k->front->loop);
	}
	detach(k);
}

/* ---- from core ---- */

/* n pairs of name and value. */
static int
get_headers(struct ipc_in *m, struct http_header h[static HEADERS_MAX], size_t *ret_n)
{
	uint16_t n, i;
	int r;

	if ((r = ipc_get_u16(m, &n)) != 0)
		return r;
	if (n > HEADERS_MAX)
		return ERR_PEER;
	for (i = 0; i < n; i++)
		if ((r = ipc_get_str(m, HEADER_MAX_BYTES, &h[i].name)) != 0 ||
		    (r = ipc_get_str(m, HEADER_MAX_BYTES, &h[i].value)) != 0)
			return r;
	*ret_n = n;
	return 0;
}

/* The client with this id in this state; NULL in ret_c when it has gone, which
 * core cannot know. ERR_PEER for an id that was never given out, or a state in
 * which this message makes no sense. */
static int
find(struct front_core *k, uint64_t id, enum client_state state, struct client **ret_c)
{
	struct client *c = table_find(k->front->table, id);

	if (c == NULL && !table_knew(k->front->table, id))
		return ERR_PEER;
	if (c != NULL && (c->state != state || !c->sent))
		return ERR_PEER;
	*ret_c = c;
	return 0;
}

static int
on_response(void *ctx, struct ipc_in *m)
{
	struct http_header h[HEADERS_MAX];
	struct http_response resp = { .headers = h };
	struct front_core *k = ctx;
	struct client *c;
	uint64_t id;
	int r;

	if ((r = ipc_get_u64(m, &id)) != 0 || (r = ipc_get_u16(m, &resp.status)) != 0 ||
	    (r = get_headers(m, h, &resp.n_headers)) != 0 ||
	    (r = ipc_get_str(m, IPC_MAX_BYTES, &resp.body)) != 0 || (r = ipc_get_end(m)) != 0 ||
	    (r = find(k, id, CLIENT_WAITING, &c)) != 0)
		return r;
	/* 1xx would make the client wait for another answer. */
	if (resp.status < 200 || resp.status > 599)
		return ERR_PEER;
	return c != NULL ? client_answer(c, &resp) : 0;
}

static int
on_accept(void *ctx, struct ipc_in *m)
{
	struct front_core *k = ctx;
	struct client *c;
	uint64_t id;
	int r;

	if ((r = ipc_get_u64(m, &id)) != 0 || (r = ipc_get_end(m)) != 0 ||
	    (r = find(k, id, CLIENT_UPGRADING, &c)) != 0)
		return r;
	if (c != NULL)
		uplink_start(c);
	return 0;
}

static int
on_refuse(void *ctx, struct ipc_in *m)
{
	static const struct http_header json = { { "Content-Type", 12 },
		{ "application/json", 16 } };
	struct http_response resp = { .headers = &json, .n_headers = 1 };
	struct front_core *k = ctx;
	struct client *c;
	uint64_t id;
	int r;

	if ((r = ipc_get_u64(m, &id)) != 0 || (r = ipc_get_u16(m, &resp.status)) != 0 ||
	    (r = ipc_get_str(m, CORE_TEXT_MAX_BYTES, &resp.body)) != 0 ||
	    (r = ipc_get_end(m)) != 0 || (r = find(k, id, CLIENT_UPGRADING, &c)) != 0)
		return r;
	if (resp.status < 400 || resp.status > 599)
		return ERR_PEER;
	return c != NULL ? client_answer(c, &resp) : 0;
}

static int
on_text(void *ctx, struct ipc_in *m)
{
	struct front_core *k = ctx;
	struct client *c;
	struct str text;
	uint64_t id;
	int r;

	if ((r = ipc_get_u64(m, &id)) != 0 ||
	    (r = ipc_get_str(m, CORE_TEXT_MAX_BYTES, &text)) != 0 || (r = ipc_get_end(m)) != 0 ||
	    (r = find(k, id, CLIENT_UPLINK, &c)) != 0)
		return r;
	if (c != NULL)
		uplink_send_text(c->uplink, text);
	return 0;
}

static int
on_close(void *ctx, struct ipc_in *m)
{
	struct front_core *k = ctx;
	struct str reason;
	struct client *c;
	uint64_t id;
	uint16_t code;
	int r;

	if ((r = ipc_get_u64(m, &id)) != 0 || (r = ipc_get_u16(m, &code)) != 0 ||
	    (r = ipc_get_str(m, REASON_MAX_BYTES, &reason)) != 0 || (r = ipc_get_end(m)) != 0 ||
	    (r = find(k, id, CLIENT_UPLINK, &c)) != 0)
		return r;
	if (code < 1000 || code > 4999)
		return ERR_PEER;
	if (c != NULL) {
		c->sent = false; /* core knows */
		uplink_end(c->uplink, code, reason);
	}
	return 0;
}

static const struct ipc_rule rules[] = {
	{ MSG_CF_RESPONSE, false, on_response },
	{ MSG_CF_UPLINK_ACCEPT, false, on_accept },
	{ MSG_CF_UPLINK_REFUSE, false, on_refuse },
	{ MSG_CF_UPLINK_TEXT, false, on_text },
	{ MSG_CF_UPLINK_CLOSE, false, on_close },
};

static void
on_event(void *ctx, unsigned events)
{
	struct front_core *k = ctx;
	struct ipc_in m;
	int n, r = 0, flushed = ERR_AGAIN;

	if ((events & LOOP_WRITE) != 0 && (flushed = ipc_flush(k->ipc)) == 0)
		core_send_waiting(k);
	/* Also when it takes no more: what is to be read may be a last answer. */
	for (n = 0; r == 0 && n < TURN_MESSAGES; n++)
		if ((r = ipc_recv(k->ipc, &m)) == 0)
			r = ipc_dispatch(rules, sizeof(rules) / sizeof(rules[0]), &k->used, &m, k);
	if (r == ERR_AGAIN && flushed != 0)
		r = flushed;
	if (r != 0 && r != ERR_AGAIN) {
		channel_failed(k, r);
		return;
	}
	loop_fd_want(k->front->loop, &k->watch,
	    ipc_pending(k->ipc) ? LOOP_READ | LOOP_WRITE : LOOP_READ);
}

void
core_attach(struct front_core *k, uint16_t number, int fd)
{
	detach(k);
	k->ipc = ipc_new(fd, true, QUEUE_BYTES);
	k->number = number;
	k->used = 0;
	k->broken = false;
	if (loop_fd_add(k->front->loop, &k->watch, fd, LOOP_READ, on_event, k) != 0) {
		channel_failed(k, ERR_SYS);
		return;
	}
	core_send_waiting(k);
}

/* ---- to core ---- */

/* Sends m. A channel that fails is seen, and taken down, by the loop. */
static int
put(struct front_core *k, struct ipc_out *m)
{
	int r = ipc_send(k->ipc, m, -1);

	if (r == 0 && ipc_pending(k->ipc))
		loop_fd_want(k->front->loop, &k->watch, LOOP_READ | LOOP_WRITE);
	return r;
}

static bool
takes_requests(const struct front_core *k)
{
	return k->ipc != NULL && !ipc_pending(k->ipc);
}

void
core_send_waiting(struct front_core *k)
{
	struct client *c;

	while (takes_requests(k) && (c = table_first_waiting(k->front->table)) != NULL)
		if (client_send_request(c) != 0)
			break;
}

static void
put_peer(struct ipc_out *m, const struct client *c)
{
	struct buf host;

	buf_init(&host, 64);
	addr_host_write(conn_peer(c->conn), &host);
	ipc_put_str(m, buf_view(&host));
	buf_release(&host);
}

int
core_send_request(struct front_core *k, const struct client *c, const struct http_request *rq)
{
	struct ipc_out m;
	size_t i;

	if (!takes_requests(k))
		return ERR_AGAIN;
	ipc_begin(&m, MSG_FC_REQUEST);
	ipc_put_u64(&m, c->id);
	ipc_put_str(&m, str_of(c->request_id));
	put_peer(&m, c);
	ipc_put_u16(&m, addr_port(conn_peer(c->conn)));
	ipc_put_str(&m, conn_tls_version(c->conn));
	ipc_put_str(&m, conn_tls_cipher(c->conn));
	ipc_put_str(&m, conn_sni(c->conn));
	ipc_put_str(&m, rq->method);
	ipc_put_str(&m, rq->target);
	ipc_put_u16(&m, (uint16_t)rq->n_headers);
	for (i = 0; i < rq->n_headers; i++) {
		ipc_put_str(&m, rq->headers[i].name);
		ipc_put_str(&m, rq->headers[i].value);
	}
	ipc_put_str(&m, rq->body);
	return put(k, &m) == 0 ? 0 : ERR_AGAIN;
}

int
core_send_uplink_open(struct front_core *k, const struct client *c, struct str certificate)
{
	struct ipc_out m;

	if (!takes_requests(k))
		return ERR_AGAIN;
	ipc_begin(&m, MSG_FC_UPLINK_OPEN);
	ipc_put_u64(&m, c->id);
	ipc_put_str(&m, str_of(c->request_id));
	put_peer(&m, c);
	ipc_put_str(&m, certificate);
	return put(k, &m) == 0 ? 0 : ERR_AGAIN;
}

int
core_send_uplink_text(struct front_core *k, uint64_t link, struct str text)
{
	struct ipc_out m;

	if (k->ipc == NULL)
		return ERR_CLOSED;
	ipc_begin(&m, MSG_FC_UPLINK_TEXT);
	ipc_put_u64(&m, link);
	ipc_put_str(&m, text);
	return put(k, &m);
}

void
core_send_uplink_close(struct front_core *k, uint64_t link)
{
	struct ipc_out m;

	if (k->ipc == NULL)
		return;
	ipc_begin(&m, MSG_FC_UPLINK_CLOSE);
	ipc_put_u64(&m, link);
	/* When core does not take even this, the channel is no good: core would
	 * think that the agent is there. */
	if (put(k, &m) != 0) {
		log_error("core-channel", log_c("why", "does not take that an uplink is closed"));
		k->broken = true;
		(void)shutdown(ipc_fd(k->ipc), SHUT_RDWR);
	}
}
