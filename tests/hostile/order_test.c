/*
 * order_test: tests in which order requests are served that wait together: what one client asks
 * for, and how much of it, does not decide how long another waits (daemon/core_queue.h).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "daemon/core_queue.h"

#define BATCH 64
#define HERE "198.18.0.1"
#define THERE "198.18.0.2"

static struct core_queue *queue;
static struct queued *taken[BATCH];
static size_t n_taken;

static int
setup(void **state)
{
	(void)state;
	queue = core_queue_new(rand_system());
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	core_queue_free(queue);
	return 0;
}

/* A request that names this key, and is told apart by its number. The one that has to go, or 0. */
static uint64_t
ask(const char *key, const char *address, uint64_t number, size_t body)
{
	struct queued *r = core_queue_request(queue), *out;
	uint64_t gone;

	r->rq.asker.number = number;
	r->rq.peer_ip = arena_str(r->arena, str_of(address));
	r->rq.body = str_of_n(arena_alloc(r->arena, body), body);
	if ((out = core_queue_add(queue, r, str_of(key))) == NULL)
		return 0;
	gone = out->rq.asker.number;
	core_queue_drop(queue, out);
	return gone;
}

static void
take(void)
{
	n_taken = core_queue_take(queue, taken, BATCH);
}

/* Answers all that were taken: each was of this principal and cost so much. */
static void
done(const char *principal, uint64_t work)
{
	const struct api_response resp = { .work = work, .principal = str_of(principal) };
	size_t i;

	for (i = 0; i < n_taken; i++)
		core_queue_done(queue, taken[i], &resp);
	n_taken = 0;
}

/* Makes the key known as one of this principal, whose requests cost so much. */
static void
known(const char *key, const char *address, const char *principal, uint64_t work)
{
	(void)ask(key, address, 0, 0);
	take();
	assert_int_equal(n_taken, 1);
	done(principal, work);
}

/* The place of a request in the batch that was taken, or BATCH. */
static size_t
place_of(uint64_t number)
{
	size_t i;

	for (i = 0; i < n_taken && taken[i]->rq.asker.number != number; i++)
		;
	return i < n_taken ? i : BATCH;
}

/* How many in the batch have a number from this one on. */
static size_t
count_from(uint64_t number)
{
	size_t i, n = 0;

	for (i = 0; i < n_taken; i++)
		n += taken[i]->rq.asker.number >= number;
	return n;
}

static void
ask_many(const char *key, const char *address, uint64_t from, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		assert_int_equal(ask(key, address, from + i, 0), 0);
}

/* Answers what was taken: number 1 is of somebody else, and the others are asked again. */
static void
done_and_again(const char *somebody, uint64_t work, const char *key, const char *principal,
    uint64_t costly)
{
	struct api_response resp;
	uint64_t number;
	size_t i;

	for (i = 0; i < n_taken; i++) {
		number = taken[i]->rq.asker.number;
		resp = (struct api_response){ .work = number == 1 ? work : costly,
			.principal = str_of(number == 1 ? somebody : principal) };
		core_queue_done(queue, taken[i], &resp);
		if (number != 1)
			assert_int_equal(ask(key, HERE, number, 0), 0);
	}
	n_taken = 0;
}

/* Many connections of one principal, with costly requests: whoever comes later is in the next
 * batch, and is the first in it. */
static void
a_bystander_is_next(void **state)
{
	const uint64_t costly = CORE_QUEUE_BATCH_WORK / 2;
	size_t round;

	(void)state;
	known("AKIAMALLORY", HERE, "mallory", costly);
	known("AKIABOB", THERE, "bob", 1000);
	ask_many("AKIAMALLORY", HERE, 100, 24);
	for (round = 0; round < 10; round++) {
		take();
		assert_int_equal(n_taken, 2);
		done_and_again("", 0, "AKIAMALLORY", "mallory", costly);
		/* A stranger, and one who was here before. */
		ask_many(round < 5 ? "" : "AKIABOB", THERE, 1, 1);
		take();
		assert_int_equal(place_of(1), 0);
		assert_true(n_taken <= 2);
		done_and_again(round < 5 ? "" : "bob", 1000, "AKIAMALLORY", "mallory", costly);
	}
}

