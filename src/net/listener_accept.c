/*
 * listener_accept: accepting a connection; see listener.h.
 */
#include "net/listener.h"

#include <errno.h>

int
listener_accept(int fd, int *ret_fd, struct addr *ret_peer)
{
	struct addr a = { .len = sizeof(a.u) };
	int got;

	got = accept4(fd, &a.u.sa, &a.len, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (got == -1) {
		switch (errno) {
		case EMFILE:
		case ENFILE:
		case ENOBUFS:
		case ENOMEM:
			return ERR_FULL;
		case EAGAIN:
		case EINTR:
		case ECONNABORTED:
		case EPROTO:
		case ENETDOWN:
		case ENETUNREACH:
		case EHOSTDOWN:
		case EHOSTUNREACH:
		case ETIMEDOUT:
			return ERR_AGAIN;
		default:
			return ERR_SYS;
		}
	}
	if (a.u.sa.sa_family != AF_INET && a.u.sa.sa_family != AF_INET6)
		a = (struct addr){ .len = 0 };
	*ret_peer = a;
	*ret_fd = got;
	return 0;
}
