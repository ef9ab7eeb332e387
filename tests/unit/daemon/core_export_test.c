/*
 * core_export_test: tests the files of the exported trail: how they are rotated, how an export
 * goes on after a crash or when somebody cut or removed a file, and what happens with a full disk
 * or a pipe that nobody reads.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/log.h"
#include "daemon/core_export.h"
#include "trail/digest.h"
#include "trail/line.h"

#define assert_ok(expr) assert_int_equal((expr), 0)

struct fixture {
	char dir[64];
	struct eicd_settings s;
	struct core_export *e;
	const struct export_port *port;
	struct arena *a;
	uint8_t hash[AUDITCHAIN_BYTES]; /* of the last line made */
	int64_t seq;
};

static void
reopen(struct fixture *f)
{
	core_export_free(f->e);
	f->e = core_export_new(&f->s);
	f->port = core_export_port(f->e);
}

static int
setup(void **state)
{
	struct fixture *f = xalloc(sizeof(*f));

	log_set_level(LOG_LEVEL_ERROR);
	snprintf(f->dir, sizeof(f->dir), "/tmp/export_test.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	f->a = arena_new(16u << 20);
	settings_default(&eicd_table, &f->s);
	snprintf(f->s.audit_export, sizeof(f->s.audit_export), "%s/audit", f->dir);
	f->s.audit_export_max_size = 1100;
	f->s.audit_export_keep = 3;
	reopen(f);
	*state = f;
	return 0;
}

static const char *
path(struct fixture *f, const char *suffix)
{
	return arena_fmt(f->a, "%s/audit%s", f->dir, suffix).p;
}

static int
teardown(void **state)
{
	static const char *const names[] = { "", ".1", ".2", ".3", ".4", ".digest" };
	struct fixture *f = *state;
	size_t i;

	core_export_free(f->e);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(path(f, names[i]));
	assert_ok(rmdir(f->dir));
	arena_free(f->a);
	xfree(f);
	return 0;
}

/* The next line of the chain, 300 bytes or so. */
static struct str
next_line(struct fixture *f)
{
	struct line l = { .seq = ++f->seq };
	struct str id, record;
	struct buf b;

	id = arena_fmt(f->a, "id-%lld", (long long)l.seq);
	record = arena_fmt(f->a,
	    "{\"eventVersion\":\"1\",\"eventTime\":\"2024-08-01T13:24:47Z\",\"eventID\":\"%.*s\"}",
	    STR_FMT(id));
	memcpy(l.previous, f->hash, sizeof(f->hash));
	auditchain_hash(l.previous, (uint64_t)l.seq, id, record, l.hash);
	memcpy(f->hash, l.hash, sizeof(f->hash));
	buf_init(&b, 4096);
	assert_ok(line_write(&b, record, &l));
	record = arena_str(f->a, buf_view(&b));
	buf_release(&b);
	return record;
}

static struct str
digest_line(struct fixture *f, int64_t seq)
{
	struct digest d = { .account_id = STR("1"),
		.region = STR("r"),
		.seq = seq,
		.interval_s = 60,
		.first_seq = 1,
		.last_seq = seq * 10,
		.fingerprint = STR("f") };
	struct digest_line l = { .signature = STR("s"),
		.certificates = { STR("c") },
		.n_certificates = 1 };
	struct buf text, line;
	struct str out;

	buf_init(&text, 4096);
	buf_init(&line, 8192);
	assert_ok(digest_write(&text, &d));
	l.text = buf_view(&text);
	assert_ok(digest_line_write(&line, &l));
	out = arena_str(f->a, buf_view(&line));
	buf_release(&text);
	buf_release(&line);
	return out;
}

static void
append(struct fixture *f, int n)
{
	while (n-- > 0)
		assert_ok(f->port->record(f->port->ctx, next_line(f)));
}

/* How many lines are in a file; -1: it is not there. */
static int
count(struct fixture *f, const char *suffix)
{
	int fd = open(path(f, suffix), O_RDONLY), n = 0;
	char c;

	if (fd == -1)
		return -1;
	while (read(fd, &c, 1) == 1)
		n += c == '\n';
	close(fd);
	return n;
}

static struct export_position
position(struct fixture *f)
{
	struct export_position at;

	reopen(f);
	assert_ok(f->port->position(f->port->ctx, &at));
	return at;
}

static void
scribble(struct fixture *f, const char *suffix, const void *p, size_t n)
{
	int fd = open(path(f, suffix), O_WRONLY | O_APPEND | O_CREAT, 0600);

	assert_true(fd != -1);
	assert_int_equal(write(fd, p, n), n);
	close(fd);
}

static void
test_off(void **state)
{
	struct fixture *f = *state;

	f->s.audit_export[0] = '\0';
	assert_null(core_export_new(&f->s));
	assert_null(core_export_port(NULL));
}

static void
test_position(void **state)
{
	struct fixture *f = *state;
	struct export_position at = position(f);
	struct stat st;

	assert_int_equal(at.seq, 0);
	assert_int_equal(at.digest_seq, 0);
	append(f, 2);
	assert_ok(f->port->digest(f->port->ctx, digest_line(f, 1)));
	assert_ok(f->port->digest(f->port->ctx, digest_line(f, 2)));
	assert_ok(f->port->sync(f->port->ctx));
	at = position(f);
	assert_int_equal(at.seq, 2);
	assert_memory_equal(at.hash, f->hash, sizeof(f->hash));
	assert_int_equal(at.digest_seq, 2);
	assert_int_equal(at.digest_last_seq, 20);
	assert_ok(stat(path(f, ""), &st));
	assert_int_equal(st.st_mode & 0777 & ~0640u, 0);
}

/* What may be behind the last whole line after kill -9, or without power. */
static void
test_torn(void **state)
{
	static const char zeros[4096];
	struct fixture *f = *state;
	struct export_position at;
	struct str line;
	int i;

	f->s.audit_export_max_size = 1 << 20;
	append(f, 3);
	line = next_line(f);
	f->seq--;
	for (i = 0; i < 4; i++) {
		if (i == 0)
			scribble(f, "", line.p, line.n - 1); /* all but the LF */
		else if (i == 1)
			scribble(f, "", line.p, 1);
		else if (i == 2)
			scribble(f, "", zeros, sizeof(zeros));
		else
			scribble(f, "", "{\"a\":1}\n\n\n", 10);
		at = position(f);
		assert_int_equal(at.seq, 3);
		assert_int_equal(count(f, ""), 3);
	}
	assert_ok(f->port->record(f->port->ctx, line));
	at = position(f);
	assert_int_equal(at.seq, 4);
	assert_ok(f->port->digest(f->port->ctx, digest_line(f, 1)));
	scribble(f, ".digest", "{\"openeicDigest\":{", 18);
	at = position(f);
	assert_int_equal(at.digest_seq, 1);
	assert_int_equal(count(f, ".digest"), 1);
}

/* Something else's file is left as it is. */
static void
test_foreign(void **state)
{
	struct fixture *f = *state;
	struct export_position at;
	struct stat st;
	char *other = xalloc(3 * LINE_MAX_BYTES);

	memset(other, 'x', 3 * LINE_MAX_BYTES);
	scribble(f, "", other, 3 * LINE_MAX_BYTES);
	xfree(other);
	assert_int_equal(f->port->position(f->port->ctx, &at), ERR_SYNTAX);
	assert_ok(stat(path(f, ""), &st));
	assert_int_equal(st.st_size, 3 * LINE_MAX_BYTES);
	/* A symbolic link is not followed either. */
	reopen(f);
	unlink(path(f, ""));
	assert_ok(symlink("/dev/null", path(f, "")));
	assert_int_equal(f->port->record(f->port->ctx, STR("{}\n")), ERR_SYS);
}

/* A file of another program is never cut, however short it is and however much it looks like ours.
 */
static void
test_foreign_short(void **state)
{
	static const char *const others[] = {
		"x",
		"\n",
		"SQLite format 3",
		"{\"eventVersion\":\"1.08\",\"eventID\":\"a\"}",
		"{\"eventVersion\":\"1.08\"}\n{\"eventVersion\":\"1.0",
		"{\"Records\":[{\"eventVersion\":\"1.0",
		"{\"openeicDigest\":{}}\n",
	};
	static const char *const suffixes[] = { "", ".digest" };
	static const char zeros[4096];
	struct fixture *f = *state;
	struct export_position at;
	struct stat st;
	size_t i, k;

	for (k = 0; k < 2; k++) {
		for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
			scribble(f, suffixes[k], others[i], strlen(others[i]));
			assert_int_equal(f->port->position(f->port->ctx, &at), ERR_SYNTAX);
			assert_ok(stat(path(f, suffixes[k]), &st));
			assert_int_equal(st.st_size, strlen(others[i]));
			assert_non_null(strstr(f->port->why(f->port->ctx), path(f, suffixes[k])));
			unlink(path(f, suffixes[k]));
		}
		scribble(f, suffixes[k], zeros, sizeof(zeros));
		assert_int_equal(f->port->position(f->port->ctx, &at), ERR_SYNTAX);
		unlink(path(f, suffixes[k]));
	}
}