/* Two who always have requests waiting get as much of core, whatever one of theirs costs. */
static void
shares_are_of_cost(void **state)
{
	const uint64_t costs[2] = { CORE_QUEUE_BATCH_WORK / 4, CORE_QUEUE_BATCH_WORK / 100 };
	const char *const keys[2] = { "AKIAONE", "AKIATWO" }, *const names[2] = { "one", "two" };
	uint64_t served[2] = { 0, 0 }, apart;
	struct api_response resp;
	size_t i, who, round;

	(void)state;
	for (who = 0; who < 2; who++)
		known(keys[who], HERE, names[who], costs[who]);
	for (who = 0; who < 2; who++)
		ask_many(keys[who], HERE, who * 1000 + 1, 200);
	for (round = 0; round < 200; round++) {
		take();
		for (i = 0; i < n_taken; i++) {
			who = taken[i]->rq.asker.number > 1000;
			served[who] += costs[who];
			resp = (struct api_response){ .work = costs[who],
				.principal = str_of(names[who]) };
			core_queue_done(queue, taken[i], &resp);
			assert_int_equal(ask(keys[who], HERE, who * 1000 + 1, 0), 0);
		}
	}
	apart = served[0] > served[1] ? served[0] - served[1] : served[1] - served[0];
	if (apart > CORE_QUEUE_BATCH_WORK)
		fail_msg("%llu and %llu", (unsigned long long)served[0],
		    (unsigned long long)served[1]);
}

/* Keys that nobody has signed with from here are one client, however many: inventing them, or
 * naming somebody's own, gets nobody a further turn. */
static void
invented_keys_are_one_client(void **state)
{
	char key[32];
	size_t i;

	(void)state;
	known("AKIABOB", THERE, "bob", 1000);
	for (i = 0; i < 500; i++) {
		snprintf(key, sizeof(key), "AKIAINVENTED%zu", i);
		ask_many(key, HERE, 1000 + i, 1);
	}
	/* Bob's key, from where it was never used. */
	ask_many("AKIABOB", HERE, 900, 1);
	ask_many("AKIABOB", THERE, 1, 2);
	take();
	assert_true(place_of(1) < 2);
	assert_true(place_of(2) < 4);
	assert_int_equal(place_of(900), BATCH);
	done("", 1000);
}

/* Nor does it to ask from many addresses of one network (IPv6: /64). */
static void
a_network_is_one_client(void **state)
{
	static const struct {
		const char *one, *other;
		bool same;
	} rows[] = {
		{ "2001:db8::1", "2001:db8::2", true },
		{ "2001:db8::1", "2001:db8:0:0:ffff:ffff:ffff:ffff", true },
		{ "2001:db8::1", "2001:db8:0:1::1", false },
		{ "::ffff:198.18.0.1", "198.18.0.1", true },
		{ "::ffff:198.18.0.1", "::ffff:198.18.0.2", false },
		{ "198.18.0.1", "198.18.0.2", false },
		{ "nonsense", "2001:db8::1", false },
	};
	const uint64_t cost = CORE_QUEUE_BATCH_WORK / 16;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		known("", rows[i].one, "", cost);
		known("", rows[i].other, "", cost);
		/* One who is one client with the other has waited since before. */
		ask_many("", rows[i].one, 1000, 16);
		ask_many("", rows[i].other, 1, 16);
		take();
		assert_int_equal(n_taken, 16);
		if (count_from(1000) != (rows[i].same ? 16 : 8))
			fail_msg("%s and %s: %zu", rows[i].one, rows[i].other, count_from(1000));
		done("", 0);
		teardown(state);
		setup(state);
	}
}

/* A key is known where it was used, and not in all of the network: a neighbour who names it does
 * not wait in its owner's place. */
static void
a_neighbour_is_not_the_owner(void **state)
{
	const uint64_t cost = CORE_QUEUE_BATCH_WORK / 16;

	(void)state;
	known("AKIABOB", "2001:db8::1", "bob", cost);
	known("", "2001:db8::2", "", cost);
	ask_many("AKIABOB", "2001:db8::2", 1000, 100);
	ask_many("AKIABOB", "2001:db8::1", 1, 2);
	take();
	assert_true(place_of(1) < 2 && place_of(2) < 4);
	done("", 0);
}

/* Sessions have keys of their own and are one principal, wherever it is. */
static void
sessions_are_one_client(void **state)
{
	const uint64_t cost = CORE_QUEUE_BATCH_WORK / 16;
	char key[32];
	size_t i;

	(void)state;
	for (i = 0; i < 10; i++) {
		snprintf(key, sizeof(key), "ASIA%zu", i);
		known(key, i % 2 == 0 ? HERE : THERE, "mallory", cost);
	}
	known("AKIABOB", HERE, "bob", cost);
	for (i = 0; i < 10; i++) {
		snprintf(key, sizeof(key), "ASIA%zu", i);
		ask_many(key, i % 2 == 0 ? HERE : THERE, 1000 + 10 * i, 10);
	}
	ask_many("AKIABOB", HERE, 1, 20);
	take();
	assert_int_equal(n_taken, 16);
	/* Half of it each, but for what mallory had more before. */
	assert_true(count_from(1000) <= 8);
	done("", 0);
}

