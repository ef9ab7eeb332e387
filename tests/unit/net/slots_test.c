/*
 * slots_test: tests which connection makes room, against rules written out and, at random, against
 * a plain search through all of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/slots.h"

static void
test_of_one_holder(void **state)
{
	struct slots *s = slots_new(rand_system());
	struct slot a, b, c;

	(void)state;
	assert_null(slots_first(s));
	assert_null(slots_first_of(s, STR("x")));
	slots_add(s, &a, &a, STR("x"));
	slots_add(s, &b, &b, STR("x"));
	slots_add(s, &c, &c, STR("x"));
	assert_int_equal(slots_count(s), 3);
	assert_int_equal(slots_held(s, STR("x")), 3);
	assert_int_equal(slots_held(s, STR("y")), 0);
	assert_null(slots_first(s)); /* all are kept */
	slots_set(s, &a, SLOT_SLOW);
	slots_set(s, &b, SLOT_SLOW);
	assert_ptr_equal(slots_first(s), &a);
	slots_set(s, &c, SLOT_IDLE); /* the idle go before the slow */
	assert_ptr_equal(slots_first(s), &c);
	slots_set(s, &b, SLOT_IDLE);
	assert_ptr_equal(slots_first(s), &c);
	slots_set(s, &c, SLOT_IDLE); /* busy in between: it is the youngest now */
	assert_ptr_equal(slots_first(s), &b);
	slots_set(s, &b, SLOT_KEPT);
	slots_set(s, &c, SLOT_KEPT);
	assert_ptr_equal(slots_first_of(s, STR("x")), &a);
	slots_remove(s, &a);
	assert_null(slots_first_of(s, STR("x")));
	slots_remove(s, &b);
	slots_remove(s, &c);
	assert_int_equal(slots_count(s), 0);
	slots_free(s);
}

/* Who keeps the server waiting on most loses one, though others are idle for longer. What is kept
 * does not count. */
static void
test_of_several_holders(void **state)
{
	struct slots *s = slots_new(rand_system());
	struct slot one, two[2], three[3];
	size_t i;

	(void)state;
	slots_add(s, &one, &one, STR("one"));
	slots_set(s, &one, SLOT_IDLE);
	for (i = 0; i < 2; i++) {
		slots_add(s, &two[i], &two[i], STR("two"));
		slots_set(s, &two[i], SLOT_SLOW);
	}
	for (i = 0; i < 3; i++)
		slots_add(s, &three[i], &three[i], STR("three"));
	assert_ptr_equal(slots_first(s), &two[0]);
	assert_ptr_equal(slots_first_of(s, STR("one")), &one);
	assert_null(slots_first_of(s, STR("three")));
	slots_remove(s, &two[0]);
	/* One of each: the idle goes before the slow, though it were the younger. */
	slots_set(s, &one, SLOT_IDLE);
	assert_ptr_equal(slots_first(s), &one);
	slots_set(s, &two[1], SLOT_IDLE);
	assert_ptr_equal(slots_first(s), &one);
	slots_set(s, &one, SLOT_IDLE);
	assert_ptr_equal(slots_first(s), &two[1]);
	for (i = 0; i < 3; i++)
		slots_set(s, &three[i], SLOT_SLOW);
	assert_ptr_equal(slots_first(s), &three[0]);
	for (i = 0; i < 3; i++)
		slots_remove(s, &three[i]);
	slots_remove(s, &two[1]);
	slots_remove(s, &one);
	slots_free(s);
}

#define N 60
#define HOLDERS 9

struct plain {
	struct slot slot;
	bool there;
	unsigned holder;
	enum slot_kind kind;
	uint64_t since;
};

static size_t
waiting(const struct plain *p, unsigned holder)
{
	size_t i, n = 0;

	for (i = 0; i < N; i++)
		n += p[i].there && p[i].holder == holder && p[i].kind != SLOT_KEPT;
	return n;
}

static bool
plain_before(const struct plain *all, const struct plain *a, const struct plain *b)
{
	size_t na = waiting(all, a->holder), nb = waiting(all, b->holder);

	if (na != nb)
		return na > nb;
	return a->kind != b->kind ? a->kind == SLOT_IDLE : a->since < b->since;
}

/* Holders that hold as many are told apart by what would go of each. */
static struct plain *
plain_first(struct plain *p)
{
	struct plain *best[HOLDERS] = { NULL }, *first = NULL;
	size_t i;

	for (i = 0; i < N; i++) {
		struct plain **b = &best[p[i].holder];

		if (p[i].there && p[i].kind != SLOT_KEPT &&
		    (*b == NULL || plain_before(p, &p[i], *b)))
			*b = &p[i];
	}
	for (i = 0; i < HOLDERS; i++) {
		if (best[i] != NULL && (first == NULL || plain_before(p, best[i], first)))
			first = best[i];
	}
	return first;
}

static void
test_against_a_plain_search(void **state)
{
	static struct plain p[N];
	struct slots *s = slots_new(rand_system());
	uint64_t x = 1, turn;
	size_t i, n;

	(void)state;
	for (turn = 0; turn < 20000; turn++) {
		struct plain *v;
		char name[4];

		x = x * 6364136223846793005u + 1442695040888963407u;
		v = &p[(x >> 33) % N];
		if (!v->there) {
			v->holder = (unsigned)((x >> 40) % HOLDERS);
			snprintf(name, sizeof(name), "h%u", v->holder);
			slots_add(s, &v->slot, v, str_of(name));
			v->there = true;
			v->kind = SLOT_KEPT;
		} else if ((x >> 50) % 4 == 0) {
			slots_remove(s, &v->slot);
			v->there = false;
		} else {
			v->kind = (enum slot_kind)((x >> 52) % 3);
			v->since = turn;
			slots_set(s, &v->slot, v->kind);
		}
		assert_ptr_equal(slots_first(s), plain_first(p));
	}
	for (i = n = 0; i < N; i++)
		n += p[i].there;
	assert_int_equal(slots_count(s), n);
	for (i = 0; i < N; i++) {
		if (p[i].there)
			slots_remove(s, &p[i].slot);
	}
	slots_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_of_one_holder),
		cmocka_unit_test(test_of_several_holders),
		cmocka_unit_test(test_against_a_plain_search),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
