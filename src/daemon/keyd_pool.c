/*
 * keyd_pool: see keyd_pool.h. A question is in one of three states:
 *
 *   WAITING   no keyd has it: it was not sent yet, or its channel was closed
 *   ASKED     it is in the queue of a channel, which is answered in order
 *   ANSWERED  it holds its result and the fields of its reply
 */
#include "daemon/keyd_pool.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "ipc/msg.h"

#define REPLY_MS 2000
#define RESTART_MS 2000
#define ATTEMPTS 2
/* How long a keyd that was late is not asked while there are others. The parent gives it a new
 * channel at once, even when it hangs. */
#define REST_MS 10000
#define MAX_REASON_BYTES 1024
#define QUEUE_BYTES (16u << 20)

enum state { WAITING, ASKED, ANSWERED };

struct channel {
	struct ipc *ipc; /* NULL: this place is free */
	uint16_t number; /* of the keyd; in a free place that of its last channel */
	int64_t rests_until_ms;
	uint64_t serial;                     /* unique in this pool */
	struct keyd_question *first, **last; /* the questions asked and not answered */
	size_t n;
};

struct keyd_question {
	enum state state;
	struct keyd_question *next; /* in its channel's queue */
	struct channel *channel;    /* in ASKED only */
	uint64_t replied;           /* serial of the channel that replied; 0: none did */
	uint16_t type;
	struct buf body; /* the fields of the question, and in ANSWERED those of the reply */
	int attempts;
	int64_t reply_ms;   /* how long the reply may take */
	bool long_one;      /* from when the replies before it have come */
	int64_t asked_ms;   /* in ASKED: since when */
	int64_t waiting_ms; /* in WAITING: since when */
	int result;
};

struct keyd_pool {
	const struct clock *clock;
	struct keyd_pool_parent parent;
	struct channel channels[KEYD_POOL_CHANNELS_MAX];
	bool given_up; /* no channel is left, and questions do not wait for one */
	uint64_t serial;
	/* of the last finish: what its reply points into, and the channel that it came by */
	struct buf reply;
	uint64_t replied;
};

struct keyd_pool *
keyd_pool_new(const struct clock *clock)
{
	struct keyd_pool *p = xalloc(sizeof(*p));

	p->clock = clock;
	return p;
}

void
keyd_pool_free(struct keyd_pool *p)
{
	size_t i;

	if (p == NULL)
		return;
	for (i = 0; i < KEYD_POOL_CHANNELS_MAX; i++)
		ipc_free(p->channels[i].ipc);
	buf_wipe(&p->reply);
	xfree(p);
}

void
keyd_pool_set_parent(struct keyd_pool *p, const struct keyd_pool_parent *parent)
{
	p->parent = *parent;
}

/* ---- questions and channels ---- */

static void
answer(struct keyd_question *q, int result)
{
	q->state = ANSWERED;
	q->channel = NULL;
	q->result = result;
}

/* Takes the first question out of a channel's queue. */
static struct keyd_question *
queue_take(struct channel *c)
{
	struct keyd_question *q = c->first;

	c->first = q->next;
	if (c->first == NULL)
		c->last = &c->first;
	c->n--;
	q->next = NULL;
	return q;
}

/* Closes the channel. Its unanswered questions wait to be asked of another. */
static void
channel_close(struct keyd_pool *p, struct channel *c)
{
	struct keyd_question *q;

	while (c->first != NULL) {
		q = queue_take(c);
		q->state = WAITING;
		q->waiting_ms = clock_boot_ms(p->clock);
		q->channel = NULL;
	}
	ipc_free(c->ipc);
	c->ipc = NULL;
}

static bool
any_channel(const struct keyd_pool *p)
{
	size_t i;

	for (i = 0; i < KEYD_POOL_CHANNELS_MAX; i++)
		if (p->channels[i].ipc != NULL)
			return true;
	return false;
}