/* Who asked for nothing for a long time has no claim for that time. */
static void
a_pause_earns_nothing(void **state)
{
	const uint64_t cost = CORE_QUEUE_BATCH_WORK / 16;
	size_t i;

	(void)state;
	known("AKIAONE", HERE, "one", cost);
	known("AKIATWO", HERE, "two", cost);
	for (i = 0; i < 100; i++) {
		ask_many("AKIATWO", HERE, 1, 16);
		take();
		done("two", cost);
	}
	ask_many("AKIAONE", HERE, 1000, 100);
	ask_many("AKIATWO", HERE, 1, 100);
	take();
	assert_int_equal(n_taken, 16);
	assert_true(count_from(1000) >= 8 && count_from(1000) <= 9);
	done("", 0);
}

/* What a new client asks for is not known; after one of its requests it is. */
static void
an_estimate_is_corrected(void **state)
{
	(void)state;
	known("AKIAHUGE", THERE, "huge", 100 * CORE_QUEUE_BATCH_WORK);
	ask_many("AKIANEW", HERE, 1, 200);
	take();
	assert_int_equal(n_taken, BATCH);
	done("", CORE_QUEUE_BATCH_WORK);
	take();
	assert_int_equal(n_taken, 1);
	done("", CORE_QUEUE_BATCH_WORK / 100);
	/* Cheap ones do not hide a costly one at once. */
	take();
	assert_int_equal(n_taken, 1);
	done("", CORE_QUEUE_BATCH_WORK / 100);
	/* One that costs more than a batch is served all the same. */
	ask_many("AKIAHUGE", THERE, 1000, 1);
	while (place_of(1000) == BATCH) {
		assert_true(core_queue_count(queue) > 0);
		done("", 0);
		take();
	}
	done("", 0);
}

/* When too many wait, the client that has most loses its last one, and nobody else. */
static void
who_has_most_loses(void **state)
{
	size_t i;

	(void)state;
	ask_many("AKIAONE", HERE, 1, CORE_QUEUE_MAX - 1);
	ask_many("AKIATWO", THERE, 5000, 1);
	for (i = 0; i < 10; i++)
		assert_int_equal(ask("AKIATWO", THERE, 5001 + i, 0), CORE_QUEUE_MAX - 1 - i);
	assert_int_equal(ask("AKIAONE", HERE, 9999, 0), 9999);
	assert_int_equal(core_queue_count(queue), CORE_QUEUE_MAX);
	/* It need not be many to be too much. */
	for (i = 0; i < 10; i++) {
		take();
		done("", 0);
	}
	while (core_queue_count(queue) > 0) {
		take();
		done("", 0);
	}
	for (i = 0; ask("AKIAONE", HERE, 1 + i, 1u << 22) == 0; i++)
		assert_true(i < 100);
	ask_many("AKIATWO", THERE, 5000, 3);
	assert_int_equal(ask("AKIATWO", THERE, 5004, 1u << 22), i);
}

/* The root and the auditor are served before any number of others, and others beside them. */
static void
some_are_reserved(void **state)
{
	const uint64_t cost = CORE_QUEUE_BATCH_WORK / 32;
	const struct api_response root = { .work = cost,
		.principal = STR("root"),
		.reserved = true };
	char key[32];
	size_t i;

	(void)state;
	for (i = 0; i < 50; i++) {
		snprintf(key, sizeof(key), "AKIA%zu", i);
		known(key, HERE, key, cost);
	}
	for (i = 0; i < 50; i++) {
		snprintf(key, sizeof(key), "AKIA%zu", i);
		ask_many(key, HERE, 1000 + 10 * i, 10);
	}
	/* Nobody knows yet that it is the root. */
	ask_many("AKIAROOT", THERE, 1, 1);
	while (place_of(1) == BATCH) {
		done("", 0);
		take();
	}
	for (i = 0; i < n_taken; i++)
		core_queue_done(queue, taken[i],
		    taken[i]->rq.asker.number == 1 ? &root
						   : &(struct api_response){ .work = cost });
	n_taken = 0;
	ask_many("AKIAROOT", THERE, 1, 2);
	take();
	assert_true(place_of(1) == 0 && place_of(2) == 1);
	done("", 0);
	/* Its key from elsewhere is anybody's. */
	ask_many("AKIAROOT", HERE, 900, 1);
	take();
	assert_true(place_of(900) != 0);
	done("", 0);
	/* It has half of a batch before the others. */
	ask_many("AKIAROOT", THERE, 1, 200);
	take();
	assert_int_equal(n_taken, 32);
	assert_int_equal(count_from(900), 16);
	done("", 0);
}

