/* loop_test: tests descriptors and timers, and changing both in their own callbacks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "net/loop.h"

static int64_t
held_ms(void *ctx)
{
	return *(int64_t *)ctx;
}

struct rig {
	int64_t now;
	struct clock clock;
	struct loop *loop;
};

static void
rig_init(struct rig *r)
{
	r->now = 1000;
	r->clock = (struct clock){ held_ms, held_ms, &r->now };
	assert_int_equal(loop_new(&r->clock, &r->loop), 0);
}

static void
turn(struct rig *r)
{
	assert_int_equal(loop_turn(r->loop, 0), 0);
}

/* ---- timers ---- */

struct order {
	int n;
	int who[200];
};

struct mark {
	struct order *order;
	int who;
	struct loop_timer t;
	/* what to do when called */
	struct rig *rig;
	struct loop_timer *clear;
	int again_ms;
};

static void
note(void *ctx)
{
	struct mark *m = ctx;

	m->order->who[m->order->n++] = m->who;
	if (m->clear != NULL)
		loop_timer_clear(m->rig->loop, m->clear);
	if (m->again_ms >= 0)
		loop_timer_set(m->rig->loop, &m->t, m->again_ms);
}

static void
mark_init(struct mark *m, struct rig *r, struct order *o, int who)
{
	*m = (struct mark){ .order = o, .who = who, .rig = r, .again_ms = -1 };
	loop_timer_init(&m->t, note, m);
}

static void
timers_fire_in_order(void **state)
{
	static const int in_ms[] = { 50, 10, 40, 20, 30, 10, 60, 5 };
	enum { N = sizeof(in_ms) / sizeof(in_ms[0]) };
	struct order o = { 0 };
	struct mark m[N];
	struct rig r;
	int i;

	(void)state;
	rig_init(&r);
	for (i = 0; i < N; i++) {
		mark_init(&m[i], &r, &o, in_ms[i]);
		loop_timer_set(r.loop, &m[i].t, in_ms[i]);
	}
	turn(&r);
	assert_int_equal(o.n, 0);
	r.now += 9;
	turn(&r);
	assert_int_equal(o.n, 1);
	assert_int_equal(o.who[0], 5);
	r.now += 21;
	turn(&r);
	assert_int_equal(o.n, 5);
	r.now += 1000;
	turn(&r);
	assert_int_equal(o.n, N);
	for (i = 1; i < N; i++)
		assert_true(o.who[i - 1] <= o.who[i]);
	for (i = 0; i < N; i++)
		assert_false(loop_timer_is_set(&m[i].t));
	loop_free(r.loop);
}

static void
timers_move_and_go(void **state)
{
	struct order o = { 0 };
	struct mark m[3];
	struct rig r;
	int i;

	(void)state;
	rig_init(&r);
	for (i = 0; i < 3; i++) {
		mark_init(&m[i], &r, &o, i);
		loop_timer_set(r.loop, &m[i].t, 10);
	}
	loop_timer_set(r.loop, &m[0].t, 30);
	loop_timer_clear(r.loop, &m[1].t);
	loop_timer_clear(r.loop, &m[1].t);
	r.now += 10;
	turn(&r);
	assert_int_equal(o.n, 1);
	assert_int_equal(o.who[0], 2);
	assert_true(loop_timer_is_set(&m[0].t));
	r.now += 20;
	turn(&r);
	assert_int_equal(o.n, 2);
	assert_int_equal(o.who[1], 0);
	loop_free(r.loop);
}

static void
timer_clears_another_that_is_due(void **state)
{
	struct order o = { 0 };
	struct mark a, b;
	struct rig r;

	(void)state;
	rig_init(&r);
	mark_init(&a, &r, &o, 1);
	mark_init(&b, &r, &o, 2);
	a.clear = &b.t;
	loop_timer_set(r.loop, &a.t, 1);
	loop_timer_set(r.loop, &b.t, 2);
	r.now += 5;
	turn(&r);
	turn(&r);
	assert_int_equal(o.n, 1);
	assert_int_equal(o.who[0], 1);
	loop_free(r.loop);
}

static void
timer_of_zero_does_not_starve(void **state)
{
	struct order o = { 0 };
	struct mark a;
	struct rig r;

	(void)state;
	rig_init(&r);
	mark_init(&a, &r, &o, 1);
	a.again_ms = 0;
	loop_timer_set(r.loop, &a.t, 0);
	turn(&r);
	assert_int_equal(o.n, 1);
	turn(&r);
	assert_int_equal(o.n, 2);
	loop_free(r.loop);
}

