/*
 * channel: see channel.h.
 */
#include "front/channel.h"

#include <assert.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"

#define BUCKETS 1024
#define QUEUE_BYTES (16u << 20)
/* How many messages are handled before other descriptors get their turn. */
#define TURN_MESSAGES 64
/* How long the old core has to send the answers that it owes. */
#define PARTING_MS 5000

TAILQ_HEAD(exchange_queue, exchange);
LIST_HEAD(exchange_chain, exchange);

struct channel {
	struct loop *loop;
	struct control *control;
	struct ipc *ipc; /* NULL: there is no core now */
	uint16_t core;   /* its number */
	struct loop_fd watch;
	bool broken; /* we ended it, as it did not take what core must know */
	/* The channel to the next core, which waits until this one has ended; -1: none. */
	int next_fd;
	uint16_t next_core;
	struct loop_timer parting;
	uint64_t last_number;
	size_t n_in_flight;
	/* again: open links to ask the next core for, before what is in waiting; told: asked
	 * or open */
	struct exchange_queue again, waiting, told;
	struct exchange_chain by_number[BUCKETS];
};

static void on_parting(void *ctx);

struct channel *
channel_new(struct loop *loop, struct control *control)
{
	struct channel *k = xalloc(sizeof(*k));

	k->loop = loop;
	k->control = control;
	k->next_fd = -1;
	loop_timer_init(&k->parting, on_parting, k);
	TAILQ_INIT(&k->again);
	TAILQ_INIT(&k->waiting);
	TAILQ_INIT(&k->told);
	return k;
}

void
channel_free(struct channel *k)
{
	if (k == NULL)
		return;
	assert(TAILQ_EMPTY(&k->again) && TAILQ_EMPTY(&k->waiting) && TAILQ_EMPTY(&k->told));
	loop_timer_clear(k->loop, &k->parting);
	loop_fd_del(k->loop, &k->watch);
	if (k->next_fd != -1)
		close(k->next_fd);
	ipc_free(k->ipc);
	xfree(k);
}

/* ---- exchanges ---- */

static bool
in_flight(const struct exchange *x)
{
	return !x->opened && (x->state == EXCHANGE_WAITING || x->state == EXCHANGE_ASKED);
}

static struct exchange_queue *
queue_of(struct channel *k, const struct exchange *x)
{
	switch (x->state) {
	case EXCHANGE_WAITING:
		return x->opened ? &k->again : &k->waiting;
	case EXCHANGE_ASKED:
	case EXCHANGE_OPEN:
		return &k->told;
	case EXCHANGE_NONE:
		break;
	}
	return NULL;
}

static void
set_state(struct channel *k, struct exchange *x, enum exchange_state s)
{
	struct exchange_queue *q;

	k->n_in_flight -= in_flight(x);
	if ((q = queue_of(k, x)) != NULL)
		TAILQ_REMOVE(q, x, queue);
	x->state = s;
	x->opened |= s == EXCHANGE_OPEN;
	if ((q = queue_of(k, x)) != NULL)
		TAILQ_INSERT_TAIL(q, x, queue);
	k->n_in_flight += in_flight(x);
}

static struct exchange_chain *
chain_of(struct channel *k, uint64_t number)
{
	return &k->by_number[number % BUCKETS];
}

static struct exchange *
find(struct channel *k, uint64_t number)
{
	struct exchange *x;

	LIST_FOREACH(x, chain_of(k, number), by_number)
		if (x->number == number)
			return x;
	return NULL;
}

size_t
channel_in_flight(const struct channel *k)
{
	return k->n_in_flight;
}

void
channel_open(struct channel *k, struct exchange *x)
{
	assert(x->state == EXCHANGE_ASKED);
	set_state(k, x, EXCHANGE_OPEN);
}

void
channel_forget(struct channel *k, struct exchange *x)
{
	if (x->number == 0)
		return;
	set_state(k, x, EXCHANGE_NONE);
	LIST_REMOVE(x, by_number);
	x->number = 0;
	x->opened = false;
}

/* ---- to core ---- */

static bool
is_parting(const struct channel *k)
{
	return k->next_fd != -1;
}

/* If the channel fails here, on_event sees that and takes it down. */
int
channel_send(struct channel *k, struct ipc_out *m)
{
	int r;

	if (k->ipc == NULL || is_parting(k)) {
		ipc_drop(m);
		return ERR_CLOSED;
	}
	r = ipc_send(k->ipc, m, -1);
	if (r == 0 && ipc_pending(k->ipc))
		loop_fd_want(k->loop, &k->watch, LOOP_READ | LOOP_WRITE);
	return r;
}

void
channel_tell(struct channel *k, struct ipc_out *m)
{
	int r = channel_send(k, m);

	/* With ERR_CLOSED there is no core, or one that is ending and forgets everything. */
	if (r == 0 || r == ERR_CLOSED)
		return;
	log_error("core-channel", log_c("why", "does not take what core must know"), log_e(r));
	k->broken = true;
	(void)shutdown(ipc_fd(k->ipc), SHUT_RDWR);
}

static bool
takes_questions(const struct channel *k)
{
	return k->ipc != NULL && !is_parting(k) && !ipc_pending(k->ipc);
}