/* A second exporter touches nothing while the first one lives. */
static void
test_two(void **state)
{
	struct fixture *f = *state;
	struct core_export *first = f->e;
	struct export_position at;

	f->s.audit_export_max_size = 1 << 20;
	append(f, 2);
	f->e = core_export_new(&f->s);
	f->port = core_export_port(f->e);
	scribble(f, "", "{", 1);
	assert_int_equal(f->port->position(f->port->ctx, &at), ERR_SYS);
	assert_non_null(strstr(f->port->why(f->port->ctx), "another process"));
	assert_int_equal(f->port->record(f->port->ctx, next_line(f)), ERR_SYS);
	assert_int_equal(f->port->digest(f->port->ctx, digest_line(f, 1)), ERR_SYS);
	f->seq--;
	core_export_free(first);
	assert_ok(f->port->position(f->port->ctx, &at));
	assert_int_equal(at.seq, 2);
	assert_int_equal(count(f, ".digest"), 0);
}

/* The first line of all, on which the power failed, is cut off: nothing else would go on. */
static void
test_torn_first(void **state)
{
	struct fixture *f = *state;
	struct str lines[2] = { next_line(f), digest_line(f, 1) };
	struct stat st;
	size_t n;

	f->seq--;
	for (n = 1; n < lines[0].n; n++) {
		scribble(f, "", lines[0].p, n);
		assert_int_equal(position(f).seq, 0);
		assert_ok(stat(path(f, ""), &st));
		assert_int_equal(st.st_size, 0);
	}
	scribble(f, ".digest", lines[1].p, lines[1].n - 1);
	assert_int_equal(position(f).digest_seq, 0);
	assert_ok(stat(path(f, ".digest"), &st));
	assert_int_equal(st.st_size, 0);
}