/* Gives the channel up; why is the reason. Its unanswered questions are asked of another. */
static void
channel_drop(struct keyd_pool *p, struct channel *c, int why)
{
	const uint16_t number = c->number;

	log_warn("keyd-lost", log_i("number", number), log_e(why));
	channel_close(p, c);
	if (why == ERR_CLOSED)
		return;
	p->parent.rejoin(p->parent.ctx, number);
	if (!any_channel(p))
		p->given_up = why != ERR_SYS;
}

void
keyd_pool_attach(struct keyd_pool *p, uint16_t number, int fd)
{
	struct channel *place = NULL;
	int64_t rests_until_ms = 0;
	size_t i;

	for (i = 0; i < KEYD_POOL_CHANNELS_MAX; i++) {
		/* In a place that was never used, last is NULL. */
		if (p->channels[i].number == number && p->channels[i].last != NULL) {
			place = &p->channels[i];
			rests_until_ms = place->rests_until_ms;
			channel_close(p, place);
			break;
		}
		if (p->channels[i].ipc == NULL && place == NULL)
			place = &p->channels[i];
	}
	if (place == NULL) {
		log_error("keyd-channels", log_i("number", number), log_e(ERR_FULL));
		close(fd);
		return;
	}
	*place = (struct channel){ .ipc = ipc_new(fd, true, QUEUE_BYTES),
		.number = number,
		.rests_until_ms = rests_until_ms,
		.serial = ++p->serial };
	place->last = &place->first;
	p->given_up = false;
}

/* The channel with the fewest questions, if possible of a keyd that does not rest; NULL when
 * there is none. */
static struct channel *
channel_choose(struct keyd_pool *p)
{
	const int64_t now = clock_boot_ms(p->clock);
	struct channel *best = NULL, *c;
	bool rests, best_rests = false;
	size_t i;

	for (i = 0; i < KEYD_POOL_CHANNELS_MAX; i++) {
		c = &p->channels[i];
		if (c->ipc == NULL)
			continue;
		rests = now < c->rests_until_ms;
		if (best == NULL || (best_rests && !rests) ||
		    (best_rests == rests && c->n < best->n)) {
			best = c;
			best_rests = rests;
		}
	}
	return best;
}

/* Asks a keyd. Without any channel q stays WAITING. */
static void
ask(struct keyd_pool *p, struct keyd_question *q)
{
	struct channel *c;
	struct ipc_out m;
	int r;

	while (q->state == WAITING && (c = channel_choose(p)) != NULL) {
		if (q->attempts == ATTEMPTS) {
			answer(q, ERR_UNAVAIL);
			return;
		}
		q->attempts++;
		ipc_begin(&m, q->type);
		buf_str(&m.body, buf_view(&q->body));
		if ((r = ipc_send(c->ipc, &m, -1)) != 0) {
			channel_drop(p, c, r == ERR_CLOSED ? r : ERR_SYS);
			continue;
		}
		q->state = ASKED;
		q->channel = c;
		q->asked_ms = clock_boot_ms(p->clock);
		*c->last = q;
		c->last = &q->next;
		c->n++;
	}
}

static struct keyd_question *
begin(struct keyd_pool *p, struct ipc_out *m, int64_t reply_ms, bool long_one)
{
	struct keyd_question *q = xalloc(sizeof(*q));
	int r;

	q->reply_ms = reply_ms;
	q->long_one = long_one;
	q->type = m->type;
	q->body = m->body;
	q->waiting_ms = clock_boot_ms(p->clock);
	if ((r = buf_err(&q->body)) != 0)
		answer(q, r);
	else
		ask(p, q);
	return q;
}

struct keyd_question *
keyd_pool_begin(struct keyd_pool *p, struct ipc_out *m)
{
	return begin(p, m, REPLY_MS, false);
}

struct keyd_question *
keyd_pool_begin_long(struct keyd_pool *p, struct ipc_out *m, int64_t reply_ms)
{
	return begin(p, m, reply_ms, true);
}

/* ---- answers ---- */