static struct exchange *
next_question(const struct channel *k)
{
	struct exchange *x = TAILQ_FIRST(&k->again);

	return x != NULL ? x : TAILQ_FIRST(&k->waiting);
}

/* Sends the waiting questions in order, as many as core takes now. */
static void
send_waiting(struct channel *k)
{
	struct exchange *x;
	struct ipc_out m;

	while (takes_questions(k) && (x = next_question(k)) != NULL) {
		x->ops->ask(x->ctx, x->number, &m);
		if (channel_send(k, &m) != 0)
			break;
		set_state(k, x, EXCHANGE_ASKED);
		x->ops->asked(x->ctx);
	}
}

void
channel_ask(struct channel *k, struct exchange *x)
{
	assert(x->state == EXCHANGE_NONE && x->number == 0);
	x->number = ++k->last_number;
	LIST_INSERT_HEAD(chain_of(k, x->number), x, by_number);
	set_state(k, x, EXCHANGE_WAITING);
	send_waiting(k);
}

void
channel_ask_again(struct channel *k, struct exchange *x)
{
	assert(x->state == EXCHANGE_NONE && x->opened);
	set_state(k, x, EXCHANGE_WAITING);
	send_waiting(k);
}

/* ---- the end of a channel ---- */

static void
detach(struct channel *k)
{
	struct exchange *x;

	if (k->ipc == NULL)
		return;
	loop_fd_del(k->loop, &k->watch);
	ipc_free(k->ipc);
	k->ipc = NULL;
	while ((x = TAILQ_FIRST(&k->told)) != NULL) {
		set_state(k, x, EXCHANGE_NONE);
		x->ops->lost(x->ctx);
	}
}

static void open_next(struct channel *k);

static void
failed(struct channel *k, int r)
{
	if (is_parting(k)) {
		log_info("core-changed", log_i("in_flight", (int64_t)k->n_in_flight), log_e(r));
	} else if (r == ERR_CLOSED && !k->broken) {
		log_warn("core-gone", log_i("in_flight", (int64_t)k->n_in_flight));
	} else {
		log_error("core-channel", log_e(r));
		if (control_rejoin(k->control, ROLE_CORE, k->core) != 0)
			loop_stop(k->loop);
	}
	detach(k);
	open_next(k);
}

static void
on_parting(void *ctx)
{
	struct channel *k = ctx;

	log_warn("core-parting", log_c("why", "the core before owes answers and does not end"));
	detach(k);
	open_next(k);
}

/* ---- from core ---- */

/* Hands a message of core to its exchange. Core may still send something for an exchange that
 * is over, as it cannot know; that is ignored. A number that was never used, or that core was
 * not told yet, is nonsense. */
static int
hear(struct channel *k, struct ipc_in *m)
{
	struct core_words w;
	struct exchange *x;
	int r;

	if ((r = words_read(m, &w)) != 0)
		return r;
	if (w.number == 0 || w.number > k->last_number)
		return ERR_PEER;
	if ((x = find(k, w.number)) == NULL)
		return 0;
	if (x->state != EXCHANGE_ASKED && x->state != EXCHANGE_OPEN)
		return ERR_PEER;
	return x->ops->said(x->ctx, &w);
}

/* Ends our direction to the old core when everything for it has been sent. */
static void
say_no_more(struct channel *k)
{
	if (is_parting(k) && !ipc_pending(k->ipc))
		(void)shutdown(ipc_fd(k->ipc), SHUT_WR);
}

static void
on_event(void *ctx, unsigned events)
{
	struct channel *k = ctx;
	struct ipc_in m;
	int n, r = 0, flushed = ERR_AGAIN;

	if ((events & LOOP_WRITE) != 0 && (flushed = ipc_flush(k->ipc)) == 0) {
		say_no_more(k);
		send_waiting(k);
	}
	/* Read even if the flush failed: there may be a last answer. */
	for (n = 0; r == 0 && n < TURN_MESSAGES; n++)
		if ((r = ipc_recv(k->ipc, &m)) == 0)
			r = hear(k, &m);
	if (r == ERR_AGAIN && flushed != 0)
		r = flushed;
	if (r != 0 && r != ERR_AGAIN) {
		failed(k, r);
		return;
	}
	loop_fd_want(k->loop, &k->watch, ipc_pending(k->ipc) ? LOOP_READ | LOOP_WRITE : LOOP_READ);
}

/* ---- the beginning ---- */

static void
open_channel(struct channel *k, uint16_t number, int fd)
{
	k->ipc = ipc_new(fd, true, QUEUE_BYTES);
	k->core = number;
	k->broken = false;
	if (loop_fd_add(k->loop, &k->watch, fd, LOOP_READ, on_event, k) != 0)
		failed(k, ERR_SYS);
	else
		send_waiting(k);
}

static void
open_next(struct channel *k)
{
	int fd = k->next_fd;

	loop_timer_clear(k->loop, &k->parting);
	k->next_fd = -1;
	if (fd != -1)
		open_channel(k, k->next_core, fd);
}

void
channel_attach(struct channel *k, uint16_t number, int fd)
{
	if (k->ipc == NULL) {
		open_channel(k, number, fd);
		return;
	}
	if (is_parting(k))
		close(k->next_fd);
	else
		loop_timer_set(k->loop, &k->parting, PARTING_MS);
	k->next_fd = fd;
	k->next_core = number;
	say_no_more(k);
}
