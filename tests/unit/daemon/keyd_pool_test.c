/* keyd_pool_test: tests several keyds that answer in any order, late or never, or die. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "daemon/keyd_pool.h"
#include "ipc/msg.h"

#define KEYDS 3
#define LATE_MS 2000

struct rig {
	struct keyd_pool *pool;
	struct ipc *keyd[KEYDS]; /* their ends */
	int64_t now_ms;
	struct clock clock;
	int bring; /* the number that wait brings, with an answer in it; -1: none */
	int waits, rejoins;
	uint16_t rejoined; /* the last one asked for */
};

static int64_t
now(void *ctx)
{
	return ((struct rig *)ctx)->now_ms;
}

static void
attach(struct rig *r, uint16_t number)
{
	int fd[2];

	assert_int_equal(ipc_pair(fd), 0);
	ipc_free(r->keyd[number]);
	r->keyd[number] = ipc_new(fd[1], true, 1u << 20);
	keyd_pool_attach(r->pool, number, fd[0]);
}

static void
die(struct rig *r, uint16_t number)
{
	ipc_free(r->keyd[number]);
	r->keyd[number] = NULL;
}

/* The keyd's answer to what it was asked first: v. */
static void
reply(struct rig *r, uint16_t number, uint8_t v)
{
	struct ipc_out m;

	ipc_begin(&m, MSG_KD_REPLY);
	ipc_put_u8(&m, 1);
	ipc_put_u8(&m, v);
	assert_int_equal(ipc_send(r->keyd[number], &m, -1), 0);
}

static int
on_wait(void *ctx, int timeout_ms)
{
	struct rig *r = ctx;

	assert_true(timeout_ms > 0);
	r->waits++;
	if (r->bring == -1)
		return ERR_TIMEOUT;
	attach(r, (uint16_t)r->bring);
	reply(r, (uint16_t)r->bring, 100);
	return 0;
}

static void
on_rejoin(void *ctx, uint16_t number)
{
	struct rig *r = ctx;

	r->rejoins++;
	r->rejoined = number;
}

static void
rig_init(struct rig *r, size_t n)
{
	const struct keyd_pool_parent parent = { on_wait, on_rejoin, r };
	size_t i;

	*r = (struct rig){ .bring = -1, .clock = { now, now, r } };
	r->pool = keyd_pool_new(&r->clock);
	keyd_pool_set_parent(r->pool, &parent);
	for (i = 0; i < n; i++)
		attach(r, (uint16_t)i);
}

static void
rig_release(struct rig *r)
{
	size_t i;

	keyd_pool_free(r->pool);
	for (i = 0; i < KEYDS; i++)
		ipc_free(r->keyd[i]);
}

static struct keyd_question *
begin(struct rig *r, uint8_t v)
{
	struct ipc_out m;

	ipc_begin(&m, MSG_CK_VERIFY);
	ipc_put_u8(&m, v);
	return keyd_pool_begin(r->pool, &m);
}

/* The answer, or the negative error. */
static int
finish(struct rig *r, struct keyd_question *q)
{
	struct ipc_in m;
	uint8_t v = 0;
	int e;

	if ((e = keyd_pool_finish(r->pool, q, &m)) != 0)
		return -e;
	assert_int_equal(ipc_get_u8(&m, &v), 0);
	assert_int_equal(ipc_get_end(&m), 0);
	return v;
}

/* What that keyd was asked next; -1: nothing. */
static int
asked(struct rig *r, uint16_t number)
{
	struct ipc_in m;
	uint8_t v;

	if (ipc_recv(r->keyd[number], &m) != 0)
		return -1;
	assert_int_equal(m.type, MSG_CK_VERIFY);
	assert_int_equal(ipc_get_u8(&m, &v), 0);
	assert_int_equal(ipc_get_end(&m), 0);
	return v;
}

