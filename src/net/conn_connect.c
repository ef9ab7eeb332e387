/*
 * conn_connect: the one function of net that connects; see conn.h. It is in a file of its own,
 * so that the binary of a role that must not connect does not contain it.
 */
#include "net/conn.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <unistd.h>

int
conn_connect(const struct conn_opts *o, const struct addr *to, struct str name, struct conn **ret)
{
	int e, fd, on = 1;

	fd = socket(to->u.sa.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return ERR_SYS;
	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0 ||
	    (connect(fd, &to->u.sa, to->len) != 0 && errno != EINPROGRESS)) {
		e = errno;
		close(fd);
		errno = e;
		return ERR_SYS;
	}
	return conn_connecting(o, fd, to, name, ret);
}
