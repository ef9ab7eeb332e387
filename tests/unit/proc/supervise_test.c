/*
 * supervise_test: tests the supervision of processes by a table, with simulated children and a
 * clock that the test moves: what each is given, when one that died is started again, for what one
 * is killed, and in which order they end.
 */
#include "supervise_rig.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* The process that was started last: what it is called, and that it runs. */
static size_t
newest(struct rig *r, const char *name)
{
	size_t i = r->n_fakes - 1;

	assert_string_equal(r->fakes[i].name, name);
	assert_non_null(r->fakes[i].control);
	return i;
}

/* ---- starting ---- */

static void
each_gets_what_its_row_says(void **state)
{
	struct rig r;

	(void)state;
	rig_start(&r);
	assert_string_equal(r.fakes[FRONT].name, "front");
	assert_string_equal(r.fakes[KEYD].name, "keyd");
	assert_string_equal(r.fakes[KEYD1].name, "keyd.1");
	rig_hear_start(&r);
	rig_release(&r);
}

static void
channels_join_the_right_two(void **state)
{
	char c = 0;
	struct rig r;

	(void)state;
	rig_start(&r);
	rig_hear_start(&r);
	assert_int_equal(write(r.fakes[FRONT].peer[ROLE_CORE], "f", 1), 1);
	assert_int_equal(read(r.fakes[CORE].peer[ROLE_FRONT], &c, 1), 1);
	assert_int_equal(c, 'f');
	/* The last that core heard of is keyd.1. */
	assert_int_equal(write(r.fakes[CORE].peer[ROLE_KEYD], "k", 1), 1);
	assert_int_equal(recv(r.fakes[KEYD1].peer[ROLE_CORE], &c, 1, MSG_DONTWAIT), 1);
	assert_int_not_equal(recv(r.fakes[KEYD].peer[ROLE_CORE], &c, 1, MSG_DONTWAIT), 1);
	rig_release(&r);
}

static void
exec_that_fails_at_first_is_an_error(void **state)
{
	struct supervise_opts o;
	struct rig r;
	size_t i;

	(void)state;
	for (i = 0; i < N; i++) {
		rig_init(&r);
		r.fail_from = i;
		r.fail_to = i + 1;
		o = rig_opts(&r);
		assert_int_equal(supervise_new(&o, STR("one"), &r.s), ERR_SYS);
		assert_int_equal(r.n_fakes, i + 1);
		rig_release(&r);
	}
}

/* ---- what goes wrong before all are ready: it ends ---- */

static void
end_at_start(struct rig *r)
{
	struct supervise_opts o;

	rig_init(r);
	o = rig_opts(r);
	assert_int_equal(supervise_new(&o, STR("one"), &r->s), 0);
	rig_settle(r);
}

static void
dies_at_once(void **state)
{
	struct rig r;

	(void)state;
	end_at_start(&r);
	rig_ready(&r, KEYD);
	rig_end(&r.fakes[CORE], 7 << 8);
	rig_settle(&r);
	/* The others are told to end, in order. */
	rig_heard(&r, FRONT, "peer 3.0 conf=one certificate listener go drain ");
	assert_int_equal(r.ended, 0);
	rig_end(&r.fakes[FRONT], 0);
	rig_settle(&r);
	rig_heard(&r, KEYD, "peer 3.0 conf=one go drain ");
	rig_end(&r.fakes[KEYD], 0);
	rig_end(&r.fakes[KEYD1], 0);
	rig_settle(&r);
	assert_int_equal(r.ended, 1);
	assert_true(r.failed);
	assert_int_equal(r.ready, 0);
	assert_int_equal(r.n_fakes, N);
	rig_release(&r);
}

static void
hangs_at_start(void **state)
{
	struct rig r;

	(void)state;
	end_at_start(&r);
	rig_ready(&r, FRONT);
	rig_ready(&r, KEYD);
	rig_ready(&r, KEYD1);
	rig_pass(&r, START_MS - 1);
	assert_int_equal(r.fakes[CORE].killed, 0);
	rig_pass(&r, 1);
	assert_int_equal(r.fakes[CORE].killed, SIGKILL);
	assert_int_equal(r.fakes[FRONT].killed, 0);
	rig_heard(&r, FRONT, "peer 3.0 conf=one certificate listener go drain ");
	rig_release(&r);
}