/* Against a plain array, with many timers set, moved and cleared. */
static void
heap_agrees_with_a_list(void **state)
{
	enum { N = 150 };
	int64_t due[N];
	struct order o;
	struct mark m[N];
	struct rig r;
	uint32_t x = 12345;
	int i, round, want;

	(void)state;
	rig_init(&r);
	for (i = 0; i < N; i++) {
		mark_init(&m[i], &r, &o, i);
		due[i] = -1;
	}
	for (round = 0; round < 400; round++) {
		for (i = 0; i < N; i++) {
			x = x * 1664525 + 1013904223;
			if ((x >> 24) % 8 == 0) {
				due[i] = r.now + (x >> 8) % 64;
				loop_timer_set(r.loop, &m[i].t, (x >> 8) % 64);
			} else if ((x >> 24) % 8 == 1) {
				due[i] = -1;
				loop_timer_clear(r.loop, &m[i].t);
			}
		}
		r.now += round % 7;
		o.n = 0;
		turn(&r);
		for (want = 0, i = 0; i < N; i++)
			want += due[i] >= 0 && due[i] <= r.now;
		assert_int_equal(o.n, want);
		for (i = 0; i < o.n; i++) {
			assert_true(due[o.who[i]] >= 0 && due[o.who[i]] <= r.now);
			due[o.who[i]] = -1;
		}
	}
	loop_free(r.loop);
}

/* ---- descriptors ---- */

struct end {
	struct rig *rig;
	struct loop_fd watch;
	int fd;
	int calls;
	unsigned last;
	struct end *drop; /* unwatched and closed when called */
};

static void
end_drop(struct end *e)
{
	loop_fd_del(e->rig->loop, &e->watch);
	close(e->fd);
}

static void
on_event(void *ctx, unsigned events)
{
	struct end *e = ctx;

	e->calls++;
	e->last = events;
	if (e->drop != NULL)
		end_drop(e->drop);
}

static void
end_init(struct end *e, struct rig *r, int fd, unsigned want)
{
	*e = (struct end){ .rig = r, .fd = fd };
	assert_int_equal(loop_fd_add(r->loop, &e->watch, fd, want, on_event, e), 0);
}

static void
events_are_told(void **state)
{
	struct end e;
	struct rig r;
	int fd[2];

	(void)state;
	rig_init(&r);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	end_init(&e, &r, fd[0], LOOP_READ);
	turn(&r);
	assert_int_equal(e.calls, 0);
	assert_int_equal(write(fd[1], "x", 1), 1);
	turn(&r);
	assert_int_equal(e.calls, 1);
	assert_int_equal(e.last, LOOP_READ);
	loop_fd_want(r.loop, &e.watch, LOOP_WRITE);
	turn(&r);
	assert_int_equal(e.last, LOOP_WRITE);
	loop_fd_want(r.loop, &e.watch, 0);
	turn(&r);
	assert_int_equal(e.calls, 2);
	close(fd[1]);
	turn(&r);
	assert_int_equal(e.calls, 3);
	assert_int_equal(e.last, LOOP_HUP);
	end_drop(&e);
	turn(&r);
	assert_int_equal(e.calls, 3);
	loop_free(r.loop);
}

static void
what_is_removed_is_not_called(void **state)
{
	struct end a, b;
	struct rig r;
	int p[2], q[2];

	(void)state;
	rig_init(&r);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, p), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, q), 0);
	end_init(&a, &r, p[0], LOOP_READ);
	end_init(&b, &r, q[0], LOOP_READ);
	a.drop = &b;
	b.drop = &a;
	assert_int_equal(write(p[1], "x", 1), 1);
	assert_int_equal(write(q[1], "x", 1), 1);
	turn(&r);
	assert_int_equal(a.calls + b.calls, 1);
	end_drop(a.calls == 1 ? &a : &b);
	close(p[1]);
	close(q[1]);
	loop_free(r.loop);
}

static void
stop(void *ctx)
{
	loop_stop(ctx);
}

static void
run_ends_with_stop(void **state)
{
	struct loop_timer t;
	struct loop *l;

	(void)state;
	assert_int_equal(loop_new(clock_system(), &l), 0);
	loop_timer_init(&t, stop, l);
	loop_timer_set(l, &t, 3);
	assert_int_equal(loop_run(l), 0);
	assert_true(loop_now_ms(l) > 0);
	loop_free(l);
	loop_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timers_fire_in_order),
		cmocka_unit_test(timers_move_and_go),
		cmocka_unit_test(timer_clears_another_that_is_due),
		cmocka_unit_test(timer_of_zero_does_not_starve),
		cmocka_unit_test(heap_agrees_with_a_list),
		cmocka_unit_test(events_are_told),
		cmocka_unit_test(what_is_removed_is_not_called),
		cmocka_unit_test(run_ends_with_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
