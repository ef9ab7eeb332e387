/*
 * core_front: see core_front.h. The order of messages is kept: what an agent
 * says between two requests is heard between them.
 */
#include "daemon/core_front.h"

#include <poll.h>

#include "api/batch.h"
#include "base/alloc.h"
#include "base/log.h"
#include "codec/jsonw.h"
#include "ipc/msg.h"
#include "region/agents.h"
#include "region/task.h"

#define QUEUE_BYTES (256u << 20)
#define ARENA_BYTES ((size_t)4 << 30)
#define BATCH_BYTES (32u << 20) /* of requests; then the batch is closed */
#define MAX_HEADERS 256
#define MAX_SHORT_BYTES 1024
#define MAX_TARGET_BYTES 65536
#define MAX_HEADER_BYTES 65536
#define MAX_TEXT_BYTES (1u << 20)
#define MAX_CERTIFICATE_BYTES 16384
#define MESSAGES_PER_STEP 256

struct core_front {
	struct ipc *channel; /* NULL: none at the moment */
	int failed;          /* why the channel is to be closed when the step ends, or 0 */
	struct front_port port;
	/* during a step */
	struct region *region;
	struct api *api;

	/* the batch that is gathered */
	struct arena *arena;
	struct api_request reqs[BATCH_MAX];
	struct api_response resps[BATCH_MAX];
	uint64_t numbers[BATCH_MAX];
	size_t n, bytes;
};

static void
send(struct core_front *f, struct ipc_out *m)
{
	int r;

	if (f->channel == NULL || f->failed != 0) {
		ipc_drop(m);
		return;
	}
	/* A front that is gone, or that does not read. */
	if ((r = ipc_send(f->channel, m, -1)) != 0) {
		log_warn("front", log_e(r));
		f->failed = r;
	}
}

/* ---- the port ---- */

static void
port_text(void *ctx, uint64_t link, struct str text)
{
	struct ipc_out m;

	ipc_begin(&m, MSG_CF_UPLINK_TEXT);
	ipc_put_u64(&m, link);
	ipc_put_str(&m, text);
	send(ctx, &m);
}

static void
port_close(void *ctx, uint64_t link, uint16_t code, struct str reason)
{
	struct ipc_out m;

	ipc_begin(&m, MSG_CF_UPLINK_CLOSE);
	ipc_put_u64(&m, link);
	ipc_put_u16(&m, code);
	ipc_put_str(&m, reason);
	send(ctx, &m);
}

struct core_front *
core_front_new(void)
{
	struct core_front *f = xalloc(sizeof(*f));

	f->port = (struct front_port){ f, port_text, port_close };
	f->arena = arena_new(ARENA_BYTES);
	return f;
}

void
core_front_free(struct core_front *f)
{
	if (f == NULL)
		return;
	ipc_free(f->channel);
	arena_free(f->arena);
	xfree(f);
}

const struct front_port *
core_front_port(const struct core_front *f)
{
	return &f->port;
}

static void
batch_clear(struct core_front *f)
{
	f->n = f->bytes = 0;
	arena_reset(f->arena);
}

void
core_front_attach(struct core_front *f, struct region *region, int fd)
{
	ipc_free(f->channel);
	f->channel = ipc_new(fd, true, QUEUE_BYTES);
	f->failed = 0;
	agents_reset(region);
}

/* ---- requests ---- */

static void
answer(struct core_front *f, uint64_t number, const struct api_response *resp)
{
	struct ipc_out m;
	size_t i;

	ipc_begin(&m, MSG_CF_RESPONSE);
	ipc_put_u64(&m, number);
	ipc_put_u16(&m, resp->status);
	ipc_put_u16(&m, (uint16_t)resp->n_headers);
	for (i = 0; i < resp->n_headers; i++) {
		ipc_put_str(&m, resp->headers[i].name);
		ipc_put_str(&m, resp->headers[i].value);
	}
	ipc_put_str(&m, resp->body);
	send(f, &m);
}