static void
questions_go_to_who_has_least_to_do(void **state)
{
	struct keyd_question *q[6];
	struct rig r;
	uint8_t i;

	(void)state;
	rig_init(&r, 2);
	for (i = 0; i < 6; i++)
		q[i] = begin(&r, i);
	for (i = 0; i < 6; i++)
		assert_int_equal(asked(&r, i % 2), i);
	/* The second one is quick; each has its own answers. */
	reply(&r, 1, 11);
	reply(&r, 1, 13);
	reply(&r, 1, 15);
	assert_int_equal(finish(&r, q[5]), 15);
	q[5] = begin(&r, 7);
	assert_int_equal(asked(&r, 1), 7);
	assert_int_equal(asked(&r, 0), -1);
	reply(&r, 0, 10);
	reply(&r, 0, 12);
	reply(&r, 0, 14);
	reply(&r, 1, 17);
	/* In any order. */
	assert_int_equal(finish(&r, q[4]), 14);
	assert_int_equal(finish(&r, q[0]), 10);
	assert_int_equal(finish(&r, q[3]), 13);
	assert_int_equal(finish(&r, q[5]), 17);
	assert_int_equal(finish(&r, q[1]), 11);
	assert_int_equal(finish(&r, q[2]), 12);
	assert_int_equal(r.rejoins, 0);
	rig_release(&r);
}

static void
what_one_that_died_owed_is_asked_of_another(void **state)
{
	struct keyd_question *q[4];
	struct rig r;
	uint8_t i;

	(void)state;
	rig_init(&r, 2);
	for (i = 0; i < 4; i++)
		q[i] = begin(&r, i);
	assert_int_equal(asked(&r, 0), 0);
	assert_int_equal(asked(&r, 0), 2);
	reply(&r, 0, 20); /* one answer is out before the end */
	die(&r, 0);
	reply(&r, 1, 21);
	reply(&r, 1, 23);
	assert_int_equal(finish(&r, q[0]), 20);
	reply(&r, 1, 22);
	assert_int_equal(finish(&r, q[2]), 22);
	assert_int_equal(finish(&r, q[1]), 21);
	assert_int_equal(finish(&r, q[3]), 23);
	assert_int_equal(asked(&r, 1), 1);
	assert_int_equal(asked(&r, 1), 3);
	assert_int_equal(asked(&r, 1), 2);
	assert_int_equal(r.waits, 0);
	assert_int_equal(r.rejoins, 0); /* the parent starts it again by itself */
	rig_release(&r);
}

static void
the_last_one_is_waited_for_by_one_alone(void **state)
{
	struct keyd_question *q[3];
	struct rig r;
	uint8_t i;

	(void)state;
	rig_init(&r, 1);
	for (i = 0; i < 3; i++)
		q[i] = begin(&r, i);
	die(&r, 0);
	for (i = 0; i < 3; i++)
		assert_int_equal(finish(&r, q[i]), -ERR_UNAVAIL);
	assert_int_equal(r.waits, 1);
	assert_int_equal(finish(&r, begin(&r, 9)), -ERR_UNAVAIL);
	assert_int_equal(r.waits, 1);
	/* Until there is one again. */
	attach(&r, 1);
	q[0] = begin(&r, 4);
	reply(&r, 1, 44);
	assert_int_equal(finish(&r, q[0]), 44);
	rig_release(&r);
}

static void
the_one_that_the_parent_brings_is_asked(void **state)
{
	struct keyd_question *q[2];
	struct rig r;

	(void)state;
	rig_init(&r, 1);
	q[0] = begin(&r, 1);
	q[1] = begin(&r, 2);
	die(&r, 0);
	r.bring = 2;
	assert_int_equal(finish(&r, q[0]), 100);
	reply(&r, 2, 50);
	assert_int_equal(finish(&r, q[1]), 50);
	assert_int_equal(asked(&r, 2), 1);
	assert_int_equal(asked(&r, 2), 2);
	assert_int_equal(r.waits, 1);
	rig_release(&r);
}