/* ---- what goes wrong later: it is started again ---- */

static void
back_off_doubles_and_is_forgotten(void **state)
{
	static const int64_t waits[] = { 50, 100, 200, 400, 800, 1600, 3200, 5000, 5000 };
	struct rig r;
	size_t i, c = CORE;

	(void)state;
	rig_start(&r);
	rig_pass(&r, 9999);
	for (i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		rig_end(&r.fakes[c], SIGSEGV);
		rig_settle(&r);
		rig_pass(&r, waits[i] - 1);
		assert_int_equal(r.n_fakes, N + i);
		rig_pass(&r, 1);
		assert_int_equal(r.n_fakes, N + i + 1);
		c = newest(&r, "core");
	}
	/* One that has lived for ten seconds is well. */
	rig_ready(&r, c);
	rig_pass(&r, 10000);
	rig_end(&r.fakes[c], SIGSEGV);
	rig_settle(&r);
	rig_pass(&r, 50);
	c = newest(&r, "core");
	rig_heard(&r, c, "peer 2.0 peer 4.0 peer 4.1 conf=one go ");
	assert_int_equal(r.ready, 1);
	rig_release(&r);
}

static void
exec_that_fails_later_backs_off(void **state)
{
	struct rig r;

	(void)state;
	rig_start(&r);
	r.fail_from = N;
	r.fail_to = N + 2;
	rig_end(&r.fakes[CORE], 0);
	rig_settle(&r);
	rig_pass(&r, 50);
	assert_int_equal(r.n_fakes, N + 1);
	rig_pass(&r, 99);
	assert_int_equal(r.n_fakes, N + 1);
	rig_pass(&r, 1);
	assert_int_equal(r.n_fakes, N + 2);
	rig_pass(&r, 200);
	(void)newest(&r, "core");
	rig_release(&r);
}

static void
two_die_at_once(void **state)
{
	struct rig r;

	(void)state;
	rig_start(&r);
	rig_hear_start(&r);
	rig_end(&r.fakes[FRONT], SIGKILL);
	rig_end(&r.fakes[CORE], SIGKILL);
	rig_settle(&r);
	rig_pass(&r, 50);
	assert_int_equal(r.n_fakes, N + 2);
	/* The two are connected once, when the second starts: the first had no peer yet. */
	rig_heard(&r, N, "conf=one certificate listener go peer 3.0 ");
	rig_heard(&r, N + 1, "peer 2.0 peer 4.0 peer 4.1 conf=one go ");
	rig_pass(&r, 1000);
	assert_int_equal(r.n_fakes, N + 2);
	rig_release(&r);
}

static void
hangs_when_started_again(void **state)
{
	struct rig r;

	(void)state;
	rig_start(&r);
	rig_end(&r.fakes[KEYD1], SIGKILL);
	rig_settle(&r);
	rig_pass(&r, 50);
	assert_int_equal(r.fakes[newest(&r, "keyd.1")].killed, 0);
	rig_pass(&r, START_MS);
	assert_int_equal(r.fakes[N].killed, SIGKILL);
	/* It lived for long, though it never became ready: the back-off begins at the start
	 * again. */
	rig_pass(&r, 50);
	(void)newest(&r, "keyd.1");
	rig_release(&r);
}

