/*
 * core_front: see core_front.h. What agents send is handled when it is read; requests are put into
 * a queue, which says what the next batch is (core_queue.h).
 */
#include "daemon/core_front.h"

#include <unistd.h>

#include "api/batch.h"
#include "base/alloc.h"
#include "base/log.h"
#include "codec/jsonw.h"
#include "daemon/core_queue.h"
#include "ipc/msg.h"
#include "link/link.h"
#include "region/agents.h"
#include "region/task.h"

#define QUEUE_BYTES (256u << 20)
#define ARENA_BYTES ((size_t)4 << 30)
/* A front that has not taken so much of what it asked for is not asked for more. */
#define UNTAKEN_BYTES (16u << 20)
#define MAX_HEADERS 256
#define MAX_SHORT_BYTES 1024
#define MAX_TARGET_BYTES 65536
#define MAX_HEADER_BYTES 65536
#define MAX_CERTIFICATE_BYTES 16384
#define MESSAGES_PER_STEP 256
/* A link's number in core is the channel's tag, followed by the front's own number of the link in
 * this many bits. */
#define OWN_BITS 40
#define OWN_MAX (((uint64_t)1 << OWN_BITS) - 1)
/* Tags come again, since a front may have channels made anew without end: each after all others
 * that are free, so long after the last message for a link of its channel before. */
#define TAG_MAX 4095u
#define CHANNELS_OF_ONE_FRONT 2
#define ANY_FRONT (-1)

struct channel {
	struct core_front *all;
	uint16_t front;
	uint64_t serial; /* unique in this process; 0: this place is free */
	uint16_t tag;    /* 1..TAG_MAX, of no other channel that is there */
	struct ipc *ipc;
	size_t owed; /* how many of its requests are not answered */
	/* The error after which nothing is read any more, or 0. After ERR_CLOSED the front
	 * sends no more, but may still read. */
	int unread;
	int failed; /* the error after which nothing is sent any more, or 0 */
};

struct core_front {
	struct channel channels[CORE_FRONT_CHANNELS_MAX];
	uint64_t last_serial;
	uint16_t last_tag;
	size_t turn; /* the channel that is read first in the next round */
	struct {
		uint16_t front;
		int fd;
	} coming[CORE_FRONT_CHANNELS_MAX]; /* new channels, for the next step */
	size_t n_coming;
	struct front_port port;
	int (*rejoin)(void *ctx, uint16_t front);
	void *ctx;
	/* during a step */
	struct region *region;
	struct api *api;

	struct core_queue *queue;
	/* the batch that is run */
	struct arena *arena;
	struct api_request reqs[BATCH_MAX];
	struct api_response resps[BATCH_MAX];
};

static void
send(struct channel *c, struct ipc_out *m)
{
	int r;

	if (c->serial == 0 || c->failed != 0) {
		ipc_drop(m);
		return;
	}
	/* On an error the front is gone or does not read: the channel ends after this step. */
	if ((r = ipc_send(c->ipc, m, -1)) != 0) {
		log_warn("front", log_i("front", c->front), log_e(r));
		c->failed = r;
	}
}

/* ---- links ---- */

static uint64_t
link_number(const struct channel *c, uint64_t own)
{
	return (uint64_t)c->tag << OWN_BITS | own;
}

/* The channel with this serial number, or NULL when it is gone. */
static struct channel *
channel_by_serial(struct core_front *f, uint64_t serial)
{
	size_t i;

	for (i = 0; i < CORE_FRONT_CHANNELS_MAX; i++)
		if (f->channels[i].serial != 0 && f->channels[i].serial == serial)
			return &f->channels[i];
	return NULL;
}

static struct channel *
channel_by_tag(struct core_front *f, uint64_t tag)
{
	size_t i;

	for (i = 0; i < CORE_FRONT_CHANNELS_MAX; i++)
		if (f->channels[i].serial != 0 && f->channels[i].tag == tag)
			return &f->channels[i];
	return NULL;
}

