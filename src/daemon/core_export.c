/*
 * core_export: see core_export.h. The files are PATH, PATH.1 (the one before), PATH.2 and so
 * on, and PATH.digest. Core opens them as its own user, and nobody else writes them.
 */
#include "daemon/core_export.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/log.h"
#include "trail/digest.h"
#include "trail/line.h"

#define PATH_BYTES (SETTINGS_PATH_BYTES + 24)
#define MODE 0640
/* When poll says that a pipe has room, this many bytes fit without blocking (pipe(7)). */
#define PIPE_PIECE_BYTES 4096
#define ARENA_BYTES (1u << 20)

struct out_file {
	char path[PATH_BYTES];
	int fd;    /* -1: not open */
	dev_t dev; /* device and inode of the open file */
	ino_t ino;
	int64_t size;
	bool torn; /* there are bytes behind size that must be cut off first */
};

struct core_export {
	const struct eicd_settings *s;
	struct export_port port;
	struct out_file records, digests;
	dev_t dir_dev; /* device and inode of their directory at the start; 0: it was missing */
	ino_t dir_ino;
	bool moved;
	struct buf rest;            /* what standard output has not taken of a line */
	char why[PATH_BYTES + 100]; /* the last error */
};

/* ---- files ---- */

/* Notes a failed call in e->why, and returns the code for errno: ERR_FULL or ERR_SYS. */
static int
sys_error(struct core_export *e, const char *call, const char *path)
{
	snprintf(e->why, sizeof(e->why), "%s %s: %s", call, path, strerror(errno));
	return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? ERR_FULL : ERR_SYS;
}

/* Writes the path of a file: PATH (n is 0), PATH.n, or PATH.digest (n < 0). */
static void
path_of(const struct core_export *e, int64_t n, char ret[static PATH_BYTES])
{
	if (n == 0)
		snprintf(ret, PATH_BYTES, "%s", e->s->audit_export);
	else if (n < 0)
		snprintf(ret, PATH_BYTES, "%s.digest", e->s->audit_export);
	else
		snprintf(ret, PATH_BYTES, "%s.%lld", e->s->audit_export, (long long)n);
}

/* Device and inode of the directory of the files, or 0. Nothing is opened for it, so that it works
 * for a directory that this process may not open. */
static void
dir_find(const struct core_export *e, dev_t *ret_dev, ino_t *ret_ino)
{
	char path[PATH_BYTES];
	struct stat st = { .st_dev = 0, .st_ino = 0 };

	path_of(e, 0, path);
	strrchr(path, '/')[1] = '\0'; /* the settings have an absolute path */
	if (stat(path, &st) == -1)
		st = (struct stat){ .st_dev = 0, .st_ino = 0 };
	*ret_dev = st.st_dev;
	*ret_ino = st.st_ino;
}

/* open has failed. */
static int
open_error(struct core_export *e, const char *path)
{
	bool denied = errno == EACCES;
	int r = sys_error(e, "open", path);
	dev_t dev;
	ino_t ino;

	if (denied) {
		dir_find(e, &dev, &ino);
		e->moved = ino != 0 && (dev != e->dir_dev || ino != e->dir_ino);
	}
	return r;
}

bool
core_export_moved(const struct core_export *e)
{
	return e != NULL && e->moved;
}

/* Another eicd would write its own trail between our lines. It holds the file of digests, as that
 * one is never put aside. */