/* A question that ends every keyd that has it is not asked for ever. */
static void
nobody_is_asked_three_times(void **state)
{
	struct keyd_question *q;
	struct rig r;

	(void)state;
	rig_init(&r, 3);
	q = begin(&r, 1);
	assert_int_equal(asked(&r, 0), 1);
	die(&r, 0);
	die(&r, 1);
	assert_int_equal(finish(&r, q), -ERR_UNAVAIL);
	assert_int_equal(asked(&r, 2), -1);
	q = begin(&r, 2);
	reply(&r, 2, 5);
	assert_int_equal(finish(&r, q), 5);
	rig_release(&r);
}

static void
one_that_is_late_costs_its_channel_and_one_question(void **state)
{
	struct keyd_question *q[4];
	struct rig r;
	uint8_t i;

	(void)state;
	rig_init(&r, 2);
	for (i = 0; i < 4; i++)
		q[i] = begin(&r, i);
	reply(&r, 1, 31);
	reply(&r, 1, 33);
	r.now_ms += LATE_MS;
	assert_int_equal(finish(&r, q[0]), -ERR_TIMEOUT);
	assert_int_equal(r.rejoins, 1);
	assert_int_equal(r.rejoined, 0);
	/* An answer that came in time counts, even if it is looked at late. */
	assert_int_equal(finish(&r, q[1]), 31);
	/* The questions behind the late one are asked of the other keyd. */
	assert_int_equal(asked(&r, 1), 1);
	assert_int_equal(asked(&r, 1), 3);
	reply(&r, 1, 32);
	assert_int_equal(finish(&r, q[2]), 32);
	assert_int_equal(asked(&r, 1), 2);
	assert_int_equal(finish(&r, q[3]), 33);
	/* An answer that comes late is not taken for that to another question. */
	q[0] = begin(&r, 5);
	assert_int_equal(asked(&r, 1), 5);
	reply(&r, 1, 55);
	assert_int_equal(finish(&r, q[0]), 55);
	rig_release(&r);
}

/* A keyd that hangs gets a new channel at once. It must not slow down every request. */
static void
one_that_was_late_rests_while_there_are_others(void **state)
{
	struct keyd_question *q, *late;
	struct rig r;
	int i;

	(void)state;
	rig_init(&r, 2);
	late = begin(&r, 1);
	r.now_ms += LATE_MS;
	assert_int_equal(finish(&r, late), -ERR_TIMEOUT);
	attach(&r, 0);
	for (i = 0; i < 3; i++) {
		q = begin(&r, 2);
		reply(&r, 1, 22);
		assert_int_equal(finish(&r, q), 22);
		assert_int_equal(asked(&r, 0), -1);
		assert_int_equal(asked(&r, 1), 2);
	}
	/* When it is the only one, it is asked in spite of its rest. */
	die(&r, 1);
	q = begin(&r, 3);
	reply(&r, 0, 33);
	assert_int_equal(finish(&r, q), 33);
	assert_int_equal(asked(&r, 0), 3);
	/* After its rest it is asked as before. */
	attach(&r, 1);
	r.now_ms += 10000;
	q = begin(&r, 4);
	reply(&r, 0, 44);
	assert_int_equal(finish(&r, q), 44);
	assert_int_equal(asked(&r, 0), 4);
	rig_release(&r);
}

static void
the_only_one_being_late_fails_the_others_at_once(void **state)
{
	struct keyd_question *q[3];
	struct rig r;
	uint8_t i;

	(void)state;
	rig_init(&r, 1);
	for (i = 0; i < 3; i++)
		q[i] = begin(&r, i);
	r.now_ms += LATE_MS;
	assert_int_equal(finish(&r, q[0]), -ERR_TIMEOUT);
	for (i = 1; i < 3; i++)
		assert_int_equal(finish(&r, q[i]), -ERR_UNAVAIL);
	assert_int_equal(r.waits, 0);
	assert_int_equal(r.rejoins, 1);
	rig_release(&r);
}