/* The channel that a link is on; NULL: it is gone. */
static struct channel *
channel_of(struct core_front *f, uint64_t link)
{
	return channel_by_tag(f, link >> OWN_BITS);
}

static void
port_text(void *ctx, uint64_t link, struct str text)
{
	struct channel *c = channel_of(ctx, link);
	struct ipc_out m;

	if (c == NULL)
		return;
	ipc_begin(&m, MSG_CF_UPLINK_TEXT);
	ipc_put_u64(&m, link & OWN_MAX);
	ipc_put_str(&m, text);
	send(c, &m);
}

static void
port_close(void *ctx, uint64_t link, uint16_t code, struct str reason)
{
	struct channel *c = channel_of(ctx, link);
	struct ipc_out m;

	if (c == NULL)
		return;
	ipc_begin(&m, MSG_CF_UPLINK_CLOSE);
	ipc_put_u64(&m, link & OWN_MAX);
	ipc_put_u16(&m, code);
	ipc_put_str(&m, reason);
	send(c, &m);
}

/* ---- channels ---- */

struct core_front *
core_front_new(int (*rejoin)(void *ctx, uint16_t front), void *ctx, const struct rng *rng)
{
	struct core_front *f = xalloc(sizeof(*f));

	f->queue = core_queue_new(rng);
	f->rejoin = rejoin;
	f->ctx = ctx;
	f->port = (struct front_port){ f, port_text, port_close };
	f->arena = arena_new(ARENA_BYTES);
	return f;
}

void
core_front_free(struct core_front *f)
{
	size_t i;

	if (f == NULL)
		return;
	for (i = 0; i < CORE_FRONT_CHANNELS_MAX; i++)
		ipc_free(f->channels[i].ipc);
	for (i = 0; i < f->n_coming; i++)
		close(f->coming[i].fd);
	core_queue_free(f->queue);
	arena_free(f->arena);
	xfree(f);
}

const struct front_port *
core_front_port(const struct core_front *f)
{
	return &f->port;
}

/* Drops entry i of those that come. */
static void
not_coming(struct core_front *f, size_t i)
{
	close(f->coming[i].fd);
	f->n_coming--;
	memmove(f->coming + i, f->coming + i + 1, (f->n_coming - i) * sizeof(f->coming[0]));
}

void
core_front_attach(struct core_front *f, uint16_t front, int fd)
{
	size_t i;

	for (i = 0; i < f->n_coming && f->coming[i].front != front; i++)
		;
	/* The earlier one of the same front is replaced. When too many wait, the oldest goes. */
	if (i < f->n_coming)
		not_coming(f, i);
	else if (f->n_coming == CORE_FRONT_CHANNELS_MAX)
		not_coming(f, 0);
	f->coming[f->n_coming].front = front;
	f->coming[f->n_coming++].fd = fd;
}

static size_t
count_of(const struct core_front *f, uint16_t front)
{
	size_t i, n = 0;

	for (i = 0; i < CORE_FRONT_CHANNELS_MAX; i++)
		n += f->channels[i].serial != 0 && f->channels[i].front == front;
	return n;
}

/* The oldest channel of front, or, with ANY_FRONT, of all fronts that have at least this many. */
static struct channel *
oldest(struct core_front *f, int front, size_t of_at_least)
{
	struct channel *c, *found = NULL;
	size_t i;

	for (i = 0; i < CORE_FRONT_CHANNELS_MAX; i++) {
		c = &f->channels[i];
		if (c->serial == 0 || (front != ANY_FRONT && c->front != front) ||
		    count_of(f, c->front) < of_at_least)
			continue;
		if (found == NULL || c->serial < found->serial)
			found = c;
	}
	return found;
}

/*
 * A free place for a channel of front. When there is none, a channel is ended in this step, and
 * NULL is returned. A front may have two, as one that was given another channel may still be owed
 * answers on the first. Of a third, it loses its own first. When all places are taken, a front that
 * has two loses one, so that no front ends the only channel of another by asking for more.
 */
