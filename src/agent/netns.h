/*
 * netns: a listening socket in another network namespace. A socket belongs for
 * ever to the namespace it was made in, so the process visits and comes back.
 */
#ifndef AGENT_NETNS_H
#define AGENT_NETNS_H

#include "base/err.h"
#include "base/str.h"

/*
 * As listener_open, in the namespace at path (empty: this one). Also ERR_SYS: the
 * namespace cannot be entered; ei says why. Not to come back aborts the process.
 */
int netns_listen(const char *path, struct str address, int backlog, int *ret_fd,
    struct errinfo *ei) MUST_CHECK;

#endif