static void
test_rotation(void **state)
{
	struct fixture *f = *state;
	struct export_position at;

	/* Four lines of about 260 bytes are less than 1100. */
	append(f, 4);
	assert_int_equal(count(f, ""), 4);
	assert_int_equal(count(f, ".1"), -1);
	append(f, 1);
	assert_int_equal(count(f, ""), 1);
	assert_int_equal(count(f, ".1"), 4);
	append(f, 11);
	assert_int_equal(count(f, ".3"), 4);
	assert_int_equal(count(f, ".4"), -1);
	append(f, 1);
	assert_int_equal(count(f, ""), 1);
	assert_int_equal(count(f, ".3"), 4);
	assert_int_equal(count(f, ".4"), -1);
	at = position(f);
	assert_int_equal(at.seq, 17);
	/* A line longer than a file is a file of its own. */
	f->s.audit_export_max_size = 10;
	append(f, 2);
	assert_int_equal(count(f, ""), 1);
	assert_int_equal(count(f, ".1"), 1);
}

/* A crash between two renames, and before the new file. */
static void
test_rotation_torn(void **state)
{
	struct fixture *f = *state;
	struct export_position at;

	append(f, 12);
	assert_ok(rename(path(f, ".1"), path(f, ".3")));
	at = position(f);
	assert_int_equal(at.seq, 12);
	append(f, 1);
	assert_int_equal(count(f, ".1"), 4);
	assert_int_equal(count(f, ".2"), 4);
	assert_int_equal(count(f, ".3"), 4);
	assert_int_equal(count(f, ""), 1);
	assert_ok(unlink(path(f, "")));
	f->seq--;
	at = position(f);
	assert_int_equal(at.seq, 12);
}

/* In the place of the C library's, for files that only grow (chattr +a). */
static bool grows_only;