static int
file_lock(struct core_export *e, const struct out_file *f)
{
	if (f != &e->digests || flock(f->fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno != EWOULDBLOCK)
		return sys_error(e, "flock", f->path);
	snprintf(e->why, sizeof(e->why), "another process exports its trail to %s", f->path);
	return ERR_SYS;
}

static int
file_open(struct core_export *e, struct out_file *f)
{
	struct stat st;
	int r;

	if (f->fd != -1 && f->torn) {
		if (ftruncate(f->fd, (off_t)f->size) == -1)
			return sys_error(e, "ftruncate", f->path);
		f->torn = false;
	}
	if (f->fd != -1)
		return 0;
	f->fd = open(f->path,
	    O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK, MODE);
	if (f->fd == -1)
		return open_error(e, f->path);
	if (fstat(f->fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		close(f->fd);
		f->fd = -1;
		snprintf(e->why, sizeof(e->why), "%s is not a regular file", f->path);
		return ERR_SYS;
	}
	if ((r = file_lock(e, f)) != 0) {
		close(f->fd);
		f->fd = -1;
		return r;
	}
	f->dev = st.st_dev;
	f->ino = st.st_ino;
	f->size = st.st_size;
	return 0;
}

static void
file_close(struct out_file *f)
{
	if (f->fd != -1)
		close(f->fd);
	f->fd = -1;
	f->torn = false;
}

/* Appends the whole line, or nothing of it. */
static int
file_append(struct core_export *e, struct out_file *f, struct str line)
{
	ssize_t n = write(f->fd, line.p, line.n);
	int r;

	if (n == (ssize_t)line.n) {
		f->size += (int64_t)n;
		return 0;
	}
	if (n != -1)
		errno = ENOSPC;
	r = sys_error(e, "write", f->path);
	/* If this fails too, file_open tries it again before anything else is written. */
	f->torn = ftruncate(f->fd, (off_t)f->size) == -1;
	return r;
}

/* ---- how far a file has come ---- */

/* Reads the bytes from `from` to `to` of a file into b. */
static int
range_read(int fd, int64_t from, int64_t to, struct buf *b)
{
	ssize_t n;
	char *p;

	buf_clear(b);
	while (from < to) {
		if ((p = buf_reserve(b, (size_t)(to - from))) == NULL)
			return buf_err(b);
		if ((n = pread(fd, p, (size_t)(to - from), (off_t)from)) <= 0)
			return ERR_SYS;
		buf_commit(b, (size_t)n);
		from += n;
	}
	return 0;
}

/* True when text is a line of the export; at gets the position after it. */
typedef bool (*is_line_fn)(struct str text, struct export_position *at);

static bool
is_record(struct str text, struct export_position *at)
{
	struct line l;

	if (line_parse(text, &l) != 0)
		return false;
	at->seq = l.seq;
	memcpy(at->hash, l.hash, sizeof(at->hash));
	return true;
}

static bool
is_digest(struct str text, struct export_position *at)
{
	struct arena *a = arena_new(ARENA_BYTES);
	struct digest_line l;
	struct digest d;
	bool good;

	good = digest_line_parse(text, a, &l) == 0 && digest_parse(l.text, a, &d) == 0;
	if (good) {
		at->digest_seq = d.seq;
		at->digest_last_seq = d.last_seq;
	}
	arena_free(a);
	return good;
}

/* Is this the beginning of our first line, on which the power failed? */
static bool
is_begun(struct str text, is_line_fn is_line)
{
	return is_line == is_record ? line_begins(text)
				    : memchr(text.p, '\n', text.n) == NULL && digest_line_is(text);
}

/*
 * Finds the last whole line, and its position: *ret_end is the end of the line, 0 when the file is
 * empty or has but the beginning of a line of ours. After a power failure there may be anything
 * behind it. ERR_SYNTAX when none of its last bytes (twice the longest line) are a line: then it is
 * not our file, and nothing of it may be cut off.
 */
static int
last_line(int fd, int64_t size, is_line_fn is_line, struct export_position *at, int64_t *ret_end)
{
	int64_t from = size > 2 * (int64_t)LINE_MAX_BYTES ? size - 2 * (int64_t)LINE_MAX_BYTES : 0;
	struct str text, line;
	const char *lf, *before;
	struct buf b;
	int r;

	buf_init(&b, 2 * LINE_MAX_BYTES);
	*ret_end = 0;
	if ((r = range_read(fd, from, size, &b)) != 0)
		goto out;
	text = buf_view(&b);
	while ((lf = text.n > 0 ? memrchr(text.p, '\n', text.n) : NULL) != NULL) {
		line = str_head(text, (size_t)(lf - text.p));
		before = line.n > 0 ? memrchr(line.p, '\n', line.n) : NULL;
		if (before != NULL)
			line = str_from(line, (size_t)(before - line.p) + 1);
		if ((before != NULL || from == 0) && is_line(line, at)) {
			*ret_end = from + (lf - b.p) + 1;
			goto out;
		}
		text = str_head(text, (size_t)(lf - text.p));
	}
	text = buf_view(&b);
	r = from > 0 || (text.n > 0 && !is_begun(text, is_line)) ? ERR_SYNTAX : 0;
out:
	buf_release(&b);
	return r;
}

/* Cuts off what is behind the last whole line. */
static int
file_recover(struct core_export *e, struct out_file *f, is_line_fn is_line,
    struct export_position *at)
{
	int64_t end;
	int r;

	if ((r = last_line(f->fd, f->size, is_line, at, &end)) != 0)
		snprintf(e->why, sizeof(e->why),
		    "%s: it has no line of this export; name a new file, or put this one aside",
		    f->path);
	if (r != 0 || end == f->size)
		return r;
	log_warn("export-cut", log_c("file", f->path), log_i("bytes", f->size - end));
	if (ftruncate(f->fd, (off_t)end) == -1)
		return sys_error(e, "ftruncate", f->path);
	f->size = end;
	return 0;
}

/* The present file has no record, as it is new. Takes the position from the files before it. */
static int
older_position(struct core_export *e, struct export_position *at)
{
	char path[PATH_BYTES];
	struct stat st;
	int64_t i, end;
	int fd, r = 0;

	for (i = 1; r == 0 && at->seq == 0 && i <= e->s->audit_export_keep; i++) {
		path_of(e, i, path);
		if ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)) == -1) {
			if (errno == ENOENT)
				continue;
			return open_error(e, path);
		}
		r = fstat(fd, &st) == -1 ? ERR_SYS : last_line(fd, st.st_size, is_record, at, &end);
		close(fd);
	}
	return r;
}

