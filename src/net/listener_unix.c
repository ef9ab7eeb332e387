/*
 * listener_unix: listening on a socket file; see listener.h.
 */
#include "net/listener.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* True when the socket file at un is left over from a process that is gone. */
static bool
is_stale(const struct sockaddr_un *un)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool stale;

	if (fd == -1)
		return false;
	stale = connect(fd, (const struct sockaddr *)un, sizeof(*un)) != 0 && errno == ECONNREFUSED;
	close(fd);
	return stale;
}

/* As bind, but replaces a stale socket file. */
static int
bind_unix(int fd, const struct sockaddr_un *un)
{
	const struct sockaddr *sa = (const struct sockaddr *)un;

	if (bind(fd, sa, sizeof(*un)) == 0)
		return 0;
	if (errno != EADDRINUSE)
		return -1;
	if (!is_stale(un)) {
		errno = EADDRINUSE;
		return -1;
	}
	return unlink(un->sun_path) != 0 ? -1 : bind(fd, sa, sizeof(*un));
}

/* The file is made with the mode of the socket, less the umask. Changing it by its path afterwards
 * would follow a link that somebody has put there. */
static int
bind_mode(int fd, const struct sockaddr_un *un, mode_t mode)
{
	mode_t mask;
	int r;

	if (fchmod(fd, mode) != 0)
		return -1;
	mask = umask(0);
	r = bind_unix(fd, un);
	(void)umask(mask);
	return r;
}

int
listener_unix_open(const char *path, mode_t mode, int backlog, int *ret_fd, struct errinfo *ei)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd, r = 0;

	if (str_copy(un.sun_path, sizeof(un.sun_path), str_of(path)) != 0) {
		err_set(ei, "path of socket is too long: %s", path);
		return ERR_TOOBIG;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1 || bind_mode(fd, &un, mode) != 0 || listen(fd, backlog) != 0) {
		r = listener_explain(str_of(path), ei);
		goto out;
	}
	*ret_fd = fd;
	fd = -1;
out:
	if (fd != -1)
		close(fd);
	return r;
}
