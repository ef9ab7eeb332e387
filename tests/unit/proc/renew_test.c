/*
 * renew_test: tests how one generation of processes follows another, with simulated children:
 * which are started, told and ended in which order, and what is left when a new one cannot start.
 */
#include "supervise_rig.h"

#include <signal.h>

enum { NEW = N };

/* A second generation is spawned; the first serves. */
static void
renew(struct rig *r)
{
	rig_start(r);
	rig_hear_start(r);
	assert_int_equal(rig_renew(r, "two", 7000), 0);
	rig_settle(r);
	assert_int_equal(r->n_fakes, 2 * N);
	assert_int_equal(r->renewed, 0);
}

static void
hear_renew(struct rig *r)
{
	assert_string_equal(r->fakes[NEW + FRONT].name, "front.1");
	assert_string_equal(r->fakes[NEW + KEYD].name, "keyd.2");
	assert_string_equal(r->fakes[NEW + KEYD1].name, "keyd.3");
	/* The new front serves with the old core; the new core waits. */
	rig_heard(r, NEW + FRONT, "peer 3.0 conf=two certificate listener go ");
	rig_heard(r, CORE, "peer 2.1 ");
	rig_heard(r, NEW + CORE, "");
	rig_heard(r, FRONT, "");
	rig_heard(r, NEW + KEYD, "conf=two go ");
}

/* All but the new core are ready. */
static void
new_ready(struct rig *r)
{
	rig_ready(r, NEW + FRONT);
	rig_ready(r, NEW + KEYD);
	assert_int_equal(r->renewed, 0);
	rig_heard(r, FRONT, "");
	rig_ready(r, NEW + KEYD1);
	assert_int_equal(r->renewed, 1);
	assert_true(r->renew_done);
}

static void
the_new_follow_the_old_in_order(void **state)
{
	struct rig r;

	(void)state;
	renew(&r);
	hear_renew(&r);
	new_ready(&r);
	/* Both fronts know the new core before the old one is told to end. */
	rig_heard(&r, FRONT, "peer 3.1 retire ");
	rig_heard(&r, NEW + FRONT, "peer 3.1 ");
	rig_heard(&r, CORE, "drain ");
	rig_heard(&r, NEW + CORE, "peer 2.0 peer 2.1 ");
	rig_heard(&r, KEYD, "");
	rig_end(&r.fakes[CORE], 0);
	rig_settle(&r);
	/* The new core starts when the old one has ended; the old fronts are not told again. */
	rig_heard(&r, NEW + CORE, "peer 4.2 peer 4.3 conf=two go ");
	rig_heard(&r, FRONT, "");
	/* The old keyds are drained: no process asks them any more. */
	rig_heard(&r, KEYD, "drain ");
	rig_ready(&r, NEW + CORE);
	rig_end(&r.fakes[KEYD], 0);
	rig_end(&r.fakes[KEYD1], 0);
	rig_end(&r.fakes[FRONT], 0);
	rig_settle(&r);
	rig_pass(&r, 100000);
	assert_int_equal(r.n_fakes, 2 * N);
	assert_int_equal(r.ready, 1);
	/* A second change can use the old numbers again. */
	assert_int_equal(rig_renew(&r, "three", 0), 0);
	rig_settle(&r);
	assert_string_equal(r.fakes[2 * N + FRONT].name, "front");
	rig_release(&r);
}

static void
one_of_the_new_that_dies_ends_the_change(void **state)
{
	static const size_t who[] = { FRONT, CORE, KEYD1 };
	struct rig r;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		renew(&r);
		hear_renew(&r);
		rig_end(&r.fakes[NEW + who[i]], 1 << 8);
		rig_settle(&r);
		assert_int_equal(r.renewed, 1);
		assert_false(r.renew_done);
		/* The old processes are as before, and are started again with their old
		 * configuration. */
		rig_heard(&r, FRONT, "");
		rig_end(&r.fakes[FRONT], SIGSEGV);
		rig_settle(&r);
		rig_pass(&r, 50);
		rig_heard(&r, 2 * N, "peer 3.0 conf=one certificate listener go ");
		assert_string_equal(r.fakes[2 * N].name, "front");
		rig_release(&r);
	}
}