static int
files_open(struct core_export *e)
{
	int r;

	if ((r = file_open(e, &e->records)) != 0)
		return r;
	return file_open(e, &e->digests);
}

/* ERR_NOTFOUND when the path of f is now another file or none, or somebody cut the file. */
static int
one_watch(struct core_export *e, const struct out_file *f)
{
	struct stat st;

	if (f->fd == -1)
		return 0;
	if (lstat(f->path, &st) == -1) {
		if (errno != ENOENT)
			return sys_error(e, "lstat", f->path);
	} else if (st.st_dev == f->dev && st.st_ino == f->ino && st.st_size >= f->size) {
		return 0;
	}
	log_warn("export-gone", log_c("file", f->path));
	return ERR_NOTFOUND;
}

/* Notices when somebody removes or replaces a file, as what is written to it then is lost. */
static int
file_watch(void *ctx)
{
	struct core_export *e = ctx;
	int r;

	e->why[0] = '\0';
	if ((r = one_watch(e, &e->records)) == 0)
		r = one_watch(e, &e->digests);
	if (r == ERR_NOTFOUND) {
		file_close(&e->records);
		file_close(&e->digests);
	}
	return r;
}

static int
file_position(void *ctx, struct export_position *ret)
{
	struct core_export *e = ctx;
	struct export_position at = { .seq = 0 };
	int r;

	e->why[0] = '\0';
	file_close(&e->records);
	file_close(&e->digests);
	if ((r = files_open(e)) != 0)
		return r;
	if ((r = file_recover(e, &e->records, is_record, &at)) != 0 ||
	    (at.seq == 0 && (r = older_position(e, &at)) != 0))
		return r;
	if ((r = file_recover(e, &e->digests, is_digest, &at)) == 0)
		*ret = at;
	return r;
}

/* ---- putting files aside ---- */

/* Renames each file to the next number, beginning before the first number that is free, or with
 * the last number, whose file is replaced. So a crash between two renames loses none. */
static int
rotate(struct core_export *e)
{
	int64_t keep = e->s->audit_export_keep, i;
	char from[PATH_BYTES], to[PATH_BYTES];
	struct stat st;

	/* Once there is a next file, this one is not checked for lost lines any more. */
	if (fdatasync(e->records.fd) == -1)
		return sys_error(e, "fdatasync", e->records.path);
	for (i = 1; i < keep; i++) {
		path_of(e, i, to);
		if (lstat(to, &st) == -1 && errno == ENOENT)
			break;
	}
	for (; i > 0; i--) {
		path_of(e, i - 1, from);
		path_of(e, i, to);
		if (rename(from, to) == -1 && errno != ENOENT)
			return sys_error(e, "rename", from);
	}
	file_close(&e->records);
	return file_open(e, &e->records);
}