/* Takes a reply to q. ERR_PEER when it is nonsense; then q does not change. */
static int
reply_take(struct keyd_question *q, struct ipc_in *m)
{
	struct str reason;
	uint8_t ok;

	if (m->type != MSG_KD_REPLY || ipc_get_u8(m, &ok) != 0 || ok > 1)
		return ERR_PEER;
	if (ok == 0) {
		if (ipc_get_str(m, MAX_REASON_BYTES, &reason) != 0 || ipc_get_end(m) != 0)
			return ERR_PEER;
		log_error("keyd", log_s("why", reason));
	}
	buf_wipe(&q->body);
	buf_init(&q->body, IPC_MAX_BYTES);
	buf_str(&q->body, m->rd.rest);
	answer(q, ok == 1 ? 0 : ERR_CRYPTO);
	return 0;
}

/* Sends what is queued, and takes the replies that are there. */
static void
channel_step(struct keyd_pool *p, struct channel *c)
{
	struct ipc_in m;
	int r = 0;

	if (ipc_pending(c->ipc) && (r = ipc_flush(c->ipc)) == ERR_AGAIN)
		r = 0;
	while (r == 0 && c->first != NULL)
		if ((r = ipc_recv(c->ipc, &m)) == 0 && (r = reply_take(c->first, &m)) == 0) {
			queue_take(c)->replied = c->serial;
			if (c->first != NULL && c->first->long_one)
				c->first->asked_ms = clock_boot_ms(p->clock);
		}
	if (r == 0 || r == ERR_AGAIN)
		return;
	if (r == ERR_PEER)
		answer(queue_take(c), r);
	channel_drop(p, c, r);
}

/*
 * Waits until something arrives on c, but no longer than left_ms. Meanwhile it sends what is
 * queued for other keyds. ERR_TIMEOUT, ERR_SYS.
 */
static int
channel_wait(struct keyd_pool *p, struct channel *c, int left_ms)
{
	struct pollfd fds[KEYD_POOL_CHANNELS_MAX];
	struct channel *other;
	size_t i;
	int n, r;

	for (i = 0; i < KEYD_POOL_CHANNELS_MAX; i++) {
		other = &p->channels[i];
		fds[i] = (struct pollfd){ .fd = -1 };
		if (other->ipc != NULL && (other == c || ipc_pending(other->ipc)))
			fds[i].fd = ipc_fd(other->ipc);
		if (other == c)
			fds[i].events = POLLIN;
		if (fds[i].fd != -1 && ipc_pending(other->ipc))
			fds[i].events |= POLLOUT;
	}
	if ((n = poll(fds, KEYD_POOL_CHANNELS_MAX, left_ms)) <= 0)
		return n == 0 ? ERR_TIMEOUT : errno == EINTR ? 0 : ERR_SYS;
	for (i = 0; i < KEYD_POOL_CHANNELS_MAX; i++) {
		other = &p->channels[i];
		if ((fds[i].events & POLLOUT) == 0 || fds[i].revents == 0)
			continue;
		if ((r = ipc_flush(other->ipc)) != 0 && r != ERR_AGAIN)
			channel_drop(p, other, r);
	}
	return 0;
}

/* Gives a channel up, because waiting for its reply ended with the error r. After ERR_TIMEOUT, the
 * question that was asked first is the one that failed. */
static void
wait_failed(struct keyd_pool *p, struct channel *c, int r)
{
	if (r == ERR_TIMEOUT) {
		answer(queue_take(c), r);
		c->rests_until_ms = clock_boot_ms(p->clock) + REST_MS;
	}
	channel_drop(p, c, r);
}

/* Takes the replies that have come, even if they are looked at late. Returns how many milliseconds
 * are left to wait for q, if it is still not answered. */