static void
nonsense_costs_the_channel_of_who_sent_it(void **state)
{
	struct keyd_question *q[4];
	struct ipc_out m;
	struct ipc_in in;
	struct rig r;
	uint8_t i;

	(void)state;
	rig_init(&r, 2);
	for (i = 0; i < 4; i++)
		q[i] = begin(&r, i);
	ipc_begin(&m, MSG_KD_REPLY);
	ipc_put_u8(&m, 2);
	assert_int_equal(ipc_send(r.keyd[0], &m, -1), 0);
	assert_int_equal(finish(&r, q[0]), -ERR_PEER);
	assert_int_equal(r.rejoins, 1);
	reply(&r, 1, 41);
	reply(&r, 1, 43);
	assert_int_equal(finish(&r, q[1]), 41);
	reply(&r, 1, 42);
	assert_int_equal(finish(&r, q[2]), 42);
	/* What its reader does not understand costs that channel alone. */
	attach(&r, 0);
	assert_int_equal(keyd_pool_finish(r.pool, q[3], &in), 0);
	q[0] = begin(&r, 6);
	q[1] = begin(&r, 7);
	assert_int_equal(keyd_pool_refuse(r.pool), ERR_PEER);
	assert_int_equal(r.rejoins, 2);
	assert_int_equal(r.rejoined, 1);
	assert_int_equal(asked(&r, 0), 6);
	reply(&r, 0, 66);
	reply(&r, 0, 67);
	assert_int_equal(finish(&r, q[0]), 66);
	assert_int_equal(finish(&r, q[1]), 67);
	assert_int_equal(asked(&r, 0), 7);
	rig_release(&r);
}

static void
what_keyd_cannot_do_fails_alone(void **state)
{
	struct keyd_question *q[2];
	struct ipc_out m;
	struct rig r;

	(void)state;
	rig_init(&r, 1);
	q[0] = begin(&r, 0);
	q[1] = begin(&r, 1);
	ipc_begin(&m, MSG_KD_REPLY);
	ipc_put_u8(&m, 0);
	ipc_put_str(&m, STR("no such seal"));
	assert_int_equal(ipc_send(r.keyd[0], &m, -1), 0);
	reply(&r, 0, 71);
	assert_int_equal(finish(&r, q[1]), 71);
	assert_int_equal(finish(&r, q[0]), -ERR_CRYPTO);
	assert_int_equal(r.rejoins, 0);
	rig_release(&r);
}

/* A new channel under a number that is taken: what the old one owed is asked again. */
static void
a_channel_is_replaced(void **state)
{
	struct keyd_question *q[2];
	struct rig r;

	(void)state;
	rig_init(&r, 1);
	q[0] = begin(&r, 0);
	q[1] = begin(&r, 1);
	reply(&r, 0, 1);
	attach(&r, 0);
	reply(&r, 0, 80);
	reply(&r, 0, 81);
	assert_int_equal(finish(&r, q[1]), 80);
	assert_int_equal(finish(&r, q[0]), 81);
	assert_int_equal(asked(&r, 0), 1);
	assert_int_equal(asked(&r, 0), 0);
	rig_release(&r);
}

/* More than the sockets hold: neither side waits for the other for ever. */
static void
much_at_once_goes_through(void **state)
{
	enum { N = 64, BYTES = 40000 };
	static const char big[BYTES];
	struct keyd_question *q[N];
	struct ipc_out m;
	struct ipc_in in;
	struct str s;
	struct rig r;
	size_t i;

	(void)state;
	rig_init(&r, 1);
	for (i = 0; i < N; i++) {
		ipc_begin(&m, MSG_CK_VERIFY);
		ipc_put_str(&m, str_of_n(big, BYTES));
		q[i] = keyd_pool_begin(r.pool, &m);
	}
	for (i = 0; i < N; i++) {
		/* What the socket has taken is answered: the rest follows. */
		while (ipc_recv(r.keyd[0], &in) == 0) {
			assert_int_equal(ipc_get_str(&in, BYTES, &s), 0);
			assert_int_equal(s.n, BYTES);
			reply(&r, 0, 1);
		}
		assert_int_equal(finish(&r, q[i]), 1);
	}
	assert_int_equal(r.rejoins, 0);
	rig_release(&r);
}