static void
nonsense_is_the_end_of_who_says_it(void **state)
{
	static const struct {
		uint16_t type;
		uint8_t body[4];
		size_t n;
	} table[] = {
		{ 0x999, { 0 }, 0 },
		{ MSG_CTL_GO, { 0 }, 0 },
		{ MSG_CTL_READY, { 1 }, 1 },
		{ MSG_CTL_REJOIN, { ROLE_CORE }, 1 },
		{ MSG_CTL_REJOIN, { ROLE_CORE, 0 }, 2 },
		{ MSG_CTL_REJOIN, { ROLE_CORE, 0, 0, 0 }, 4 },
		{ MSG_CTL_REJOIN, { ROLE_CORE, 0, 1 }, 3 },
		{ MSG_CTL_REJOIN, { ROLE_KEYD, 0, 0 }, 3 },
		{ MSG_CTL_REJOIN, { ROLE_FRONT, 0, 0 }, 3 },
	};
	struct rig r;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		rig_start(&r);
		rig_say(&r, FRONT, table[i].type, table[i].body, table[i].n);
		assert_int_equal(r.fakes[FRONT].killed, SIGKILL);
		rig_pass(&r, 50);
		(void)newest(&r, "front");
		assert_int_equal(r.n_fakes, N + 1);
		rig_release(&r);
	}
}

/* Ready is said once; said again it changes nothing. */
static void
ready_again_is_nothing(void **state)
{
	struct rig r;

	(void)state;
	rig_start(&r);
	rig_ready(&r, CORE);
	assert_int_equal(r.fakes[CORE].killed, 0);
	assert_int_equal(r.ready, 1);
	rig_release(&r);
}

/* ---- channels made anew ---- */

static void
a_channel_is_made_anew_once(void **state)
{
	const uint8_t core[] = { ROLE_CORE, 0, 0 }, keyd1[] = { ROLE_KEYD, 0, 1 };
	struct rig r;

	(void)state;
	rig_start(&r);
	rig_hear_start(&r);
	rig_say(&r, CORE, MSG_CTL_REJOIN, keyd1, 3);
	rig_say(&r, KEYD1, MSG_CTL_REJOIN, core, 3);
	rig_pass(&r, 99);
	rig_heard(&r, CORE, "");
	rig_pass(&r, 1);
	rig_heard(&r, CORE, "peer 4.1 ");
	rig_heard(&r, KEYD1, "peer 3.0 ");
	rig_heard(&r, KEYD, "");
	rig_pass(&r, 1000);
	rig_heard(&r, CORE, "");
	rig_release(&r);
}

static void
one_that_is_down_is_joined_at_its_start(void **state)
{
	const uint8_t core[] = { ROLE_CORE, 0, 0 };
	struct rig r;
	size_t c;

	(void)state;
	rig_start(&r);
	rig_hear_start(&r);
	rig_say(&r, FRONT, MSG_CTL_REJOIN, core, 3);
	rig_end(&r.fakes[CORE], SIGKILL);
	rig_settle(&r);
	rig_pass(&r, 50);
	c = newest(&r, "core");
	rig_heard(&r, c, "peer 2.0 peer 4.0 peer 4.1 conf=one go ");
	rig_heard(&r, FRONT, "peer 3.0 ");
	rig_pass(&r, 100);
	rig_heard(&r, FRONT, "");
	rig_release(&r);
}

/* ---- one that does not read ---- */

static void
one_that_does_not_read_is_killed(void **state)
{
	const uint8_t core[] = { ROLE_CORE, 0, 0 };
	struct rig r;
	int i;

	(void)state;
	/* A message for it finds its queue full. */
	rig_start(&r);
	for (i = 0; i < 5000 && r.fakes[KEYD].killed == 0; i++)
		supervise_reload(r.s, STR("two"));
	assert_int_equal(r.fakes[KEYD].killed, SIGKILL);
	rig_settle(&r);
	rig_pass(&r, 50);
	rig_release(&r);
	/* It is to be given a new channel while anything waits in its queue: a peer must not be
	 * able to fill a queue with descriptors. */
	rig_start(&r);
	for (i = 0; i < 400; i++)
		supervise_reload(r.s, STR("two"));
	assert_int_equal(r.fakes[CORE].killed, 0);
	rig_say(&r, FRONT, MSG_CTL_REJOIN, core, 3);
	rig_pass(&r, 100);
	assert_int_equal(r.fakes[FRONT].killed + r.fakes[CORE].killed, SIGKILL);
	rig_release(&r);
}

/* ---- reload ---- */