static void
exec_that_fails_ends_the_change(void **state)
{
	struct rig r;

	(void)state;
	rig_start(&r);
	rig_hear_start(&r);
	r.fail_from = N + KEYD;
	r.fail_to = N + KEYD + 1;
	assert_int_equal(rig_renew(&r, "two", 0), 0);
	rig_settle(&r);
	assert_int_equal(r.renewed, 1);
	assert_false(r.renew_done);
	rig_heard(&r, FRONT, "");
	rig_heard(&r, CORE, "");
	assert_int_equal(r.fakes[N + FRONT].killed, SIGKILL);
	assert_int_equal(r.fakes[N + CORE].killed, SIGKILL);
	/* It can be tried again. */
	assert_int_equal(rig_renew(&r, "two", 0), 0);
	rig_release(&r);
}

static void
one_change_at_a_time(void **state)
{
	struct rig r;

	(void)state;
	renew(&r);
	assert_int_equal(rig_renew(&r, "x", 0), ERR_BADSTATE);
	new_ready(&r);
	assert_int_equal(rig_renew(&r, "x", 0), ERR_BADSTATE);
	rig_end(&r.fakes[CORE], 0);
	rig_settle(&r);
	rig_ready(&r, NEW + CORE);
	supervise_drain(r.s);
	assert_int_equal(rig_renew(&r, "x", 0), ERR_BADSTATE);
	rig_release(&r);
}

/* An old core that hangs is killed, and the new one starts. */
static void
a_new_core_that_dies_is_started_again(void **state)
{
	struct rig r;

	(void)state;
	renew(&r);
	hear_renew(&r);
	new_ready(&r);
	rig_heard(&r, FRONT, "peer 3.1 retire ");
	rig_pass(&r, 15000);
	assert_int_equal(r.fakes[CORE].killed, SIGKILL);
	rig_heard(&r, NEW + CORE, "peer 2.0 peer 2.1 peer 4.2 peer 4.3 conf=two go ");
	rig_end(&r.fakes[NEW + CORE], 1 << 8);
	rig_settle(&r);
	rig_pass(&r, 50);
	/* The retired front gets a channel to it too. */
	rig_heard(&r, FRONT, "peer 3.1 ");
	rig_heard(&r, 2 * N, "peer 2.0 peer 2.1 peer 4.2 peer 4.3 conf=two go ");
	/* One that has retired is not started again. */
	rig_end(&r.fakes[FRONT], SIGKILL);
	rig_settle(&r);
	rig_pass(&r, 100000);
	assert_int_equal(r.n_fakes, 2 * N + 1);
	rig_release(&r);
}

/* Some processes of a generation that was given up go on for a while, when the caller has freed
 * what it started them with. */
static void
what_was_given_up_ends_in_order(void **state)
{
	struct rig r;

	(void)state;
	renew(&r);
	hear_renew(&r);
	rig_ready(&r, NEW + FRONT);
	rig_heard(&r, NEW + KEYD1, "conf=two go ");
	rig_end(&r.fakes[NEW + KEYD], 1 << 8);
	rig_settle(&r);
	assert_int_equal(r.renewed, 1);
	assert_false(r.renew_done);
	/* It has accepted connections, so it ends with the last of them. */
	rig_heard(&r, NEW + FRONT, "retire ");
	assert_int_equal(r.fakes[NEW + CORE].killed, SIGKILL);
	rig_heard(&r, NEW + KEYD1, "drain ");
	rig_heard(&r, KEYD, "");
	rig_end(&r.fakes[NEW + KEYD1], 0);
	rig_end(&r.fakes[NEW + FRONT], 0);
	rig_settle(&r);
	rig_pass(&r, 100000);
	assert_int_equal(r.n_fakes, 2 * N);
	rig_release(&r);
}

