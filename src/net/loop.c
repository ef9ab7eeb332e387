/*
 * loop: epoll and a heap of timers; see loop.h.
 */
#include "net/loop.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/array.h"

#define BATCH 128

struct loop {
	int epoll;
	const struct clock *clock;
	int64_t now_ms;
	bool stop;
	/* The events of this turn. Those before `next` have been handled. */
	struct epoll_event batch[BATCH];
	int next, n_batch;
	/* A binary heap with the soonest timer at 1; slot 0 is never used. */
	struct loop_timer **heap;
	size_t n_heap, cap_heap;
};

int
loop_new(const struct clock *clock, struct loop **ret)
{
	struct loop *l;
	int fd;

	if ((fd = epoll_create1(EPOLL_CLOEXEC)) == -1)
		return ERR_SYS;
	l = xalloc(sizeof(*l));
	l->epoll = fd;
	l->clock = clock;
	l->now_ms = clock_boot_ms(clock);
	*ret = l;
	return 0;
}

void
loop_free(struct loop *l)
{
	if (l == NULL)
		return;
	close(l->epoll);
	xfree(l->heap);
	xfree(l);
}

int64_t
loop_now_ms(const struct loop *l)
{
	return l->now_ms;
}

const struct clock *
loop_clock(const struct loop *l)
{
	return l->clock;
}

/* ---- descriptors ---- */

static uint32_t
epoll_bits(unsigned want)
{
	uint32_t bits = 0;

	if (want & LOOP_READ)
		bits |= EPOLLIN;
	if (want & LOOP_WRITE)
		bits |= EPOLLOUT;
	return bits;
}

int
loop_fd_add(struct loop *l, struct loop_fd *f, int fd, unsigned want, loop_fd_fn fn, void *ctx)
{
	struct epoll_event ev = { .events = epoll_bits(want), .data.ptr = f };

	if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &ev) != 0)
		return ERR_SYS;
	*f = (struct loop_fd){ .on = true, .fd = fd, .want = want, .fn = fn, .ctx = ctx };
	return 0;
}

void
loop_fd_want(struct loop *l, struct loop_fd *f, unsigned want)
{
	struct epoll_event ev = { .events = epoll_bits(want), .data.ptr = f };

	if (!f->on || f->want == want)
		return;
	f->want = want;
	/* This fails only when f->fd was closed: a programming error. */
	if (epoll_ctl(l->epoll, EPOLL_CTL_MOD, f->fd, &ev) != 0)
		abort();
}

void
loop_fd_del(struct loop *l, struct loop_fd *f)
{
	int i;

	if (!f->on)
		return;
	f->on = false;
	(void)epoll_ctl(l->epoll, EPOLL_CTL_DEL, f->fd, NULL);
	for (i = l->next; i < l->n_batch; i++)
		if (l->batch[i].data.ptr == f)
			l->batch[i].data.ptr = NULL;
}

/* ---- timers ---- */

static void
heap_place(struct loop *l, struct loop_timer *t, size_t slot)
{
	l->heap[slot] = t;
	t->slot = slot;
}

static void
heap_up(struct loop *l, struct loop_timer *t)
{
	size_t at = t->slot;

	while (at > 1 && l->heap[at / 2]->at_ms > t->at_ms) {
		heap_place(l, l->heap[at / 2], at);
		at /= 2;
	}
	heap_place(l, t, at);
}

static void
heap_down(struct loop *l, struct loop_timer *t)
{
	size_t at = t->slot, child;

	while ((child = at * 2) <= l->n_heap) {
		if (child < l->n_heap && l->heap[child + 1]->at_ms < l->heap[child]->at_ms)
			child++;
		if (l->heap[child]->at_ms >= t->at_ms)
			break;
		heap_place(l, l->heap[child], at);
		at = child;
	}
	heap_place(l, t, at);
}

void
loop_timer_init(struct loop_timer *t, loop_timer_fn fn, void *ctx)
{
	*t = (struct loop_timer){ .fn = fn, .ctx = ctx };
}

bool
loop_timer_is_set(const struct loop_timer *t)
{
	return t->slot != 0;
}

void
loop_timer_set(struct loop *l, struct loop_timer *t, int64_t in_ms)
{
	t->at_ms = l->now_ms + in_ms;
	if (t->slot == 0) {
		/* One more, as slot 0 is not used. */
		l->heap =
		    array_room(l->heap, l->n_heap + 1, &l->cap_heap, sizeof(struct loop_timer *));
		heap_place(l, t, ++l->n_heap);
	}
	heap_up(l, t);
	heap_down(l, t);
}

void
loop_timer_clear(struct loop *l, struct loop_timer *t)
{
	struct loop_timer *last;
	size_t slot = t->slot;

	if (slot == 0)
		return;
	t->slot = 0;
	last = l->heap[l->n_heap--];
	if (last == t)
		return;
	heap_place(l, last, slot);
	heap_up(l, last);
	heap_down(l, last);
}

/* ---- running ---- */

static int
wait_ms(const struct loop *l, int max_wait_ms)
{
	int64_t left;

	if (l->n_heap == 0)
		return max_wait_ms;
	left = l->heap[1]->at_ms - clock_boot_ms(l->clock);
	if (left < 0)
		left = 0;
	if (max_wait_ms >= 0 && left > max_wait_ms)
		left = max_wait_ms;
	return left > INT_MAX ? INT_MAX : (int)left;
}

static void
call_fds(struct loop *l)
{
	struct epoll_event *ev;
	struct loop_fd *f;
	unsigned events;

	while (l->next < l->n_batch) {
		ev = &l->batch[l->next++];
		if ((f = ev->data.ptr) == NULL)
			continue;
		events = 0;
		if (ev->events & EPOLLIN)
			events |= LOOP_READ;
		if (ev->events & EPOLLOUT)
			events |= LOOP_WRITE;
		if (ev->events & (EPOLLERR | EPOLLHUP))
			events |= LOOP_HUP;
		f->fn(f->ctx, events);
	}
}

static void
call_timers(struct loop *l)
{
	struct loop_timer *t;
	size_t n;

	/* At most as many calls as timers are set now: a timer that sets itself to 0 ms again
	 * and again must not keep descriptors waiting. */
	for (n = l->n_heap; n > 0 && l->n_heap > 0 && l->heap[1]->at_ms <= l->now_ms; n--) {
		t = l->heap[1];
		loop_timer_clear(l, t);
		t->fn(t->ctx);
	}
}

int
loop_turn(struct loop *l, int max_wait_ms)
{
	int n;

	n = epoll_wait(l->epoll, l->batch, BATCH, wait_ms(l, max_wait_ms));
	if (n == -1 && errno != EINTR)
		return ERR_SYS;
	l->now_ms = clock_boot_ms(l->clock);
	l->next = 0;
	l->n_batch = n == -1 ? 0 : n;
	call_fds(l);
	call_timers(l);
	return 0;
}

int
loop_run(struct loop *l)
{
	int r = 0;

	for (l->stop = false; r == 0 && !l->stop;)
		r = loop_turn(l, -1);
	return r;
}

void
loop_stop(struct loop *l)
{
	l->stop = true;
}