static void
reload_is_told_and_kept(void **state)
{
	struct rig r;

	(void)state;
	rig_start(&r);
	rig_hear_start(&r);
	rig_end(&r.fakes[KEYD], SIGKILL);
	rig_settle(&r);
	supervise_reload(r.s, STR("two"));
	rig_heard(&r, FRONT, "conf=two certificate reload ");
	rig_heard(&r, CORE, "conf=two reload ");
	/* One that starts later gets what was accepted last. */
	rig_pass(&r, 50);
	rig_heard(&r, newest(&r, "keyd"), "peer 3.0 conf=two go ");
	rig_release(&r);
}

/* ---- draining ---- */

static void
rows_drain_one_after_the_other(void **state)
{
	struct rig r;

	(void)state;
	rig_start(&r);
	rig_hear_start(&r);
	supervise_drain(r.s);
	supervise_reload(r.s, STR("two"));
	rig_heard(&r, FRONT, "drain ");
	rig_heard(&r, CORE, "");
	rig_end(&r.fakes[FRONT], 0);
	rig_settle(&r);
	rig_heard(&r, CORE, "drain ");
	rig_heard(&r, KEYD, "");
	rig_end(&r.fakes[CORE], 0);
	rig_settle(&r);
	/* Of one row all at the same time. */
	rig_heard(&r, KEYD, "drain ");
	rig_heard(&r, KEYD1, "drain ");
	rig_end(&r.fakes[KEYD1], 0);
	rig_settle(&r);
	assert_int_equal(r.ended, 0);
	rig_end(&r.fakes[KEYD], 0);
	rig_settle(&r);
	assert_int_equal(r.ended, 1);
	assert_false(r.failed);
	rig_pass(&r, 100000);
	assert_int_equal(r.n_fakes, N);
	rig_release(&r);
}

static void
one_that_ignores_drain_is_killed(void **state)
{
	struct rig r;

	(void)state;
	rig_start(&r);
	rig_hear_start(&r);
	supervise_drain(r.s);
	rig_pass(&r, DRAIN_MS - 1);
	assert_int_equal(r.fakes[FRONT].killed, 0);
	rig_pass(&r, 1);
	assert_int_equal(r.fakes[FRONT].killed, SIGKILL);
	rig_heard(&r, CORE, "drain ");
	rig_release(&r);
}

static void
one_that_is_down_does_not_hold_the_drain(void **state)
{
	struct rig r;

	(void)state;
	rig_start(&r);
	rig_hear_start(&r);
	rig_end(&r.fakes[FRONT], SIGKILL);
	rig_settle(&r);
	supervise_drain(r.s);
	rig_heard(&r, CORE, "drain ");
	rig_pass(&r, 50);
	assert_int_equal(r.n_fakes, N);
	rig_release(&r);
}

static void
told_twice_it_ends_at_once(void **state)
{
	struct rig r;
	size_t i;

	(void)state;
	rig_start(&r);
	supervise_drain(r.s);
	supervise_drain(r.s);
	rig_settle(&r);
	for (i = 0; i < N; i++)
		assert_int_equal(r.fakes[i].killed, SIGKILL);
	assert_int_equal(r.ended, 1);
	assert_false(r.failed);
	rig_release(&r);
}

/* ---- together: as the agent's ---- */

static void
together_start(struct rig *r)
{
	struct supervise_opts o;
	size_t i;

	rig_init(r);
	o = rig_opts(r);
	o.together = true;
	assert_int_equal(supervise_new(&o, STR("one"), &r->s), 0);
	for (i = 0; i < N; i++)
		rig_ready(r, i);
	rig_hear_start(r);
}

