/* journal: catches what is logged, so that a test can count its lines. */
#ifndef JOURNAL_H
#define JOURNAL_H

#include <fcntl.h>
#include <sys/mman.h>

#include "fixture.h"

struct journal {
	int kept; /* the stderr before */
	int fd;
};

static inline struct journal
journal_begin(void)
{
	struct journal j = { .kept = dup(STDERR_FILENO), .fd = memfd_create("journal", 0) };

	assert_true(j.kept != -1 && j.fd != -1);
	assert_int_equal(dup2(j.fd, STDERR_FILENO), STDERR_FILENO);
	log_set_level(LOG_LEVEL_INFO);
	return j;
}

/* What was logged since journal_begin. */
static inline const char *
journal_end(struct fixture *f, struct journal *j)
{
	off_t n = lseek(j->fd, 0, SEEK_END);
	char *text = arena_alloc(f->a, (size_t)n + 1);

	log_set_level(LOG_LEVEL_ERROR);
	assert_int_equal(dup2(j->kept, STDERR_FILENO), STDERR_FILENO);
	assert_int_equal(pread(j->fd, text, (size_t)n, 0), n);
	close(j->kept);
	close(j->fd);
	return text;
}

/* How many lines have this in them. */
static inline size_t
journal_lines(const char *text, const char *with)
{
	size_t n = 0;

	for (; (text = strstr(text, with)) != NULL; n++)
		text = strchr(text, '\n') != NULL ? strchr(text, '\n') : "";
	return n;
}

#endif