/* Makes the key known as one of the root's, whose requests cost so much. */
static void
known_root(const char *key, const char *address, uint64_t work)
{
	const struct api_response root = { .work = work,
		.principal = STR("root"),
		.reserved = true };

	(void)ask(key, address, 0, 0);
	take();
	assert_int_equal(n_taken, 1);
	core_queue_done(queue, taken[0], &root);
}

/* One who is reserved and always has requests waiting takes half of core for long, and leaves half
 * of it to the others: in work, whatever one of its requests costs, and in places in a batch, when
 * they cost nothing. */
static void
reserved_is_half(void **state)
{
	const uint64_t costs[] = { CORE_QUEUE_BATCH_WORK / (2 * BATCH), CORE_QUEUE_BATCH_WORK / 32,
		CORE_QUEUE_BATCH_WORK / 3, CORE_QUEUE_BATCH_WORK, 5 * CORE_QUEUE_BATCH_WORK };
	uint64_t number, part, ours, theirs;
	struct api_response resp;
	size_t row, i, round;

	for (row = 0; row < sizeof(costs) / sizeof(costs[0]); row++) {
		ours = theirs = 0;
		known_root("AKIAROOT", HERE, costs[row]);
		known("AKIABOB", THERE, "bob", CORE_QUEUE_BATCH_WORK / 32);
		ask_many("AKIAROOT", HERE, 1000, 100);
		ask_many("AKIABOB", THERE, 1, 100);
		for (round = 0; round < 100; round++) {
			take();
			for (i = 0; i < n_taken; i++) {
				number = taken[i]->rq.asker.number;
				resp = (struct api_response){ .principal = STR("bob"),
					.work = CORE_QUEUE_BATCH_WORK / 32 };
				if (number >= 1000)
					resp = (struct api_response){ .work = costs[row],
						.principal = STR("root"),
						.reserved = true };
				*(number >= 1000 ? &ours : &theirs) += resp.work;
				core_queue_done(queue, taken[i], &resp);
				ask_many(number >= 1000 ? "AKIAROOT" : "AKIABOB",
				    number >= 1000 ? HERE : THERE, number, 1);
			}
		}
		part = costs[row] > CORE_QUEUE_BATCH_WORK ? costs[row] : CORE_QUEUE_BATCH_WORK;
		if (ours > theirs + 2 * part || theirs > ours + 2 * part)
			fail_msg("%zu: %llu and %llu", row, (unsigned long long)ours,
			    (unsigned long long)theirs);
		teardown(state);
		setup(state);
	}
}

/* A request of the root's that is larger than what is left of a batch waits for the next, and the
 * others are served in this one. */
static void
reserved_that_does_not_fit_keeps_nobody_out(void **state)
{
	const uint64_t small = CORE_QUEUE_BATCH_WORK / 64;

	(void)state;
	known_root("AKIAROOT", HERE, CORE_QUEUE_BATCH_WORK);
	known("AKIABOB", THERE, "bob", small);
	ask_many("AKIAROOT", HERE, 1000, 3);
	ask_many("AKIABOB", THERE, 1, 60);
	take();
	assert_int_equal(n_taken, 1);
	assert_int_equal(place_of(1000), 0);
	done("root", CORE_QUEUE_BATCH_WORK);
	/* After half of this one the root may be early again, and does not fit. */
	take();
	assert_int_equal(n_taken, 60);
	assert_int_equal(count_from(1000), 0);
	done("bob", small);
	take();
	assert_int_equal(place_of(1001), 0);
	done("root", CORE_QUEUE_BATCH_WORK);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_bystander_is_next),
		TEST(shares_are_of_cost),
		TEST(invented_keys_are_one_client),
		TEST(a_network_is_one_client),
		TEST(a_neighbour_is_not_the_owner),
		TEST(sessions_are_one_client),
		TEST(a_pause_earns_nothing),
		TEST(an_estimate_is_corrected),
		TEST(who_has_most_loses),
		TEST(some_are_reserved),
		TEST(reserved_is_half),
		TEST(reserved_that_does_not_fit_keeps_nobody_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