/* ---- without waiting ---- */

/* How many channels the loop is to wait for. */
static size_t
polled(struct rig *r)
{
	struct pollfd fds[KEYD_POOL_CHANNELS_MAX];

	return keyd_pool_poll(r->pool, fds);
}

static void
an_answer_is_not_waited_for(void **state)
{
	struct keyd_question *q[3];
	struct rig r;
	uint8_t i;

	(void)state;
	rig_init(&r, 2);
	assert_int_equal(polled(&r), 0);
	for (i = 0; i < 3; i++)
		q[i] = begin(&r, i);
	assert_int_equal(polled(&r), 2);
	for (i = 0; i < 3; i++)
		assert_false(keyd_pool_ready(r.pool, q[i]));
	reply(&r, 0, 20);
	reply(&r, 1, 21);
	keyd_pool_step(r.pool);
	/* Taken, so that the loop is not woken by it again. */
	assert_int_equal(polled(&r), 1);
	assert_true(keyd_pool_ready(r.pool, q[0]));
	assert_true(keyd_pool_ready(r.pool, q[1]));
	assert_false(keyd_pool_ready(r.pool, q[2]));
	assert_int_equal(finish(&r, q[1]), 21);
	assert_int_equal(finish(&r, q[0]), 20);
	reply(&r, 0, 22);
	assert_true(keyd_pool_ready(r.pool, q[2]));
	assert_int_equal(finish(&r, q[2]), 22);
	assert_int_equal(polled(&r), 0);
	rig_release(&r);
}

static void
one_that_dies_is_not_waited_for(void **state)
{
	struct keyd_question *q;
	struct rig r;

	(void)state;
	rig_init(&r, 1);
	q = begin(&r, 1);
	r.now_ms += LATE_MS / 2;
	die(&r, 0);
	keyd_pool_step(r.pool);
	assert_false(keyd_pool_ready(r.pool, q));
	/* The parent brings another one in time. */
	r.now_ms += LATE_MS - 1;
	assert_false(keyd_pool_ready(r.pool, q));
	attach(&r, 1);
	assert_false(keyd_pool_ready(r.pool, q));
	assert_int_equal(asked(&r, 1), 1);
	reply(&r, 1, 31);
	assert_true(keyd_pool_ready(r.pool, q));
	assert_int_equal(finish(&r, q), 31);
	/* Or it does not; then the next ones fail at once until it does. */
	q = begin(&r, 2);
	die(&r, 1);
	assert_false(keyd_pool_ready(r.pool, q));
	r.now_ms += LATE_MS;
	assert_true(keyd_pool_ready(r.pool, q));
	assert_int_equal(finish(&r, q), -ERR_UNAVAIL);
	q = begin(&r, 3);
	assert_true(keyd_pool_ready(r.pool, q));
	assert_int_equal(finish(&r, q), -ERR_UNAVAIL);
	attach(&r, 0);
	q = begin(&r, 4);
	reply(&r, 0, 34);
	assert_true(keyd_pool_ready(r.pool, q));
	assert_int_equal(finish(&r, q), 34);
	assert_int_equal(r.waits, 0);
	rig_release(&r);
}