/* Runs what was gathered. */
static void
batch_close(struct core_front *f)
{
	size_t i;

	if (f->n == 0)
		return;
	batch_run(f->api, f->reqs, f->n, f->arena, f->resps);
	for (i = 0; i < f->n; i++)
		answer(f, f->numbers[i], &f->resps[i]);
	batch_clear(f);
}

static int
headers_read(struct core_front *f, struct ipc_in *m, struct api_request *rq)
{
	struct http_header *h;
	uint16_t i, n;
	int r;

	if ((r = ipc_get_u16(m, &n)) != 0)
		return r;
	if (n > MAX_HEADERS)
		return ERR_PEER;
	h = arena_array(f->arena, n > 0 ? n : 1, sizeof(*h));
	for (i = 0; i < n; i++) {
		if ((r = ipc_get_str(m, HTTP_NAME_MAX_BYTES, &h[i].name)) != 0 ||
		    (r = ipc_get_str(m, MAX_HEADER_BYTES, &h[i].value)) != 0)
			return r;
		h[i].name = arena_str(f->arena, h[i].name);
		h[i].value = arena_str(f->arena, h[i].value);
	}
	rq->headers = h;
	rq->n_headers = n;
	return 0;
}

/* Copied: the message is gone with the next one. */
static int
text_read(struct core_front *f, struct ipc_in *m, size_t max, struct str *ret)
{
	int r = ipc_get_str(m, max, ret);

	if (r == 0)
		*ret = arena_str(f->arena, *ret);
	return r;
}

static int
on_request(void *ctx, struct ipc_in *m)
{
	struct core_front *f = ctx;
	struct api_request *rq = &f->reqs[f->n];
	uint64_t number;
	int r;

	if ((r = ipc_get_u64(m, &number)) != 0 ||
	    (r = text_read(f, m, MAX_SHORT_BYTES, &rq->request_id)) != 0 ||
	    (r = text_read(f, m, MAX_SHORT_BYTES, &rq->peer_ip)) != 0 ||
	    (r = ipc_get_u16(m, &rq->peer_port)) != 0 ||
	    (r = text_read(f, m, MAX_SHORT_BYTES, &rq->tls_version)) != 0 ||
	    (r = text_read(f, m, MAX_SHORT_BYTES, &rq->tls_cipher)) != 0 ||
	    (r = text_read(f, m, MAX_SHORT_BYTES, &rq->sni)) != 0 ||
	    (r = text_read(f, m, MAX_SHORT_BYTES, &rq->method)) != 0 ||
	    (r = text_read(f, m, MAX_TARGET_BYTES, &rq->target)) != 0 ||
	    (r = headers_read(f, m, rq)) != 0 ||
	    (r = text_read(f, m, IPC_MAX_BYTES, &rq->body)) != 0 || (r = ipc_get_end(m)) != 0)
		return r;
	f->numbers[f->n++] = number;
	f->bytes += rq->body.n + rq->target.n;
	if (f->n == BATCH_MAX || f->bytes >= BATCH_BYTES)
		batch_close(f);
	return 0;
}

/* ---- links ---- */

struct link_event {
	uint64_t link;
	struct str bytes;
};

static int
open_task(struct region *region, void *ctx)
{
	const struct link_event *e = ctx;

	return agents_open(region, e->link, e->bytes);
}

static void
refuse(struct core_front *f, uint64_t link, int why)
{
	struct ipc_out m;
	struct jsonw w;
	struct buf b;

	buf_init(&b, 1024);
	jsonw_init(&w, &b);
	jsonw_object(&w);
	jsonw_m_c(&w, "ErrorCode",
	    why == ERR_DENIED ? "AccessDeniedException" : "ServiceException");
	jsonw_m_c(&w, "Message",
	    why == ERR_DENIED ? "This certificate is not one of an agent."
			      : "The agent cannot be served at the moment.");
	jsonw_end(&w);
	ipc_begin(&m, MSG_CF_UPLINK_REFUSE);
	ipc_put_u64(&m, link);
	ipc_put_u16(&m, why == ERR_DENIED ? 403 : 500);
	ipc_put_str(&m, buf_view(&b));
	send(f, &m);
	buf_release(&b);
}

