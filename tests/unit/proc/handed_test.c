/*
 * handed_test: tests that a process that is started again gets the files that were good, whatever
 * has become of those on disk.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/log.h"
#include "proc/file.h"
#include "proc/handed.h"

struct fixture {
	char dir[64];
	char certificate[80], key[80];
	struct supervise_row rows[2];
	struct handed *h;
};

static void
put(const char *path, const char *text, mode_t mode)
{
	unlink(path);
	assert_int_equal(file_create(path, mode, (struct file_owner){ 0, 0 }, str_of(text)), 0);
}

static int
setup(void **state)
{
	struct fixture *f = xalloc(sizeof(*f));

	log_set_level(LOG_LEVEL_ERROR);
	snprintf(f->dir, sizeof(f->dir), "/tmp/handed_test.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->certificate, sizeof(f->certificate), "%s/certificate", f->dir);
	snprintf(f->key, sizeof(f->key), "%s/key", f->dir);
	f->rows[0] = (struct supervise_row){ .program = "nothing", .count = 1 };
	f->rows[1] = (struct supervise_row){ .program = "front",
		.count = 2,
		.files = { { .name = "certificate", .path = f->certificate },
		    { .name = "key", .path = f->key, .secret = true },
		    { .name = "none", .path = "/nonexistent/none" } } };
	put(f->certificate, "one", 0644);
	put(f->key, "key one", 0600);
	f->h = handed_new(f->rows, 2);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	handed_free(f->h);
	handed_free(NULL);
	unlink(f->certificate);
	unlink(f->key);
	assert_int_equal(rmdir(f->dir), 0);
	xfree(f);
	return 0;
}

static void
assert_given(const struct fixture *f, size_t i, const char *want)
{
	struct str got = STR("");

	assert_int_equal(handed_get(f->h, &f->rows[1], i, &got), want != NULL);
	if (want != NULL)
		assert_true(str_eq_c(got, want));
}

static unsigned
set_of(const struct fixture *f)
{
	return handed_set(f->h, &f->rows[1]);
}

/* Only a reload looks at the disk. */
static void
test_kept(void **state)
{
	struct fixture *f = *state;
	struct str none;

	put(f->certificate, "two", 0644);
	unlink(f->key);
	assert_given(f, 0, "one");
	assert_given(f, 1, "key one");
	assert_given(f, 2, NULL);
	assert_false(handed_get(f->h, &f->rows[0], 0, &none));
	handed_read(f->h);
	assert_given(f, 0, "two");
	assert_given(f, 1, "key one");
	assert_given(f, 2, NULL);
}

/* A key that others may read is not handed on. */
static void
test_secret(void **state)
{
	struct fixture *f = *state;

	put(f->key, "key two", 0604);
	handed_read(f->h);
	assert_given(f, 1, "key one");
	put(f->key, "key three", 0400);
	handed_read(f->h);
	assert_given(f, 1, "key three");
	handed_free(f->h);
	put(f->key, "key four", 0640);
	f->h = handed_new(f->rows, 2);
	assert_given(f, 0, "one");
	assert_given(f, 1, NULL);
}

/* n starts fail with the files that are handed out. */
static void
starts_fail(struct fixture *f, size_t n)
{
	while (n-- > 0)
		handed_bad(f->h, &f->rows[1], set_of(f));
}

/* What was reloaded turns out bad when the processes have died: they get what they had. */
static void
test_bad(void **state)
{
	struct fixture *f = *state;

	handed_good(f->h, &f->rows[1], set_of(f));
	put(f->certificate, "bad", 0644);
	put(f->key, "key bad", 0600);
	handed_read(f->h);
	put(f->certificate, "worse", 0644);
	handed_read(f->h);
	/* Each of the two has three starts with the new ones. */
	starts_fail(f, 5);
	assert_given(f, 0, "worse");
	assert_given(f, 1, "key bad");
	starts_fail(f, 1);
	assert_given(f, 0, "one");
	assert_given(f, 1, "key one");
	/* With these it works, and the others are forgotten. */
	handed_good(f->h, &f->rows[1], set_of(f));
	starts_fail(f, 20);
	assert_given(f, 0, "one");
	/* What is mended counts again. */
	put(f->certificate, "three", 0644);
	handed_read(f->h);
	assert_given(f, 0, "three");
	starts_fail(f, 6);
	assert_given(f, 0, "one");
}

