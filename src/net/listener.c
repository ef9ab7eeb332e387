/*
 * listener: binding and listening on addresses; see listener.h. Accepting (listener_accept.c)
 * and Unix sockets (listener_unix.c, which also connects) are files of their own, so that the
 * binary of the parent contains neither accept nor connect.
 */
#include "net/listener.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <unistd.h>

int
listener_explain(struct str where, struct errinfo *ei)
{
	int e = errno, r = ERR_SYS;
	const char *why = NULL;

	if (e == EADDRINUSE) {
		why = "address already in use";
		r = ERR_EXISTS;
	} else if (e == EADDRNOTAVAIL) {
		why = "not an address of this machine";
		r = ERR_NOTFOUND;
	} else if (e == EACCES || e == EPERM) {
		why = "not allowed to listen there";
		r = ERR_DENIED;
	}
	if (why != NULL)
		err_set(ei, "%s: %.*s", why, STR_FMT(where));
	else
		err_set(ei, "cannot listen on %.*s: %s", STR_FMT(where), strerror(e));
	errno = e;
	return r;
}

static int
set_on(int fd, int level, int option)
{
	int on = 1;

	return setsockopt(fd, level, option, &on, sizeof(on));
}

int
listener_open(struct str text, int backlog, int *ret_fd, struct errinfo *ei)
{
	struct addr a;
	int fd = -1, r;

	if ((r = addr_parse(text, &a)) != 0) {
		err_set(ei, "not an address and port: %.*s", STR_FMT(text));
		return r;
	}
	fd = socket(a.u.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1 || set_on(fd, SOL_SOCKET, SO_REUSEADDR) != 0 ||
	    set_on(fd, IPPROTO_TCP, TCP_NODELAY) != 0 ||
	    (a.u.sa.sa_family == AF_INET6 && set_on(fd, IPPROTO_IPV6, IPV6_V6ONLY) != 0) ||
	    bind(fd, &a.u.sa, a.len) != 0 || listen(fd, backlog) != 0) {
		r = listener_explain(text, ei);
		goto out;
	}
	*ret_fd = fd;
	fd = -1;
out:
	if (fd != -1)
		close(fd);
	return r;
}
