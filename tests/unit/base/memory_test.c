/* memory_test: tests arena, secret and rand. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/rand.h"
#include "base/secret.h"
#include "remains.h"

static void
arena_hands_out_zeroed_memory(void **state)
{
	struct arena *a = arena_new(1 << 20);
	struct str s;
	char *p;
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		p = arena_alloc(a, 100);
		assert_int_equal((uintptr_t)p % 16, 0);
		assert_int_equal(p[0] | p[99], 0);
		memset(p, 'x', 100);
		p = arena_alloc(a, 100000); /* larger than a block */
		assert_int_equal(p[0] | p[99999], 0);
		memset(p, 'x', 100000);
		s = arena_fmt(a, "%s-%d", "i", 7);
		assert_true(str_eq_c(s, "i-7"));
		assert_string_equal(arena_cstr(a, STR("abc")), "abc");
		arena_reset(a);
	}
	arena_free(a);
	arena_free(NULL);
}

/* Room is what leaves an eighth of the maximum, also after a reset and in the first block. */
static void
arena_says_whether_there_is_room(void **state)
{
	struct arena *a = arena_new(1 << 20);

	(void)state;
	assert_true(arena_has_room(a, (1 << 20) / 8 * 7));
	assert_false(arena_has_room(a, (1 << 20) / 8 * 7 + 1));
	assert_false(arena_has_room(a, SIZE_MAX));
	arena_alloc(a, 16000);
	assert_true(arena_has_room(a, (1 << 20) / 8 * 7 - 16000));
	assert_false(arena_has_room(a, (1 << 20) / 8 * 7 - 15999));
	arena_alloc(a, 900000);
	assert_false(arena_has_room(a, 1 << 14));
	/* What is left is for others, and for them it is there. */
	arena_alloc(a, 1 << 14);
	assert_false(arena_has_room(a, 1));
	arena_reset(a);
	assert_true(arena_has_room(a, (1 << 20) / 8 * 7));
	arena_free(a);
}

/* What was handed out, or stood in a buffer, is nowhere afterwards. */
static void
what_is_freed_is_wiped(void **state)
{
	struct arena *a = arena_new(1 << 20);
	struct buf b;
	char *p;

	(void)state;
	assert_false(remains());
	remains_put(arena_alloc(a, 100));
	remains_put((char *)arena_alloc(a, 100000) + 50000);
	assert_true(remains());
	arena_reset(a);
	assert_false(remains());
	remains_put(arena_alloc(a, 100));
	remains_put(arena_alloc(a, 40000));
	arena_free(a);
	assert_false(remains());
	buf_init(&b, 5000);
	remains_put(buf_reserve(&b, 100) + 100 - REMAINS_N);
	buf_commit(&b, 100);
	buf_clear(&b);
	buf_str(&b, STR("short"));
	assert_true(remains());
	buf_release(&b);
	assert_false(remains());
	p = xalloc(1000);
	remains_put(p + 1000 - REMAINS_N);
	xfree_wiped(p);
	assert_false(remains());
	xfree_wiped(NULL);
}

static void
arena_aborts_past_its_maximum(void **state)
{
	struct rlimit none = { 0, 0 };
	struct arena *a;
	int status;
	pid_t pid;

	(void)state;
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		setrlimit(RLIMIT_CORE, &none);
		signal(SIGABRT, SIG_DFL);
		a = arena_new(100000);
		arena_alloc(a, 60000);
		arena_alloc(a, 60000);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void
secret_compares(void **state)
{
	struct secret *s = secret_new("hunter2", 7);

	(void)state;
	assert_int_equal(secret_len(s), 7);
	assert_memory_equal(secret_bytes(s), "hunter2", 7);
	assert_true(secret_equal("abc", "abc", 3));
	assert_false(secret_equal("abc", "abd", 3));
	assert_false(secret_equal("xbc", "abc", 3));
	secret_free(s);
	secret_free(NULL);
}

static void
count_up(void *ctx, void *p, size_t n)
{
	uint8_t *next = ctx, *at = p;

	while (n-- > 0)
		*at++ = (*next)++;
}

static void
rand_makes_ids(void **state)
{
	uint8_t next = 0;
	struct rng r = { count_up, &next };
	char uuid[37], hex[18];
	int i;

	(void)state;
	rand_uuid(&r, uuid);
	assert_string_equal(uuid, "00010203-0405-4607-8809-0a0b0c0d0e0f");
	rand_hex(&r, hex, 17);
	assert_string_equal(hex, "0123456789abcdef0");
	for (i = 0; i < 1000; i++)
		assert_true(rand_below(rand_system(), 3) < 3);
	assert_int_equal(rand_below(rand_system(), 1), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arena_hands_out_zeroed_memory),
		cmocka_unit_test(arena_says_whether_there_is_room),
		cmocka_unit_test(what_is_freed_is_wiped),
		cmocka_unit_test(arena_aborts_past_its_maximum),
		cmocka_unit_test(secret_compares),
		cmocka_unit_test(rand_makes_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
