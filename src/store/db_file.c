/*
 * db_file: see db_file.h. It knows the first 100 bytes of SQLite's format and the names of the
 * files beside a database, and does no SQL. Called from db.c.
 */
#include "store/db_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/rd.h"

#define HEADER_BYTES 100
#define HEADER_APP_ID 68 /* where the application id stands */
#define PATH_MAX_BYTES 4096

static int
check_header(const char *path, struct str head, struct errinfo *ei)
{
	struct rd rd = rd_of(str_from(head, HEADER_APP_ID));
	uint32_t app;

	if (head.n < HEADER_BYTES || !str_starts(head, STR("SQLite format 3\0"))) {
		err_set(ei, "%s: %s", path, head.n == 0 ? "empty" : "not an openeic store");
		return ERR_SYNTAX;
	}
	if (rd_u32(&rd, &app) != 0 || app != DB_FILE_APP_ID) {
		err_set(ei, "%s: the database of another program", path);
		return ERR_SYNTAX;
	}
	return 0;
}

int
db_file_check(const char *path, int64_t *ret_size, struct errinfo *ei)
{
	char head[HEADER_BYTES];
	struct stat sb;
	ssize_t n = 0;
	int fd, r;

	*ret_size = 0;
	if ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)) < 0) {
		err_set(ei, "%s: %s", path, strerrordesc_np(errno));
		return errno == ENOENT ? ERR_NOTFOUND : ERR_SYS;
	}
	if (fstat(fd, &sb) != 0 ||
	    (S_ISREG(sb.st_mode) && (n = pread(fd, head, sizeof(head), 0)) < 0)) {
		err_set(ei, "%s: %s", path, strerrordesc_np(errno));
		r = ERR_SYS;
	} else if ((r = check_header(path, str_of_n(head, (size_t)n), ei)) == 0) {
		*ret_size = sb.st_size;
	}
	(void)close(fd);
	return r;
}

int
db_file_lock(const char *path, int *ret_fd, struct errinfo *ei)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK), r;

	if (fd != -1 && flock(fd, LOCK_EX | LOCK_NB) == 0) {
		*ret_fd = fd;
		return 0;
	}
	r = fd != -1 && errno == EWOULDBLOCK ? ERR_EXISTS : ERR_SYS;
	err_set(ei, "%s: %s", path,
	    r == ERR_EXISTS ? "another process has this database, perhaps another eicd"
			    : strerrordesc_np(errno));
	if (fd != -1)
		(void)close(fd);
	return r;
}

int
db_file_create(const char *path, struct errinfo *ei)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0) {
		err_set(ei, "%s: %s", path, strerrordesc_np(errno));
		return errno == EEXIST ? ERR_EXISTS : ERR_SYS;
	}
	(void)close(fd);
	return 0;
}

void
db_file_remove(const char *path)
{
	static const char *const suffix[] = { "", "-wal", "-shm", "-journal" };
	struct buf b;
	int saved = errno;

	for (size_t i = 0; i < sizeof(suffix) / sizeof(suffix[0]); i++) {
		buf_init(&b, PATH_MAX_BYTES);
		buf_c(&b, path);
		buf_c(&b, suffix[i]);
		buf_ch(&b, '\0');
		if (buf_err(&b) == 0)
			(void)unlink(b.p);
		buf_release(&b);
	}
	errno = saved;
}