static struct channel *
place(struct core_front *f, uint16_t front)
{
	struct channel *c;
	size_t i;

	if (count_of(f, front) >= CHANNELS_OF_ONE_FRONT) {
		oldest(f, front, CHANNELS_OF_ONE_FRONT)->failed = ERR_CLOSED;
		return NULL;
	}
	for (i = 0; i < CORE_FRONT_CHANNELS_MAX; i++) {
		if (f->channels[i].serial == 0)
			return &f->channels[i];
	}
	if ((c = oldest(f, ANY_FRONT, CHANNELS_OF_ONE_FRONT)) != NULL)
		c->failed = ERR_CLOSED;
	else
		oldest(f, ANY_FRONT, 1)->failed = ERR_FULL;
	return NULL;
}

static uint16_t
next_tag(struct core_front *f)
{
	do
		f->last_tag = f->last_tag < TAG_MAX ? f->last_tag + 1 : 1;
	while (channel_by_tag(f, f->last_tag) != NULL);
	return f->last_tag;
}

/* Takes up the new channels. Those without a place wait for the next step. */
static void
take_up(struct core_front *f)
{
	struct channel *c;
	size_t i;

	for (i = 0; i < f->n_coming && (c = place(f, f->coming[i].front)) != NULL; i++)
		*c = (struct channel){ .all = f,
			.front = f->coming[i].front,
			.serial = ++f->last_serial,
			.tag = next_tag(f),
			.ipc = ipc_new(f->coming[i].fd, true, QUEUE_BYTES) };
	f->n_coming -= i;
	memmove(f->coming, f->coming + i, f->n_coming * sizeof(f->coming[0]));
}

/* ---- requests ---- */

/* Sends an answer, if the channel that the request came by is still there. */
static void
answer(struct core_front *f, const struct api_asker *asker, const struct api_response *resp)
{
	struct channel *c = channel_by_serial(f, asker->channel);
	struct ipc_out m;
	size_t i;

	if (c == NULL)
		return;
	c->owed--;
	ipc_begin(&m, MSG_CF_RESPONSE);
	ipc_put_u64(&m, asker->number);
	ipc_put_u16(&m, resp->status);
	ipc_put_u16(&m, (uint16_t)resp->n_headers);
	for (i = 0; i < resp->n_headers; i++) {
		ipc_put_str(&m, resp->headers[i].name);
		ipc_put_str(&m, resp->headers[i].value);
	}
	ipc_put_str(&m, resp->body);
	send(c, &m);
}

/* Is there anybody to whom the answer can go? */
static bool
is_wanted(struct core_front *f, const struct queued *r)
{
	const struct channel *c = channel_by_serial(f, r->rq.asker.channel);

	return c != NULL && c->failed == 0;
}

/* Takes the requests of the next batch from the queue. Those that nobody asks for any more go. */
static size_t
batch_take(struct core_front *f, struct queued **taken, size_t max)
{
	const struct api_response none = { .work = 0 };
	size_t i, n, kept = 0;

	n = core_queue_take(f->queue, taken, max);
	for (i = 0; i < n; i++) {
		if (is_wanted(f, taken[i]))
			taken[kept++] = taken[i];
		else
			core_queue_done(f->queue, taken[i], &none);
	}
	return kept;
}

/* Runs the next batch, and sends the answers. First come the requests that left an earlier one and
 * can go on now. */
static void
batch_next(struct core_front *f)
{
	struct queued *taken[BATCH_MAX];
	size_t i, n, resumed;

	resumed = batch_resume(f->api, f->reqs, BATCH_MAX - 1);
	n = resumed + batch_take(f, taken, BATCH_MAX - resumed);
	for (i = resumed; i < n; i++)
		f->reqs[i] = taken[i - resumed]->rq;
	if (n == 0)
		return;
	batch_run(f->api, f->reqs, n, f->arena, f->resps);
	for (i = 0; i < n; i++) {
		if (f->resps[i].status != 0)
			answer(f, &f->reqs[i].asker, &f->resps[i]);
		if (i >= resumed)
			core_queue_done(f->queue, taken[i - resumed], &f->resps[i]);
	}
	arena_reset(f->arena);
}

