/*
 * listener: sockets that wait for connections, and taking one from them.
 */
#ifndef NET_LISTENER_H
#define NET_LISTENER_H

#include <sys/stat.h>

#include "net/addr.h"

/*
 * Binds and listens on text (see addr_parse); non-blocking, close-on-exec,
 * SO_REUSEADDR, TCP_NODELAY (handed on to what it accepts). IPv6 sockets take
 * IPv6 only. Errors: as addr_parse; ERR_EXISTS (address already in use),
 * ERR_NOTFOUND (not an address of this machine), ERR_DENIED (port not
 * allowed), ERR_SYS; ei says which address and why.
 */
int listener_open(struct str text, int backlog, int *ret_fd, struct errinfo *ei) MUST_CHECK;
/*
 * The same for a Unix stream socket at path, whose mode is set to mode. A socket
 * file that nobody listens on is replaced. ERR_EXISTS when somebody does,
 * ERR_TOOBIG (path), ERR_SYS.
 */
int listener_unix_open(const char *path, mode_t mode, int backlog, int *ret_fd,
    struct errinfo *ei) MUST_CHECK;

/*
 * Takes one waiting connection: non-blocking, close-on-exec. ERR_AGAIN when none
 * waits (or it went away), ERR_FULL when this process or machine has no
 * descriptor or memory left (stop watching the listener for a while), ERR_SYS.
 */
int listener_accept(int fd, int *ret_fd, struct addr *ret_peer) MUST_CHECK;

/* For listener_unix: the code and the sentence for errno of a failed bind. */
int listener_explain(struct str where, struct errinfo *ei) MUST_CHECK;

#endif
