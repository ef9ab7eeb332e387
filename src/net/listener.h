/*
 * listener: sockets that wait for connections, and accepting one.
 */
#ifndef NET_LISTENER_H
#define NET_LISTENER_H

#include <sys/stat.h>

#include "net/addr.h"

/*
 * Binds and listens on text (see addr_parse). The socket is non-blocking and close-on-exec,
 * with SO_REUSEADDR and TCP_NODELAY, which accepted connections inherit. An IPv6 socket takes
 * IPv6 only. Errors as addr_parse; ERR_EXISTS (address already in use), ERR_NOTFOUND (not an
 * address of this machine), ERR_DENIED (not allowed to listen there), ERR_SYS. ei says which
 * address and why.
 */
int listener_open(struct str text, int backlog, int *ret_fd, struct errinfo *ei) MUST_CHECK;
/*
 * The same for a Unix stream socket at path, which gets the mode mode. A socket file that no
 * process listens on any more is replaced. ERR_EXISTS (a process listens there, or another
 * file is at path), ERR_TOOBIG (path), ERR_DENIED (not allowed), ERR_SYS.
 */
int listener_unix_open(const char *path, mode_t mode, int backlog, int *ret_fd,
    struct errinfo *ei) MUST_CHECK;

/*
 * Accepts one waiting connection, non-blocking and close-on-exec; the caller closes *ret_fd.
 * ERR_AGAIN when none waits (or it went away); ERR_FULL when this process or machine has no
 * descriptor or memory left, so the caller should stop watching fd for a while; ERR_SYS.
 */
int listener_accept(int fd, int *ret_fd, struct addr *ret_peer) MUST_CHECK;

/* For this room: returns the code for errno after a failed bind or listen, and puts a sentence
 * about it into ei. ERR_EXISTS, ERR_NOTFOUND, ERR_DENIED, ERR_SYS. */
int listener_explain(struct str where, struct errinfo *ei) MUST_CHECK;

#endif