static int
headers_read(struct arena *a, struct ipc_in *m, struct api_request *rq)
{
	struct http_header *h;
	uint16_t i, n;
	int r;

	if ((r = ipc_get_u16(m, &n)) != 0)
		return r;
	if (n > MAX_HEADERS)
		return ERR_PEER;
	h = arena_array(a, n > 0 ? n : 1, sizeof(*h));
	for (i = 0; i < n; i++) {
		if ((r = ipc_get_str(m, HTTP_NAME_MAX_BYTES, &h[i].name)) != 0 ||
		    (r = ipc_get_str(m, MAX_HEADER_BYTES, &h[i].value)) != 0)
			return r;
		h[i].name = arena_str(a, h[i].name);
		h[i].value = arena_str(a, h[i].value);
	}
	rq->headers = h;
	rq->n_headers = n;
	return 0;
}

/* Reads a text and copies it, as it is gone with the next message. */
static int
text_read(struct arena *a, struct ipc_in *m, size_t max, struct str *ret)
{
	int r = ipc_get_str(m, max, ret);

	if (r == 0)
		*ret = arena_str(a, *ret);
	return r;
}

static int
request_read(struct arena *a, struct ipc_in *m, struct api_request *rq)
{
	int r;

	if ((r = ipc_get_u64(m, &rq->asker.number)) != 0 ||
	    (r = text_read(a, m, MAX_SHORT_BYTES, &rq->request_id)) != 0 ||
	    (r = text_read(a, m, MAX_SHORT_BYTES, &rq->peer_ip)) != 0 ||
	    (r = ipc_get_u16(m, &rq->peer_port)) != 0 ||
	    (r = text_read(a, m, MAX_SHORT_BYTES, &rq->tls_version)) != 0 ||
	    (r = text_read(a, m, MAX_SHORT_BYTES, &rq->tls_cipher)) != 0 ||
	    (r = text_read(a, m, MAX_SHORT_BYTES, &rq->sni)) != 0 ||
	    (r = text_read(a, m, MAX_SHORT_BYTES, &rq->method)) != 0 ||
	    (r = text_read(a, m, MAX_TARGET_BYTES, &rq->target)) != 0 ||
	    (r = headers_read(a, m, rq)) != 0 ||
	    (r = text_read(a, m, IPC_MAX_BYTES, &rq->body)) != 0)
		return r;
	return ipc_get_end(m);
}

static int
on_request(void *ctx, struct ipc_in *m)
{
	struct channel *c = ctx;
	struct core_front *f = c->all;
	struct queued *q = core_queue_request(f->queue);
	struct api_response refused;
	int r;

	q->rq = (struct api_request){ .asker = { .channel = c->serial } };
	if ((r = request_read(q->arena, m, &q->rq)) != 0) {
		core_queue_drop(f->queue, q);
		return r;
	}
	c->owed++;
	if ((q = core_queue_add(f->queue, q, batch_key(&q->rq))) == NULL)
		return 0;
	batch_turn_away(f->api, &q->rq, q->arena, &refused);
	answer(f, &q->rq.asker, &refused);
	core_queue_drop(f->queue, q);
	return 0;
}

/* ---- what agents say ---- */

struct link_event {
	uint64_t link;
	struct str bytes;
};

/* Reads a front's number of a link and makes the number in core of it. ERR_PEER. */
static int
get_link(const struct channel *c, struct ipc_in *m, uint64_t *ret)
{
	uint64_t own;
	int r;

	if ((r = ipc_get_u64(m, &own)) != 0)
		return r;
	if (own == 0 || own > OWN_MAX)
		return ERR_PEER;
	*ret = link_number(c, own);
	return 0;
}

