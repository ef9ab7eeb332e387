/*
 * lost_digest_test: tests what core does when keyd has signed a digest that the store has not:
 * core died between the signature and the commit, or the store is not what it was.
 */
#include "fixture.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"
#include "region/export.h"
#include "store/store_digest.h"
#include "trail/digest.h"

static void
call(struct fixture *f)
{
	struct api_response resp = fixture_sts(f, "GetCallerIdentity");

	assert_status(f, &resp, 200);
}

static size_t
digests(struct fixture *f, struct store_digest **ret)
{
	size_t n;

	assert_ok(store_digest_list(f->st, f->a, STORE_NODE_ONLY, 1, 100, ret, &n));
	return n;
}

/* A turn of the timer, and what it logs. */
static const char *
turn(struct fixture *f)
{
	int fd = memfd_create("log", MFD_CLOEXEC), keep = dup(STDERR_FILENO);
	char *text = arena_alloc(f->a, 2000);
	ssize_t n;
	int r;

	log_set_level(LOG_LEVEL_WARN);
	assert_true(fd != -1 && keep != -1 && dup2(fd, STDERR_FILENO) != -1);
	r = export_digest(f->region);
	assert_true(dup2(keep, STDERR_FILENO) != -1);
	close(keep);
	assert_true((n = pread(fd, text, 1999, 0)) >= 0);
	close(fd);
	text[n] = '\0';
	assert_int_equal(r, 0);
	return text;
}

/* One digest is stored; core dies when keyd has signed the second one. */
static void
lose(struct fixture *f)
{
	call(f);
	assert_string_equal(turn(f), "");
	call(f);
	call(f);
	f->wall_ms += 3600 * 1000;
	f->hash_held = true;
	assert_string_equal(turn(f), "");
	assert_int_equal(f->keyd_open, 1);
	call(f);
	fixture_api_free(f);
	f->hash_held = false;
	f->wall_ms += 60 * 1000;
	fixture_api_new(f);
	call(f);
}

static void
test_recovered(void **state)
{
	struct fixture *f = *state;
	struct store_digest *v;
	struct digest d;
	const char *log;

	lose(f);
	log = turn(f);
	assert_non_null(strstr(log, " warn "));
	assert_non_null(strstr(log,
	    arena_fmt(f->a, " ev=digest-recovered digest=2 end_s=%d\n", NOW_S + 3600).p));
	/* It is the one that was signed: the records since are in the next one. */
	assert_int_equal(digests(f, &v), 2);
	assert_int_equal(v[1].created_at, NOW_S + 3600);
	assert_int_equal(v[1].first_seq, v[0].last_seq + 1);
	assert_int_equal(v[1].last_seq, v[0].last_seq + 2);
	assert_ok(digest_parse(v[1].digest, f->a, &d));
	assert_memory_equal(d.last_hash, v[1].last_hash.p, AUDITCHAIN_BYTES);
	assert_string_equal(turn(f), "");
	assert_int_equal(digests(f, &v), 2);
	f->wall_ms += 3540 * 1000;
	assert_string_equal(turn(f), "");
	assert_int_equal(digests(f, &v), 3);
	assert_int_equal(v[2].first_seq, v[1].last_seq + 1);
	assert_int_equal(v[2].last_seq, v[1].last_seq + 2);
	assert_true(str_eq(v[2].previous_signature, v[1].signature));
	assert_ok(digest_parse(v[2].digest, f->a, &d));
	assert_int_equal(d.start_at, NOW_S + 3600);
	assert_int_equal(d.end_at, NOW_S + 7200);
}

/* What was signed is not about what is stored: nothing is stored, and the log says so, each
 * minute. */
static void
test_does_not_fit(void **state)
{
	struct fixture *f = *state;
	struct store_digest *v;
	struct digest *d, good;
	const char *log;
	size_t i, begun;

	lose(f);
	d = f->digest;
	good = *d;
	for (i = 0; i < 7; i++) {
		*d = good;
		switch (i) {
		case 0: /* another one was signed behind it */
			d->seq++;
			break;
		case 1:
			d->first_seq--;
			break;
		case 2:
			d->first_previous[31] ^= 1;
			break;
		case 3:
			d->last_hash[31] ^= 1;
			break;
		case 4: /* these records are not there */
			d->last_seq += 100;
			break;
		case 5: /* the hash is that of another record */
			d->last_seq++;
			break;
		default:
			d->previous_signature = STR("another one");
		}
		log = turn(f);
		assert_non_null(strstr(log, " error "));
		assert_non_null(strstr(log,
		    arena_fmt(f->a, " ev=digest-lost signed=%d stored=1 last_record=%lld why=",
			i == 0 ? 3 : 2, (long long)d->last_seq)
			.p));
		assert_int_equal(digests(f, &v), 1);
		/* keyd is asked again after a minute, not in each turn. */
		begun = f->hash_begun;
		f->boot_ms += 59999;
		assert_string_equal(turn(f), "");
		assert_int_equal(f->hash_begun, begun);
		f->boot_ms += 1;
	}
	*d = good;
	assert_non_null(strstr(turn(f), " ev=digest-recovered "));
	assert_int_equal(digests(f, &v), 2);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_recovered),
		TEST(test_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
