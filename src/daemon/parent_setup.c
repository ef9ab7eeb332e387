/*
 * parent_setup: see parent_setup.h.
 */
#include "daemon/parent_setup.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "net/listener.h"
#include "proc/dir.h"
#include "proc/drop.h"

#define BACKLOG 4096
#define PATH_BYTES 256

static int
sys_error(const char *path, struct errinfo *ei)
{
	err_set(ei, "%s: %s", path, strerror(errno));
	return ERR_SYS;
}

/* Takes over fd, which stays open as long as the process lives. */
static int
lock(int fd, const char *path, struct errinfo *ei)
{
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno == EWOULDBLOCK) {
		err_set(ei, "another eicd runs: it has locked %s", path);
		close(fd);
		return ERR_EXISTS;
	}
	close(fd);
	return sys_error(path, ei);
}

static int
write_pid(int fd, const char *path, struct errinfo *ei)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%d\n", (int)getpid());

	if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)n, 0) != n)
		return sys_error(path, ei);
	return 0;
}

/* Core's metrics lie here, where everybody may read them. Nobody but root makes anything in
 * run_dir, so what is there of that name is ours. */
static int
metrics_dir(const struct eicd_settings *s, struct errinfo *ei)
{
	char path[PATH_BYTES];
	struct drop_id id;
	int fd, r;

	if (drop_resolve(str_of(s->core_user), &id) != 0)
		return 0; /* core does not start, and says why */
	snprintf(path, sizeof(path), "%s/metrics", s->run_dir);
	if (mkdir(path, 0755) != 0 && errno != EEXIST)
		return sys_error(path, ei);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	r = fd != -1 && fchown(fd, id.uid, id.gid) == 0 ? 0 : sys_error(path, ei);
	if (fd != -1)
		close(fd);
	return r;
}

int
setup_dirs(const struct eicd_settings *s, struct errinfo *ei)
{
	char path[PATH_BYTES];
	int fd, r;

	if ((fd = open(s->state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1) {
		if (errno != ENOENT)
			return sys_error(s->state_dir, ei);
		err_set(ei, "%s is not there: run `eicd init` first", s->state_dir);
		return ERR_NOTFOUND;
	}
	if ((r = lock(fd, s->state_dir, ei)) != 0 || (r = dir_make(s->run_dir, ei)) != 0)
		return r;
	snprintf(path, sizeof(path), "%s/empty", s->run_dir);
	if ((r = dir_make(path, ei)) != 0 || (r = metrics_dir(s, ei)) != 0)
		return r;
	snprintf(path, sizeof(path), "%s/eicd.pid", s->run_dir);
	if ((fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644)) == -1)
		return sys_error(path, ei);
	if ((r = lock(fd, path, ei)) != 0)
		return r;
	return write_pid(fd, path, ei);
}

int
setup_export(const struct eicd_settings *s, struct errinfo *ei)
{
	char path[PATH_BYTES], *slash;
	struct drop_id id;
	int fd, r;

	snprintf(path, sizeof(path), "%s", s->audit_export);
	if (path[0] != '/')
		return 0;
	slash = strrchr(path, '/');
	*slash = '\0';
	if (path[0] == '\0')
		return 0;
	if ((r = drop_resolve(str_of(s->core_user), &id)) != 0) {
		err_set(ei, "no such user: %s", s->core_user);
		return r;
	}
	/* A directory that is there already was made by the administrator and is left as it is. */
	if (mkdir(path, 0750) != 0)
		return errno == EEXIST ? 0 : sys_error(path, ei);
	/* By its descriptor, as somebody with write access beside it could replace it. */
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	r = fd != -1 && fchown(fd, id.uid, id.gid) == 0 ? 0 : sys_error(path, ei);
	if (fd != -1)
		close(fd);
	if (r != 0)
		(void)rmdir(path);
	return r;
}

int
setup_listeners(const struct eicd_settings *s, struct supervise_opts *o, struct errinfo *ei)
{
	struct str list = str_of(s->listen), host;
	struct supervise_listener *l;
	uint16_t port;
	bool v6;
	int r;

	while ((r = settings_address_next(&list, &host, &port)) == 0) {
		if (o->n_listeners == SUPERVISE_LISTENERS_MAX) {
			err_set(ei, "more than %d addresses to listen on", SUPERVISE_LISTENERS_MAX);
			return ERR_TOOBIG;
		}
		l = &o->listeners[o->n_listeners];
		v6 = str_index(host, ':') < host.n;
		snprintf(l->address, sizeof(l->address), v6 ? "[%.*s]:%u" : "%.*s:%u",
		    STR_FMT(host), (unsigned)port);
		if ((r = listener_open(str_of(l->address), BACKLOG, &l->fd, ei)) != 0)
			return r;
		o->n_listeners++;
	}
	return r == ERR_NOTFOUND ? 0 : r;
}

void
setup_notify(const char *path, const char *state)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	size_t n;
	int fd;

	if (path == NULL || (path[0] != '/' && path[0] != '@') ||
	    str_copy(un.sun_path, sizeof(un.sun_path), str_of(path)) != 0)
		return;
	n = offsetof(struct sockaddr_un, sun_path) + strlen(path);
	if (path[0] == '@')
		un.sun_path[0] = '\0';
	if ((fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) == -1)
		return;
	(void)!sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&un, (socklen_t)n);
	close(fd);
}