static int
file_record(void *ctx, struct str line)
{
	struct core_export *e = ctx;
	int r;

	if ((r = files_open(e)) != 0)
		return r;
	if (e->records.size > 0 &&
	    e->records.size + (int64_t)line.n > e->s->audit_export_max_size && (r = rotate(e)) != 0)
		return r;
	return file_append(e, &e->records, line);
}

static int
file_digest(void *ctx, struct str line)
{
	struct core_export *e = ctx;
	int r;

	if ((r = files_open(e)) != 0)
		return r;
	return file_append(e, &e->digests, line);
}

static int
file_sync(void *ctx)
{
	struct core_export *e = ctx;
	int r;

	if ((r = file_watch(e)) != 0 || (r = files_open(e)) != 0)
		return r;
	if (fdatasync(e->records.fd) == -1)
		return sys_error(e, "fdatasync", e->records.path);
	return fdatasync(e->digests.fd) == -1 ? sys_error(e, "fdatasync", e->digests.path) : 0;
}

static const char *
export_why(void *ctx)
{
	return ((const struct core_export *)ctx)->why;
}

/* ---- standard output ---- */

/* Writes as much of e->rest as the pipe takes without blocking. ERR_AGAIN: some is left. */
static int
pipe_flush(struct core_export *e)
{
	struct pollfd p = { .fd = STDOUT_FILENO, .events = POLLOUT };
	size_t piece;
	ssize_t n;

	while (e->rest.n > 0) {
		if (poll(&p, 1, 0) != 1)
			return ERR_AGAIN;
		if ((p.revents & POLLOUT) == 0)
			return ERR_CLOSED;
		piece = e->rest.n < PIPE_PIECE_BYTES ? e->rest.n : PIPE_PIECE_BYTES;
		if ((n = write(STDOUT_FILENO, e->rest.p, piece)) == -1)
			return errno == EAGAIN || errno == EINTR
			    ? ERR_AGAIN
			    : sys_error(e, "write", "standard output");
		buf_drop(&e->rest, (size_t)n);
	}
	return 0;
}

static int
pipe_line(void *ctx, struct str line)
{
	struct core_export *e = ctx;
	int r;

	if ((r = pipe_flush(e)) != 0)
		return r;
	buf_clear(&e->rest);
	buf_str(&e->rest, line);
	if ((r = buf_err(&e->rest)) != 0)
		return r;
	/* From here on the line is accepted. What is left of it is written before the next. */
	r = pipe_flush(e);
	return r == ERR_AGAIN ? 0 : r;
}

static int
pipe_sync(void *ctx)
{
	return pipe_flush(ctx);
}

/* ---- the whole ---- */

struct core_export *
core_export_new(const struct eicd_settings *s)
{
	struct core_export *e;

	if (s->audit_export[0] == '\0')
		return NULL;
	e = xalloc(sizeof(*e));
	e->s = s;
	e->records.fd = e->digests.fd = -1;
	path_of(e, 0, e->records.path);
	path_of(e, -1, e->digests.path);
	buf_init(&e->rest, LINE_MAX_BYTES + DIGEST_MAX_LINE_BYTES);
	if (strcmp(s->audit_export, "-") == 0) {
		e->port = (struct export_port){ .ctx = e,
			.forgets = true,
			.record = pipe_line,
			.digest = pipe_line,
			.sync = pipe_sync,
			.why = export_why };
	} else {
		dir_find(e, &e->dir_dev, &e->dir_ino);
		e->port = (struct export_port){ .ctx = e,
			.position = file_position,
			.record = file_record,
			.digest = file_digest,
			.sync = file_sync,
			.watch = file_watch,
			.why = export_why };
	}
	return e;
}

void
core_export_free(struct core_export *e)
{
	if (e == NULL)
		return;
	file_close(&e->records);
	file_close(&e->digests);
	buf_release(&e->rest);
	xfree(e);
}

const struct export_port *
core_export_port(const struct core_export *e)
{
	return e == NULL ? NULL : &e->port;
}
