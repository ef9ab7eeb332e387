/*
 * control: the channel between the parent and a role (docs/PROTOCOL.md 1.1). First the role's
 * side, then the parent's.
 *
 * proc/role starts a role. From then on the role watches control_fd and calls control_read.
 * When that returns ERR_CLOSED, the parent is gone, and the role exits.
 */
#ifndef PROC_CONTROL_H
#define PROC_CONTROL_H

#include "base/clock.h"
#include "ipc/ipc.h"
#include "ipc/msg.h"

#define CONTROL_FD 3

/* What the parent may tell a role. Each fd belongs to the function that gets it, also when it
 * fails. If a function is NULL, its message is nonsense (ERR_PEER). An error that a function
 * returns is that of control_read, and ends the channel. */
struct control_ops {
	/* Here is your channel to one process of role. There may be several of a role at the
	 * same time, told apart by number. It replaces an earlier channel with the same role
	 * and number, which is dead. */
	int (*peer)(void *ctx, enum msg_role role, uint16_t number, int fd);
	/* Here is a listening socket. */
	int (*listener)(void *ctx, struct str address, int fd);
	/* Here is a file, open for reading; PROTOCOL.md 1.1 lists the names. */
	int (*file)(void *ctx, struct str name, int fd);
	/* Take over the settings and files that came just before. */
	void (*reload)(void *ctx);
	/* Take no new work, finish what you have, and exit. */
	void (*drain)(void *ctx);
	/* Take nothing new, let what is open go on, and exit with the last of it. After ms
	 * (0: never) do as for drain. */
	void (*retire)(void *ctx, uint32_t ms);
};

struct control;

/*
 * Takes over descriptor fd (CONTROL_FD in a role). From here on the process ignores SIGINT,
 * SIGTERM and SIGHUP, which are for the parent, and SIGPIPE. ERR_SYS.
 */
int control_new(int fd, const struct control_ops *ops, void *ctx, struct control **ret) MUST_CHECK;
void control_free(struct control *c); /* NULL is fine */
int control_fd(const struct control *c);

/* Handles messages until CTL_GO has come, waiting for each up to timeout_ms. ERR_CLOSED,
 * ERR_PEER, ERR_TIMEOUT, ERR_SYS, or the error of a function in ops. */
int control_wait_go(struct control *c, int timeout_ms) MUST_CHECK;
/* Tells the parent that the role serves. ERR_CLOSED, ERR_FULL, ERR_SYS. */
int control_ready(struct control *c) MUST_CHECK;
/*
 * Asks the parent for a new channel to the process of this role and number, after giving up the
 * old one for any reason but its end. (When a channel ends, its peer is being restarted or asks
 * itself.) The new channel comes by ops->peer. ERR_CLOSED, ERR_FULL, ERR_SYS: none will come,
 * and the role must end.
 */
int control_rejoin(struct control *c, enum msg_role role, uint16_t number) MUST_CHECK;
/*
 * Asks the parent to replace a file that this role was given (`kept` in proc/supervise.h), so that
 * it has these bytes from now on, CONTROL_KEEP_MAX at most. When they are durable, they come by
 * ops->file, and ops->reload follows; if they cannot be written, nothing comes. ERR_CLOSED,
 * ERR_FULL, ERR_SYS.
 */
#define CONTROL_KEEP_MAX 65536
int control_keep(struct control *c, struct str name, struct str bytes) MUST_CHECK;
/* Handles the messages that are there, without waiting. Errors as control_wait_go, but for
 * ERR_TIMEOUT. */
int control_read(struct control *c) MUST_CHECK;
/*
 * Handles messages until a new channel to any process of role has come, for timeout_ms at most,
 * however many other messages come meanwhile. It is for a role that cannot go on without that
 * peer. Errors as control_wait_go.
 */
int control_wait_peer(struct control *c, const struct clock *clock, enum msg_role role,
    int timeout_ms) MUST_CHECK;

/* ---- the parent's side: c is a channel made by ipc_new ---- */
/* Each sends one message with a copy of fd; the caller keeps its own. Errors as ipc_send. */
int control_send_peer(struct ipc *c, enum msg_role role, uint16_t number, int fd) MUST_CHECK;
int control_send_listener(struct ipc *c, struct str address, int fd) MUST_CHECK;
int control_send_file(struct ipc *c, struct str name, int fd) MUST_CHECK;
int control_send(struct ipc *c, enum msg_type type) MUST_CHECK; /* go, reload or drain */
int control_send_retire(struct ipc *c, uint32_t ms) MUST_CHECK; /* see control_ops */

#endif
