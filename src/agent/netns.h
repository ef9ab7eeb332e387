/*
 * netns: a listening socket in another network namespace. A socket stays in the namespace in
 * which it was made, so the process enters that namespace for a moment and comes back.
 */
#ifndef AGENT_NETNS_H
#define AGENT_NETNS_H

#include "base/err.h"
#include "base/str.h"

/*
 * As listener_open, but in the namespace at path (empty: the present one). Also ERR_SYS when
 * the namespace cannot be entered; ei says why. Aborts when the process cannot come back.
 */
int netns_listen(const char *path, struct str address, int backlog, int *ret_fd,
    struct errinfo *ei) MUST_CHECK;

#endif