static void
one_that_is_late_fails_without_a_wait(void **state)
{
	struct keyd_question *q[2];
	struct rig r;

	(void)state;
	rig_init(&r, 1);
	q[0] = begin(&r, 1);
	r.now_ms += LATE_MS - 1;
	q[1] = begin(&r, 2);
	assert_false(keyd_pool_ready(r.pool, q[0]));
	r.now_ms += 1;
	assert_true(keyd_pool_ready(r.pool, q[0]));
	assert_int_equal(finish(&r, q[0]), -ERR_TIMEOUT);
	assert_int_equal(r.rejoins, 1);
	/* The other one is asked of the next. */
	assert_true(keyd_pool_ready(r.pool, q[1]));
	assert_int_equal(finish(&r, q[1]), -ERR_UNAVAIL);
	assert_int_equal(r.waits, 0);
	rig_release(&r);
}

static struct keyd_question *
begin_long(struct rig *r, uint8_t v, int64_t reply_ms)
{
	struct ipc_out m;

	ipc_begin(&m, MSG_CK_VERIFY);
	ipc_put_u8(&m, v);
	return keyd_pool_begin_long(r->pool, &m, reply_ms);
}

/* The time of a question that takes long runs when those before it are answered. */
static void
a_long_question_has_its_own_time(void **state)
{
	struct keyd_question *q[3];
	struct rig r;
	uint8_t i;

	(void)state;
	rig_init(&r, 1);
	q[0] = begin_long(&r, 0, 10000);
	q[1] = begin_long(&r, 1, LATE_MS);
	q[2] = begin_long(&r, 2, LATE_MS);
	r.now_ms += 9999;
	for (i = 0; i < 3; i++)
		assert_false(keyd_pool_ready(r.pool, q[i]));
	reply(&r, 0, 40);
	keyd_pool_step(r.pool);
	assert_int_equal(finish(&r, q[0]), 40);
	r.now_ms += LATE_MS - 1;
	assert_false(keyd_pool_ready(r.pool, q[2]));
	assert_false(keyd_pool_ready(r.pool, q[1]));
	reply(&r, 0, 41);
	assert_int_equal(finish(&r, q[1]), 41);
	r.now_ms += LATE_MS - 1;
	assert_false(keyd_pool_ready(r.pool, q[2]));
	r.now_ms += 1;
	assert_true(keyd_pool_ready(r.pool, q[2]));
	assert_int_equal(finish(&r, q[2]), -ERR_TIMEOUT);
	assert_int_equal(r.rejoins, 1);
	/* The one that is late is the first, whichever is looked at. */
	attach(&r, 0);
	q[0] = begin_long(&r, 0, LATE_MS);
	q[1] = begin_long(&r, 1, LATE_MS);
	r.now_ms += LATE_MS;
	assert_true(keyd_pool_ready(r.pool, q[1]));
	assert_true(keyd_pool_ready(r.pool, q[0]));
	assert_int_equal(finish(&r, q[0]), -ERR_TIMEOUT);
	assert_int_equal(finish(&r, q[1]), -ERR_UNAVAIL);
	rig_release(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(questions_go_to_who_has_least_to_do),
		cmocka_unit_test(what_one_that_died_owed_is_asked_of_another),
		cmocka_unit_test(the_last_one_is_waited_for_by_one_alone),
		cmocka_unit_test(the_one_that_the_parent_brings_is_asked),
		cmocka_unit_test(nobody_is_asked_three_times),
		cmocka_unit_test(one_that_is_late_costs_its_channel_and_one_question),
		cmocka_unit_test(one_that_was_late_rests_while_there_are_others),
		cmocka_unit_test(the_only_one_being_late_fails_the_others_at_once),
		cmocka_unit_test(nonsense_costs_the_channel_of_who_sent_it),
		cmocka_unit_test(what_keyd_cannot_do_fails_alone),
		cmocka_unit_test(a_channel_is_replaced),
		cmocka_unit_test(much_at_once_goes_through),
		cmocka_unit_test(an_answer_is_not_waited_for),
		cmocka_unit_test(one_that_dies_is_not_waited_for),
		cmocka_unit_test(one_that_is_late_fails_without_a_wait),
		cmocka_unit_test(a_long_question_has_its_own_time),
	};

	log_set_level(LOG_LEVEL_ERROR + 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