int
ftruncate(int fd, off_t n)
{
	if (!grows_only)
		return (int)syscall(SYS_ftruncate, fd, n);
	errno = EPERM;
	return -1;
}

/* A torn line that cannot be cut: nothing is written behind it. */
static void
test_full_uncut(void **state)
{
	struct fixture *f = *state;
	struct rlimit was, small;
	struct export_position at;
	struct str line;

	append(f, 2);
	line = next_line(f);
	assert_ok(getrlimit(RLIMIT_FSIZE, &was));
	small = was;
	small.rlim_cur = 2 * line.n + 50;
	assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	assert_ok(setrlimit(RLIMIT_FSIZE, &small));
	grows_only = true;
	assert_int_equal(f->port->record(f->port->ctx, line), ERR_FULL);
	assert_ok(setrlimit(RLIMIT_FSIZE, &was));
	assert_int_equal(f->port->record(f->port->ctx, line), ERR_SYS);
	assert_int_equal(f->port->sync(f->port->ctx), ERR_SYS);
	grows_only = false;
	assert_ok(f->port->record(f->port->ctx, line));
	assert_int_equal(count(f, ""), 3);
	at = position(f);
	assert_int_equal(at.seq, 3);
	assert_int_equal(count(f, ""), 3);
}

/* A disk that is full in the middle of a line: nothing of the line is left. */
static void
test_full(void **state)
{
	struct fixture *f = *state;
	struct rlimit was, small;
	struct export_position at;
	struct str line;

	append(f, 2);
	line = next_line(f);
	assert_ok(getrlimit(RLIMIT_FSIZE, &was));
	small = was;
	small.rlim_cur = 2 * line.n + 50;
	assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	assert_ok(setrlimit(RLIMIT_FSIZE, &small));
	assert_int_equal(f->port->record(f->port->ctx, line), ERR_FULL);
	assert_int_equal(f->port->record(f->port->ctx, line), ERR_FULL);
	assert_ok(setrlimit(RLIMIT_FSIZE, &was));
	assert_int_equal(count(f, ""), 2);
	assert_ok(f->port->record(f->port->ctx, line));
	at = position(f);
	assert_int_equal(at.seq, 3);
	assert_int_equal(count(f, ""), 3);
}

/* Whoever looks at the log is told the file, the call and the reason. */
static void
test_why(void **state)
{
	struct fixture *f = *state;
	struct export_position at;

	snprintf(f->s.audit_export, sizeof(f->s.audit_export), "/proc/version/audit");
	reopen(f);
	assert_int_equal(f->port->position(f->port->ctx, &at), ERR_SYS);
	assert_string_equal(f->port->why(f->port->ctx),
	    "open /proc/version/audit: Not a directory");
	snprintf(f->s.audit_export, sizeof(f->s.audit_export), "%s/audit", f->dir);
	reopen(f);
	assert_ok(f->port->position(f->port->ctx, &at));
	assert_string_equal(f->port->why(f->port->ctx), "");
}

/* Removed, replaced or cut by somebody else, while it is written. */
static void
test_gone(void **state)
{
	struct fixture *f = *state;
	struct export_position at;

	log_set_level(LOG_LEVEL_ERROR);
	append(f, 6);
	assert_ok(f->port->digest(f->port->ctx, digest_line(f, 1)));
	assert_ok(f->port->watch(f->port->ctx));
	assert_ok(unlink(path(f, "")));
	assert_int_equal(f->port->watch(f->port->ctx), ERR_NOTFOUND);
	assert_ok(f->port->position(f->port->ctx, &at));
	assert_int_equal(at.seq, 4);
	assert_int_equal(at.digest_seq, 1);
	assert_int_equal(count(f, ""), 0);
	assert_ok(f->port->watch(f->port->ctx));
	append(f, 2);
	assert_ok(unlink(path(f, ".digest")));
	assert_int_equal(f->port->sync(f->port->ctx), ERR_NOTFOUND);
	assert_ok(f->port->position(f->port->ctx, &at));
	assert_int_equal(at.digest_seq, 0);
	assert_ok(rename(path(f, ""), path(f, ".4")));
	scribble(f, "", "{", 1);
	assert_int_equal(f->port->watch(f->port->ctx), ERR_NOTFOUND);
	assert_ok(f->port->position(f->port->ctx, &at));
	append(f, 1);
	assert_ok(truncate(path(f, ""), 10));
	assert_int_equal(f->port->watch(f->port->ctx), ERR_NOTFOUND);
	assert_ok(f->port->position(f->port->ctx, &at));
	assert_ok(f->port->watch(f->port->ctx));
}