static void
a_reload_may_follow_at_once(void **state)
{
	struct rig r;

	(void)state;
	renew(&r);
	hear_renew(&r);
	r.reload = "three";
	new_ready(&r);
	rig_heard(&r, NEW + FRONT, "peer 3.1 conf=three certificate reload ");
	rig_heard(&r, NEW + KEYD, "conf=three reload ");
	rig_heard(&r, FRONT, "peer 3.1 retire ");
	rig_heard(&r, KEYD, "");
	/* The new core has not been sent any yet. */
	rig_end(&r.fakes[CORE], 0);
	rig_settle(&r);
	rig_heard(&r, NEW + CORE, "peer 2.0 peer 2.1 peer 4.2 peer 4.3 conf=three go ");
	rig_release(&r);

	renew(&r);
	r.reload = "three";
	rig_end(&r.fakes[NEW + KEYD], 1 << 8);
	rig_settle(&r);
	assert_false(r.renew_done);
	rig_heard(&r, FRONT, "conf=three certificate reload ");
	rig_heard(&r, CORE, "peer 2.1 conf=three reload ");
	rig_release(&r);
}

/* The n-th change, from start to end; its front is told what fronts are told. */
static void
change(struct rig *r, size_t n)
{
	const size_t old = (n - 1) * N, new = n *N;
	char told[64];

	assert_int_equal(rig_renew(r, "more", 0), 0);
	rig_settle(r);
	rig_ready(r, new + FRONT);
	rig_ready(r, new + KEYD);
	rig_ready(r, new + KEYD1);
	snprintf(told, sizeof(told), "peer 3.%d conf=more certificate listener go peer 3.%d ",
	    (int)((n - 1) % 2), (int)(n % 2));
	rig_heard(r, new + FRONT, told);
	rig_end(&r->fakes[old + CORE], 0);
	rig_settle(r);
	rig_ready(r, new + CORE);
	rig_end(&r->fakes[old + KEYD], 0);
	rig_end(&r->fakes[old + KEYD1], 0);
	rig_settle(r);
}

static void
of_many_retired_the_oldest_are_drained(void **state)
{
	enum { RETIRED = 8, CHANGES = RETIRED + 3 };
	char told[64];
	struct rig r;
	size_t n, i;

	(void)state;
	rig_start(&r);
	rig_hear_start(&r);
	for (n = 1; n <= CHANGES; n++) {
		change(&r, n);
		/* All that still run learn of the new core. The one before retires, and the
		 * oldest ends if one too many is left. */
		for (i = n > RETIRED ? n - RETIRED - 1 : 0; i < n; i++) {
			snprintf(told, sizeof(told), "peer 3.%d %s%s", (int)(n % 2),
			    i + 1 == n ? "retire " : "", i + RETIRED + 1 == n ? "drain " : "");
			rig_heard(&r, i * N + FRONT, told);
		}
		if (n > RETIRED)
			rig_end(&r.fakes[(n - RETIRED - 1) * N + FRONT], 0);
		rig_settle(&r);
	}
	rig_release(&r);
}

static void
draining_ends_both_generations(void **state)
{
	struct rig r;

	(void)state;
	renew(&r);
	hear_renew(&r);
	new_ready(&r);
	rig_heard(&r, FRONT, "peer 3.1 retire ");
	rig_heard(&r, NEW + FRONT, "peer 3.1 ");
	supervise_drain(r.s);
	rig_heard(&r, FRONT, "drain ");
	rig_heard(&r, NEW + FRONT, "drain ");
	rig_end(&r.fakes[FRONT], 0);
	rig_end(&r.fakes[NEW + FRONT], 0);
	rig_settle(&r);
	rig_end(&r.fakes[CORE], 0);
	rig_settle(&r);
	assert_int_equal(r.fakes[NEW + CORE].killed, SIGKILL);
	rig_end(&r.fakes[KEYD], 0);
	rig_end(&r.fakes[KEYD1], 0);
	rig_end(&r.fakes[NEW + KEYD], 0);
	rig_end(&r.fakes[NEW + KEYD1], 0);
	rig_settle(&r);
	assert_int_equal(r.ended, 1);
	assert_false(r.failed);
	rig_release(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_new_follow_the_old_in_order),
		cmocka_unit_test(one_of_the_new_that_dies_ends_the_change),
		cmocka_unit_test(exec_that_fails_ends_the_change),
		cmocka_unit_test(one_change_at_a_time),
		cmocka_unit_test(a_new_core_that_dies_is_started_again),
		cmocka_unit_test(what_was_given_up_ends_in_order),
		cmocka_unit_test(a_reload_may_follow_at_once),
		cmocka_unit_test(of_many_retired_the_oldest_are_drained),
		cmocka_unit_test(draining_ends_both_generations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