static int
open_task(struct region *region, void *ctx)
{
	const struct link_event *e = ctx;

	return agents_open(region, e->link, e->bytes);
}

static void
refuse(struct channel *c, uint64_t link, int why)
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
	ipc_put_u64(&m, link & OWN_MAX);
	ipc_put_u16(&m, why == ERR_DENIED ? 403 : 500);
	ipc_put_str(&m, buf_view(&b));
	send(c, &m);
	buf_release(&b);
}

static int
text_task(struct region *region, void *ctx)
{
	const struct link_event *e = ctx;

	return agents_text(region, e->link, e->bytes);
}

static int
again_task(struct region *region, void *ctx)
{
	const struct link_event *e = ctx;

	return agents_again(region, e->link, e->bytes);
}

/* Handles a text that an agent sent, now or to an earlier core. */
static void
said(struct core_front *f, struct link_event *e, int (*task)(struct region *region, void *ctx))
{
	int r = task_run(f->region, task, e);

	if (r == 0)
		return;
	/* The transaction was undone, and nothing was sent to the agent. It connects again. */
	log_warn("agent-text", log_i("link", (int64_t)e->link), log_e(r));
	agents_closed(f->region, e->link);
	port_close(f, e->link, r == ERR_SYNTAX || r == ERR_BADSTATE ? 1008 : 1011,
	    str_of(err_text(r)));
}

static int
on_open(void *ctx, struct ipc_in *m)
{
	struct channel *c = ctx;
	struct core_front *f = c->all;
	struct str request_id, peer_ip, first;
	struct link_event e;
	struct ipc_out out;
	int r;

	if ((r = get_link(c, m, &e.link)) != 0 ||
	    (r = ipc_get_str(m, MAX_SHORT_BYTES, &request_id)) != 0 ||
	    (r = ipc_get_str(m, MAX_SHORT_BYTES, &peer_ip)) != 0 ||
	    (r = ipc_get_str(m, MAX_CERTIFICATE_BYTES, &e.bytes)) != 0 ||
	    (r = ipc_get_str(m, LINK_MAX_BYTES, &first)) != 0 || (r = ipc_get_end(m)) != 0)
		return r;
	if ((r = task_run(f->region, open_task, &e)) != 0) {
		agents_closed(f->region, e.link);
		refuse(c, e.link, r);
		return 0;
	}
	ipc_begin(&out, MSG_CF_UPLINK_ACCEPT);
	ipc_put_u64(&out, e.link & OWN_MAX);
	send(c, &out);
	e.bytes = first;
	if (first.n > 0)
		said(f, &e, again_task);
	return 0;
}

static int
on_text(void *ctx, struct ipc_in *m)
{
	struct channel *c = ctx;
	struct core_front *f = c->all;
	struct link_event e;
	int r;

	if ((r = get_link(c, m, &e.link)) != 0 ||
	    (r = ipc_get_str(m, LINK_MAX_BYTES, &e.bytes)) != 0 || (r = ipc_get_end(m)) != 0)
		return r;
	said(f, &e, text_task);
	return 0;
}

static int
on_close(void *ctx, struct ipc_in *m)
{
	struct channel *c = ctx;
	uint64_t link;
	int r;

	if ((r = get_link(c, m, &link)) != 0 || (r = ipc_get_end(m)) != 0)
		return r;
	agents_closed(c->all->region, link);
	return 0;
}

static const struct ipc_rule rules[] = {
	{ MSG_FC_REQUEST, false, on_request },
	{ MSG_FC_UPLINK_OPEN, false, on_open },
	{ MSG_FC_UPLINK_TEXT, false, on_text },
	{ MSG_FC_UPLINK_CLOSE, false, on_close },
};

/* ---- steps ---- */

static bool
is_read(const struct channel *c)
{
	return c->unread == 0 && ipc_queued(c->ipc) <= UNTAKEN_BYTES;
}