static int
on_open(void *ctx, struct ipc_in *m)
{
	struct core_front *f = ctx;
	struct str request_id, peer_ip;
	struct link_event e;
	struct ipc_out out;
	int r;

	if ((r = ipc_get_u64(m, &e.link)) != 0 ||
	    (r = ipc_get_str(m, MAX_SHORT_BYTES, &request_id)) != 0 ||
	    (r = ipc_get_str(m, MAX_SHORT_BYTES, &peer_ip)) != 0 ||
	    (r = ipc_get_str(m, MAX_CERTIFICATE_BYTES, &e.bytes)) != 0 || (r = ipc_get_end(m)) != 0)
		return r;
	batch_close(f);
	if ((r = task_run(f->region, open_task, &e)) != 0) {
		agents_closed(f->region, e.link);
		refuse(f, e.link, r);
		return 0;
	}
	ipc_begin(&out, MSG_CF_UPLINK_ACCEPT);
	ipc_put_u64(&out, e.link);
	send(f, &out);
	return 0;
}

static int
text_task(struct region *region, void *ctx)
{
	const struct link_event *e = ctx;

	return agents_text(region, e->link, e->bytes);
}

static int
on_text(void *ctx, struct ipc_in *m)
{
	struct core_front *f = ctx;
	struct link_event e;
	int r;

	if ((r = ipc_get_u64(m, &e.link)) != 0 ||
	    (r = ipc_get_str(m, MAX_TEXT_BYTES, &e.bytes)) != 0 || (r = ipc_get_end(m)) != 0)
		return r;
	batch_close(f);
	if ((r = task_run(f->region, text_task, &e)) != 0) {
		/* Nothing of what it should have been told has left: it comes again. */
		log_warn("agent-text", log_i("link", (int64_t)e.link), log_e(r));
		agents_closed(f->region, e.link);
		port_close(f, e.link, r == ERR_SYNTAX ? 1008 : 1011, str_of(err_text(r)));
	}
	return 0;
}

static int
on_close(void *ctx, struct ipc_in *m)
{
	struct core_front *f = ctx;
	uint64_t link;
	int r;

	if ((r = ipc_get_u64(m, &link)) != 0 || (r = ipc_get_end(m)) != 0)
		return r;
	batch_close(f);
	agents_closed(f->region, link);
	return 0;
}

static const struct ipc_rule rules[] = {
	{ MSG_FC_REQUEST, false, on_request },
	{ MSG_FC_UPLINK_OPEN, false, on_open },
	{ MSG_FC_UPLINK_TEXT, false, on_text },
	{ MSG_FC_UPLINK_CLOSE, false, on_close },
};

int
core_front_fd(const struct core_front *f, short *ret_events)
{
	*ret_events = 0;
	if (f->channel == NULL)
		return -1;
	*ret_events = (short)(POLLIN | (ipc_pending(f->channel) ? POLLOUT : 0));
	return ipc_fd(f->channel);
}

/* One message, or ERR_AGAIN. */
static int
receive(struct core_front *f)
{
	uint64_t used = 0;
	struct ipc_in m;
	int r;

	if (f->channel == NULL)
		return ERR_AGAIN;
	if (f->failed != 0)
		return f->failed;
	if ((r = ipc_recv(f->channel, &m)) != 0)
		return r;
	return ipc_dispatch(rules, sizeof(rules) / sizeof(rules[0]), &used, &m, f);
}

static void
lost(struct core_front *f, int r)
{
	log_warn("front-lost", log_e(r));
	ipc_free(f->channel);
	f->channel = NULL;
	agents_reset(f->region);
}

int
core_front_step(struct core_front *f, struct region *region, struct api *api, bool *ret_more)
{
	unsigned i;
	int r = 0;

	f->region = region;
	f->api = api;
	if (f->channel != NULL && ipc_pending(f->channel))
		r = ipc_flush(f->channel);
	if (r == ERR_AGAIN)
		r = 0;
	for (i = 0; r == 0 && i < MESSAGES_PER_STEP; i++)
		r = receive(f);
	*ret_more = r == 0;
	/* What came before a bad message was good. */
	batch_close(f);
	if (r == 0 || r == ERR_AGAIN)
		return 0;
	lost(f, r);
	return r;
}