/* Standard output: what does not fit waits, and nothing blocks. */
static void
test_pipe(void **state)
{
	struct fixture *f = *state;
	int fd[2], keep = dup(STDOUT_FILENO), r = 0, n = 0;
	struct buf got, want;
	struct str line;
	ssize_t k;
	char *p;

	snprintf(f->s.audit_export, sizeof(f->s.audit_export), "-");
	reopen(f);
	assert_true(f->port->forgets);
	buf_init(&got, 1u << 20);
	buf_init(&want, 1u << 20);
	assert_ok(pipe2(fd, O_NONBLOCK));
	fflush(stdout);
	assert_int_equal(dup2(fd[1], STDOUT_FILENO), STDOUT_FILENO);
	while (r == 0 && n++ < 10000) {
		line = next_line(f);
		if ((r = f->port->record(f->port->ctx, line)) == 0)
			buf_str(&want, line);
	}
	while (f->port->sync(f->port->ctx) == ERR_AGAIN &&
	    (k = read(fd[0], p = buf_reserve(&got, 5000), 5000)) > 0)
		buf_commit(&got, (size_t)k);
	assert_int_equal(dup2(keep, STDOUT_FILENO), STDOUT_FILENO);
	close(fd[1]);
	while ((k = read(fd[0], p = buf_reserve(&got, 5000), 5000)) > 0)
		buf_commit(&got, (size_t)k);
	close(fd[0]);
	close(keep);
	assert_int_equal(r, ERR_AGAIN);
	assert_true(str_eq(buf_view(&got), buf_view(&want)));
	buf_release(&got);
	buf_release(&want);
}

/* Another directory has taken the place of the one that was there at the start, or it came only
 * later: this process may not write there. One that may not be written for another reason is not
 * taken for it. */
static void
test_moved(void **state)
{
	struct fixture *f = *state;
	struct export_position at;
	const char *dir = arena_fmt(f->a, "%s/audit.d", f->dir).p;
	const char *before = arena_fmt(f->a, "%s/audit.d0", f->dir).p;

	assert_false(core_export_moved(NULL));
	snprintf(f->s.audit_export, sizeof(f->s.audit_export), "%s/audit", dir);
	assert_ok(mkdir(dir, 0700));
	assert_ok(chmod(f->dir, 0711));
	reopen(f);
	assert_ok(seteuid(12345));
	assert_int_equal(f->port->position(f->port->ctx, &at), ERR_SYS);
	assert_false(core_export_moved(f->e));
	assert_ok(seteuid(0));
	assert_ok(rename(dir, before));
	assert_ok(seteuid(12345));
	assert_int_equal(f->port->position(f->port->ctx, &at), ERR_SYS);
	assert_false(core_export_moved(f->e));
	assert_ok(seteuid(0));
	assert_ok(mkdir(dir, 0700));
	assert_ok(seteuid(12345));
	assert_int_equal(f->port->position(f->port->ctx, &at), ERR_SYS);
	assert_true(core_export_moved(f->e));
	/* For the next process it is the right one, and so it is when nothing was there first. */
	reopen(f);
	assert_int_equal(f->port->position(f->port->ctx, &at), ERR_SYS);
	assert_false(core_export_moved(f->e));
	assert_ok(seteuid(0));
	assert_ok(rmdir(dir));
	reopen(f);
	assert_ok(rename(before, dir));
	assert_ok(seteuid(12345));
	assert_int_equal(f->port->position(f->port->ctx, &at), ERR_SYS);
	assert_true(core_export_moved(f->e));
	assert_ok(seteuid(0));
	assert_ok(rmdir(dir));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_off),
		TEST(test_position),
		TEST(test_torn),
		TEST(test_foreign),
		TEST(test_foreign_short),
		TEST(test_torn_first),
		TEST(test_two),
		TEST(test_rotation),
		TEST(test_rotation_torn),
		TEST(test_full),
		TEST(test_full_uncut),
		TEST(test_why),
		TEST(test_gone),
		TEST(test_pipe),
		TEST(test_moved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