size_t
core_front_poll(struct core_front *f, struct pollfd *ret)
{
	const struct channel *c;
	size_t i, n = 0;
	short events;

	take_up(f);
	for (i = 0; i < CORE_FRONT_CHANNELS_MAX; i++) {
		c = &f->channels[i];
		if (c->serial == 0)
			continue;
		events = (short)((is_read(c) ? POLLIN : 0) | (ipc_pending(c->ipc) ? POLLOUT : 0));
		/* A channel that only waits for our answers is not polled: poll would return at
		 * once, and say again that the front has ended its direction. */
		ret[n++] =
		    (struct pollfd){ .fd = events == 0 ? -1 : ipc_fd(c->ipc), .events = events };
	}
	return n;
}

bool
core_front_pending(const struct core_front *f)
{
	size_t i;

	for (i = 0; i < CORE_FRONT_CHANNELS_MAX; i++)
		if (f->channels[i].serial != 0 && ipc_pending(f->channels[i].ipc))
			return true;
	return false;
}

bool
core_front_open(const struct core_front *f)
{
	size_t i;

	for (i = 0; i < CORE_FRONT_CHANNELS_MAX; i++)
		if (f->channels[i].serial != 0)
			return true;
	return false;
}

/* Handles one message. False when there is none, or the channel has failed. */
static bool
receive(struct channel *c)
{
	uint64_t used = 0;
	struct ipc_in m;
	int r;

	if (c->serial == 0 || c->failed != 0 || !is_read(c))
		return false;
	if ((r = ipc_recv(c->ipc, &m)) == 0)
		r = ipc_dispatch(rules, sizeof(rules) / sizeof(rules[0]), &used, &m, c);
	if (r != ERR_AGAIN)
		c->unread = r;
	return r == 0;
}

/* Handles one message of each channel, so that no front waits for all messages of another. */
static bool
receive_round(struct core_front *f)
{
	bool any = false;
	size_t i;

	for (i = 0; i < CORE_FRONT_CHANNELS_MAX; i++)
		any |= receive(&f->channels[(f->turn + i) % CORE_FRONT_CHANNELS_MAX]);
	f->turn = (f->turn + 1) % CORE_FRONT_CHANNELS_MAX;
	return any;
}

/* Ends a channel that is not read any more or has failed. Its links end at once. The channel
 * itself is kept until a front that has only ended its own direction has been answered, and has
 * read everything. */
static int
end(struct core_front *f, struct channel *c)
{
	int why = c->failed != 0 ? c->failed : c->unread, r = 0;

	if (why == 0)
		return 0;
	agents_gone(f->region, link_number(c, 0), link_number(c, OWN_MAX));
	if (why == ERR_CLOSED && c->failed == 0 && (ipc_pending(c->ipc) || c->owed > 0))
		return 0;
	log_warn("front-lost", log_i("front", c->front), log_e(why));
	if (why != ERR_CLOSED)
		r = f->rejoin(f->ctx, c->front);
	ipc_free(c->ipc);
	*c = (struct channel){ .serial = 0 };
	return r;
}

int
core_front_step(struct core_front *f, struct region *region, struct api *api, bool *ret_more)
{
	struct channel *c;
	unsigned i = 0;
	int r = 0, e;

	f->region = region;
	f->api = api;
	for (c = f->channels; c < f->channels + CORE_FRONT_CHANNELS_MAX; c++)
		if (c->serial != 0 && ipc_pending(c->ipc) && (e = ipc_flush(c->ipc)) != ERR_AGAIN &&
		    c->failed == 0)
			c->failed = e;
	*ret_more = true;
	while (*ret_more && i++ < MESSAGES_PER_STEP)
		*ret_more = receive_round(f);
	/* Also before a channel ends: the requests before a bad message were good. */
	batch_next(f);
	*ret_more |= core_queue_count(f->queue) > 0;
	for (c = f->channels; c < f->channels + CORE_FRONT_CHANNELS_MAX; c++)
		if (c->serial != 0 && (e = end(f, c)) != 0 && r == 0)
			r = e;
	return r;
}
