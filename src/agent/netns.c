/*
 * netns: opens a listening socket in another network namespace; see netns.h.
 */
#include "agent/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include "net/listener.h"

#define HERE "/proc/self/ns/net"

int
netns_listen(const char *path, struct str address, int backlog, int *ret_fd, struct errinfo *ei)
{
	int here = -1, there = -1, r = ERR_SYS;

	if (path[0] == '\0')
		return listener_open(address, backlog, ret_fd, ei);
	if ((here = open(HERE, O_RDONLY | O_CLOEXEC)) == -1 ||
	    (there = open(path, O_RDONLY | O_CLOEXEC)) == -1 || setns(there, CLONE_NEWNET) != 0) {
		err_set(ei, "network namespace %s: %s", path, strerror(errno));
		goto out;
	}
	r = listener_open(address, backlog, ret_fd, ei);
	if (setns(here, CLONE_NEWNET) != 0)
		abort();
out:
	if (here != -1)
		close(here);
	if (there != -1)
		close(there);
	return r;
}