static void
together_all_are_started_anew(void **state)
{
	struct rig r;

	(void)state;
	together_start(&r);
	rig_end(&r.fakes[CORE], SIGSEGV);
	rig_settle(&r);
	assert_int_equal(r.fakes[FRONT].killed, SIGKILL);
	assert_int_equal(r.fakes[KEYD1].killed, SIGKILL);
	rig_pass(&r, 49);
	assert_int_equal(r.n_fakes, N);
	rig_pass(&r, 1);
	assert_int_equal(r.n_fakes, 2 * N);
	rig_heard(&r, N + CORE, "peer 2.0 peer 4.0 peer 4.1 conf=one go ");
	/* Once more, in the midst of the start: the second of them cannot be run. */
	r.fail_from = 2 * N + 1;
	r.fail_to = 2 * N + 2;
	rig_end(&r.fakes[N + FRONT], 0);
	rig_settle(&r);
	rig_pass(&r, 100);
	assert_int_equal(r.fakes[2 * N].killed, SIGKILL);
	assert_int_equal(r.n_fakes, 2 * N + 2);
	rig_pass(&r, 200);
	assert_int_equal(r.n_fakes, 3 * N + 2);
	assert_int_equal(r.ended, 0);
	rig_release(&r);
}

static void
together_all_drain_at_once(void **state)
{
	struct rig r;
	size_t i;

	(void)state;
	together_start(&r);
	supervise_drain(r.s);
	for (i = 0; i < N; i++) {
		rig_heard(&r, i, "drain ");
		assert_int_equal(r.ended, 0);
		rig_end(&r.fakes[i], 0);
		rig_settle(&r);
	}
	assert_int_equal(r.ended, 1);
	rig_release(&r);
}

static void
together_no_channel_is_made_anew(void **state)
{
	const uint8_t core[] = { ROLE_CORE, 0, 0 };
	struct rig r;

	(void)state;
	together_start(&r);
	rig_say(&r, FRONT, MSG_CTL_REJOIN, core, 3);
	assert_int_equal(r.fakes[FRONT].killed, SIGKILL);
	rig_release(&r);
}

static void
together_one_that_cannot_start_ends_all(void **state)
{
	struct supervise_opts o;
	struct rig r;

	(void)state;
	rig_init(&r);
	o = rig_opts(&r);
	o.together = true;
	assert_int_equal(supervise_new(&o, STR("one"), &r.s), 0);
	rig_end(&r.fakes[KEYD], 1 << 8);
	rig_settle(&r);
	assert_int_equal(r.fakes[FRONT].killed, SIGKILL);
	assert_int_equal(r.ended, 1);
	assert_true(r.failed);
	rig_release(&r);
}

/* Full queues hold a descriptor for each message; a login shell allows only 1024. */
static int
descriptors_raise(void **state)
{
	struct rlimit rl;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &rl), 0);
	rl.rlim_cur = rl.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &rl);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_gets_what_its_row_says),
		cmocka_unit_test(channels_join_the_right_two),
		cmocka_unit_test(exec_that_fails_at_first_is_an_error),
		cmocka_unit_test(dies_at_once),
		cmocka_unit_test(hangs_at_start),
		cmocka_unit_test(back_off_doubles_and_is_forgotten),
		cmocka_unit_test(exec_that_fails_later_backs_off),
		cmocka_unit_test(two_die_at_once),
		cmocka_unit_test(hangs_when_started_again),
		cmocka_unit_test(nonsense_is_the_end_of_who_says_it),
		cmocka_unit_test(ready_again_is_nothing),
		cmocka_unit_test(a_channel_is_made_anew_once),
		cmocka_unit_test(one_that_is_down_is_joined_at_its_start),
		cmocka_unit_test(one_that_does_not_read_is_killed),
		cmocka_unit_test(reload_is_told_and_kept),
		cmocka_unit_test(rows_drain_one_after_the_other),
		cmocka_unit_test(one_that_ignores_drain_is_killed),
		cmocka_unit_test(one_that_is_down_does_not_hold_the_drain),
		cmocka_unit_test(told_twice_it_ends_at_once),
		cmocka_unit_test(together_all_are_started_anew),
		cmocka_unit_test(together_all_drain_at_once),
		cmocka_unit_test(together_no_channel_is_made_anew),
		cmocka_unit_test(together_one_that_cannot_start_ends_all),
	};

	return cmocka_run_group_tests(tests, descriptors_raise, NULL);
}