static int64_t
answer_look(struct keyd_pool *p, struct keyd_question *q)
{
	const struct keyd_question *first;

	channel_step(p, q->channel);
	if (q->state != ASKED)
		return 0;
	/* The time of a long one does not run while others are before it. */
	first = q->long_one ? q->channel->first : q;
	return first->asked_ms + first->reply_ms - clock_boot_ms(p->clock);
}

static void
answer_wait(struct keyd_pool *p, struct keyd_question *q)
{
	struct channel *c = q->channel;
	int64_t left = answer_look(p, q);
	int r;

	if (q->state != ASKED)
		return;
	if ((r = left <= 0 ? ERR_TIMEOUT : channel_wait(p, c, (int)left)) != 0)
		wait_failed(p, c, r);
}

/* No keyd has q: asks another, or waits for a channel from the parent. */
static void
ask_again(struct keyd_pool *p, struct keyd_question *q)
{
	if (q->attempts < ATTEMPTS && !any_channel(p) && !p->given_up &&
	    (p->parent.wait(p->parent.ctx, RESTART_MS) != 0 || !any_channel(p)))
		p->given_up = true;
	ask(p, q);
	if (q->state == WAITING && (p->given_up || q->attempts == ATTEMPTS))
		answer(q, ERR_UNAVAIL);
}

int
keyd_pool_finish(struct keyd_pool *p, struct keyd_question *q, struct ipc_in *reply)
{
	int r;

	while (q->state != ANSWERED) {
		if (q->state == WAITING)
			ask_again(p, q);
		else
			answer_wait(p, q);
	}
	buf_wipe(&p->reply);
	p->reply = q->body;
	p->replied = q->replied;
	r = q->result;
	xfree(q);
	*reply =
	    (struct ipc_in){ .type = MSG_KD_REPLY, .rd = rd_of(buf_view(&p->reply)), .fd = -1 };
	return r;
}

/* No keyd has q: asks another if there is one, and waits for none. The question fails when no
 * channel has come for RESTART_MS. */
static void
ask_if_any(struct keyd_pool *p, struct keyd_question *q)
{
	ask(p, q);
	if (q->state == WAITING && q->attempts < ATTEMPTS &&
	    clock_boot_ms(p->clock) - q->waiting_ms >= RESTART_MS)
		p->given_up = true;
	if (q->state == WAITING && (p->given_up || q->attempts == ATTEMPTS))
		answer(q, ERR_UNAVAIL);
}

bool
keyd_pool_ready(struct keyd_pool *p, struct keyd_question *q)
{
	if (q->state == ASKED && answer_look(p, q) <= 0 && q->state == ASKED)
		wait_failed(p, q->channel, ERR_TIMEOUT);
	if (q->state == WAITING)
		ask_if_any(p, q);
	return q->state == ANSWERED;
}

void
keyd_pool_step(struct keyd_pool *p)
{
	size_t i;

	for (i = 0; i < KEYD_POOL_CHANNELS_MAX; i++) {
		if (p->channels[i].ipc != NULL && p->channels[i].n > 0)
			channel_step(p, &p->channels[i]);
	}
}

size_t
keyd_pool_poll(const struct keyd_pool *p, struct pollfd *ret)
{
	const struct channel *c;
	size_t i, n = 0;

	for (i = 0; i < KEYD_POOL_CHANNELS_MAX; i++) {
		c = &p->channels[i];
		if (c->ipc != NULL && c->n > 0)
			ret[n++] = (struct pollfd){ .fd = ipc_fd(c->ipc),
				.events = (short)(POLLIN | (ipc_pending(c->ipc) ? POLLOUT : 0)) };
	}
	return n;
}

void
keyd_pool_forget(struct keyd_pool *p)
{
	buf_wipe(&p->reply);
}

int
keyd_pool_refuse(struct keyd_pool *p)
{
	size_t i;

	for (i = 0; i < KEYD_POOL_CHANNELS_MAX; i++)
		if (p->channels[i].ipc != NULL && p->channels[i].serial == p->replied)
			channel_drop(p, &p->channels[i], ERR_PEER);
	return ERR_PEER;
}
