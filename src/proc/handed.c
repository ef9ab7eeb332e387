/*
 * handed: see handed.h.
 */
#include "proc/handed.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/log.h"
#include "proc/file.h"

#define FILE_MAX_BYTES (1u << 20)
#define SECRET_MODE 0600
/* So many starts of each process of a row must fail with a set before the one before is tried. */
#define TRIES 3

struct file {
	struct buf bytes;
	bool there;
};

struct set {
	unsigned number;
	bool good; /* a process was ready with it */
	bool there;
	unsigned failed; /* how many starts with it have failed, since it was handed out */
	struct file files[SUPERVISE_FILES_MAX];
};

/* The sets of a row: the one to hand out, and another. That is the good one that it has replaced,
 * if any, or, while the good one is tried again, the newer one that seems to be bad. */
struct sets {
	struct set now, other;
	unsigned last_number;
};

struct handed {
	const struct supervise_row *rows;
	size_t n;
	struct sets *sets;
};

static void
set_free(struct set *s)
{
	size_t i;

	for (i = 0; i < SUPERVISE_FILES_MAX; i++)
		if (s->files[i].there)
			buf_wipe(&s->files[i].bytes);
	*s = (struct set){ .there = false };
}

static int
file_open_and_read(const struct supervise_file *f, struct buf *ret, struct errinfo *ei)
{
	int fd, r;

	if (f->secret)
		return file_read_secret(f->path, SECRET_MODE, ret, ei);
	if ((fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NOCTTY)) == -1) {
		if ((f->kept || f->revocable) && errno == ENOENT)
			return ERR_NOTFOUND;
		err_set(ei, "%s", strerror(errno));
		return ERR_SYS;
	}
	if ((r = file_read_fd(fd, ret)) != 0)
		err_set(ei, "%s", r == ERR_SYS ? strerror(errno) : err_text(r));
	close(fd);
	return r;
}

/* Reads a file; if it cannot, takes the bytes of `before`. */
static void
file_fill(const struct supervise_file *f, const struct file *before, struct file *ret)
{
	struct errinfo ei = { "" };
	int r;

	buf_init(&ret->bytes, FILE_MAX_BYTES);
	r = file_open_and_read(f, &ret->bytes, &ei);
	ret->there = r == 0;
	if (ret->there)
		return;
	if (r != ERR_NOTFOUND)
		log_warn("open", log_c("file", f->path), log_c("why", ei.text));
	if (r == ERR_NOTFOUND && f->revocable) {
		log_warn("open", log_c("file", f->path),
		    log_c("why", "it is not there: what was in it is not in force any more"));
		ret->there = true;
		return;
	}
	buf_wipe(&ret->bytes);
	/* What was removed on purpose is not there any more. */
	if (r != ERR_NOTFOUND && before->there) {
		buf_init(&ret->bytes, FILE_MAX_BYTES);
		buf_str(&ret->bytes, buf_view(&before->bytes));
		ret->there = true;
	}
}

static void
file_set(struct file *f, struct str bytes)
{
	if (f->there)
		buf_wipe(&f->bytes);
	buf_init(&f->bytes, FILE_MAX_BYTES);
	buf_str(&f->bytes, bytes);
	f->there = true;
}

/* What was revoked does not come back with the set before. */
static void
other_revoke(const struct supervise_row *row, struct sets *s)
{
	size_t i;

	for (i = 0; i < SUPERVISE_FILES_MAX; i++)
		if (row->files[i].revocable && s->other.there && s->now.files[i].there)
			file_set(&s->other.files[i], buf_view(&s->now.files[i].bytes));
}

static void
row_read(const struct supervise_row *row, struct sets *s)
{
	struct set fresh = { .there = true, .number = ++s->last_number };
	size_t i;

	for (i = 0; i < SUPERVISE_FILES_MAX; i++)
		if (row->files[i].name != NULL)
			file_fill(&row->files[i], &s->now.files[i], &fresh.files[i]);
	if (s->now.good) {
		set_free(&s->other);
		s->other = s->now;
	} else {
		set_free(&s->now);
	}
	s->now = fresh;
	other_revoke(row, s);
}

struct handed *
handed_new(const struct supervise_row *rows, size_t n)
{
	struct handed *h = xalloc(sizeof(*h));

	*h = (struct handed){ .rows = rows, .n = n, .sets = xarray(n, sizeof(*h->sets)) };
	handed_read(h);
	return h;
}

void
handed_free(struct handed *h)
{
	size_t i;

	if (h == NULL)
		return;
	for (i = 0; i < h->n; i++) {
		set_free(&h->sets[i].now);
		set_free(&h->sets[i].other);
	}
	xfree(h->sets);
	xfree(h);
}

void
handed_read(struct handed *h)
{
	size_t i;

	for (i = 0; i < h->n; i++)
		row_read(&h->rows[i], &h->sets[i]);
}

static struct sets *
sets_of(const struct handed *h, const struct supervise_row *row)
{
	return &h->sets[row - h->rows];
}

bool
handed_get(const struct handed *h, const struct supervise_row *row, size_t i, struct str *ret_bytes)
{
	const struct file *f = &sets_of(h, row)->now.files[i];

	if (f->there)
		*ret_bytes = buf_view(&f->bytes);
	return f->there;
}

void
handed_keep(struct handed *h, const struct supervise_row *row, size_t i, struct str bytes)
{
	struct sets *s = sets_of(h, row);

	file_set(&s->now.files[i], bytes);
	if (s->other.there)
		file_set(&s->other.files[i], bytes);
}

unsigned
handed_set(const struct handed *h, const struct supervise_row *row)
{
	return sets_of(h, row)->now.number;
}

void
handed_good(struct handed *h, const struct supervise_row *row, unsigned set)
{
	struct sets *s = sets_of(h, row);

	if (s->now.number != set)
		return;
	if (s->other.there && s->other.number > set)
		log_error("files", log_c("program", row->program),
		    log_c("why",
			"it runs with the files from before the last reload, as it did not start "
			"with those of it: mend them, and reload"));
	s->now.good = true;
	s->now.failed = 0;
	set_free(&s->other);
}

/* Is what failed so often with this set its fault? A good set that is tried once more has only to
 * show whether another fares better. */
static bool
set_is_doubted(const struct sets *s, const struct supervise_row *row)
{
	return s->other.number > s->now.number || s->now.failed >= TRIES * row->count;
}

void
handed_bad(struct handed *h, const struct supervise_row *row, unsigned set)
{
	struct sets *s = sets_of(h, row);
	struct set tried;

	if (s->now.number != set || !s->other.there)
		return;
	s->now.failed++;
	if (!set_is_doubted(s, row))
		return;
	log_warn("files", log_c("program", row->program), log_i("failed", s->now.failed),
	    log_c("why",
		s->other.number < s->now.number
		    ? "it does not start with the files of the last reload; the next start gets "
		      "those from before"
		    : "it does not start with the files from before the last reload either; the "
		      "next start gets those of it"));
	tried = s->now;
	s->now = s->other;
	s->other = tried;
	s->now.failed = 0;
}