/* A start that fails for another reason does not bring back an old certificate. */
static void
test_not_their_fault(void **state)
{
	struct fixture *f = *state;

	handed_good(f->h, &f->rows[1], set_of(f));
	put(f->certificate, "two", 0644);
	handed_read(f->h);
	starts_fail(f, 1);
	assert_given(f, 0, "two");
	/* Whatever it was lasts: those from before do no better, and are not tried twice. */
	starts_fail(f, 5);
	assert_given(f, 0, "one");
	starts_fail(f, 1);
	assert_given(f, 0, "two");
	starts_fail(f, 5);
	assert_given(f, 0, "two");
	starts_fail(f, 2);
	assert_given(f, 0, "two");
	handed_good(f->h, &f->rows[1], set_of(f));
	starts_fail(f, 20);
	assert_given(f, 0, "two");
}

/* What is known of a set that is handed out no more changes nothing. */
static void
test_outdated(void **state)
{
	struct fixture *f = *state;
	unsigned first = set_of(f);
	size_t i;

	handed_good(f->h, &f->rows[1], first);
	put(f->certificate, "two", 0644);
	handed_read(f->h);
	assert_int_not_equal(set_of(f), first);
	for (i = 0; i < 20; i++)
		handed_bad(f->h, &f->rows[1], first);
	assert_given(f, 0, "two");
	handed_good(f->h, &f->rows[1], first);
	starts_fail(f, 6);
	assert_given(f, 0, "one");
}

/* Where nothing was good yet there is nothing else to give. */
static void
test_never_good(void **state)
{
	struct fixture *f = *state;

	starts_fail(f, 20);
	assert_given(f, 0, "one");
	put(f->certificate, "two", 0644);
	handed_read(f->h);
	starts_fail(f, 20);
	assert_given(f, 0, "two");
}

/* A file that the role keeps may be missing; what it has now, every later start has. */
static void
test_kept_by_its_role(void **state)
{
	struct fixture *f = *state;
	char kept[80];
	unsigned set, n;

	snprintf(kept, sizeof(kept), "%s/kept", f->dir);
	handed_free(f->h);
	f->rows[1].files[2] = (struct supervise_file){ .name = "kept", .path = kept, .kept = true };
	f->h = handed_new(f->rows, 2);
	assert_given(f, 2, NULL);
	handed_good(f->h, &f->rows[1], handed_set(f->h, &f->rows[1]));
	put(f->certificate, "two", 0644);
	handed_read(f->h);
	handed_keep(f->h, &f->rows[1], 2, STR("new"));
	assert_given(f, 0, "two");
	assert_given(f, 2, "new");
	handed_keep(f->h, &f->rows[1], 2, STR("newer"));
	/* In the other set, too. */
	set = handed_set(f->h, &f->rows[1]);
	for (n = 0; n < 20; n++)
		handed_bad(f->h, &f->rows[1], set);
	assert_given(f, 0, "one");
	assert_given(f, 2, "newer");
	/* Who removes the file means it. */
	handed_read(f->h);
	assert_given(f, 2, NULL);
}

/* What is revoked by its file's end is gone from the set before, too. */
static void
test_revocable(void **state)
{
	struct fixture *f = *state;
	unsigned set;
	int n;

	f->rows[1].files[0].revocable = true;
	handed_good(f->h, &f->rows[1], set_of(f));
	unlink(f->certificate);
	assert_int_equal(mkdir(f->certificate, 0755), 0);
	handed_read(f->h);
	assert_given(f, 0, "one");
	assert_int_equal(rmdir(f->certificate), 0);
	handed_read(f->h);
	assert_given(f, 0, "");
	set = set_of(f);
	for (n = 0; n < 6; n++)
		handed_bad(f->h, &f->rows[1], set);
	assert_int_not_equal(set_of(f), set);
	assert_given(f, 0, "");
	put(f->certificate, "two", 0644);
	handed_read(f->h);
	assert_given(f, 0, "two");
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_kept),
		TEST(test_secret),
		TEST(test_bad),
		TEST(test_not_their_fault),
		TEST(test_outdated),
		TEST(test_never_good),
		TEST(test_kept_by_its_role),
		TEST(test_revocable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
