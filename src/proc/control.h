/*
 * control: the channel between the parent and a role, docs/PROTOCOL.md 1.1.
 * First the role's side, then the parent's.
 *
 * How a role begins is proc/role. Then it watches control_fd and calls control_read;
 * when that says ERR_CLOSED, the parent is gone: exit.
 */
#ifndef PROC_CONTROL_H
#define PROC_CONTROL_H

#include "ipc/ipc.h"
#include "ipc/msg.h"

#define CONTROL_FD 3

/* What the parent says. Descriptors are handed over. NULL: not expected, and the
 * channel fails with ERR_PEER. An error ends the channel. */
struct control_ops {
	/* Your channel to one process of role. There may be several of a role at the
	 * same time; number tells them apart. A channel with the same role and number
	 * as one before replaces it: that one is dead. */
	int (*peer)(void *ctx, enum msg_role role, uint16_t number, int fd);
	int (*listener)(void *ctx, struct str address, int fd);
	/* A file, opened for reading by the parent: see PROTOCOL 1.1 for names. */
	int (*file)(void *ctx, struct str name, int fd);
	void (*reload)(void *ctx);
	void (*drain)(void *ctx);
	/* Take nothing new, let what is open go on, end with the last of it; drain after
	 * ms, 0: whenever that is. */
	void (*retire)(void *ctx, uint32_t ms);
};

struct control;

/*
 * Takes over descriptor fd (CONTROL_FD in a role). Signals are the parent's
 * business: SIGINT, SIGTERM and SIGHUP are ignored from here on, SIGPIPE too.
 */
int control_new(int fd, const struct control_ops *ops, void *ctx, struct control **ret) MUST_CHECK;
void control_free(struct control *c); /* NULL is fine */
int control_fd(const struct control *c);

/* Reads until CTL_GO; no message may take longer than timeout_ms. ERR_CLOSED,
 * ERR_PEER, ERR_TIMEOUT, ERR_SYS, or what an op said. */
int control_wait_go(struct control *c, int timeout_ms) MUST_CHECK;
/* Tells the parent that the role serves. ERR_CLOSED, ERR_SYS. */
int control_ready(struct control *c) MUST_CHECK;
/*
 * Asks the parent for a new channel to process number of role, for one that gave up
 * the channel it had for any reason but its end (whose peer is restarted, or asks itself). The
 * answer is the op peer. ERR_CLOSED, ERR_FULL, ERR_SYS: no answer will come, the
 * role must end.
 */
int control_rejoin(struct control *c, enum msg_role role, uint16_t number) MUST_CHECK;
/* Handles what is there, without waiting. 0 or as control_wait_go. */
int control_read(struct control *c) MUST_CHECK;
/*
 * Waits for the parent to hand out a new channel to any process of role, and handles whatever
 * else comes meanwhile: for a role that cannot go on without that peer.
 * As control_wait_go.
 */
int control_wait_peer(struct control *c, enum msg_role role, int timeout_ms) MUST_CHECK;

/* ---- the parent's side: c is a channel made by ipc_new ---- */
/* Each sends one message; fd is copied, the caller closes its own. As ipc_send. */
int control_send_peer(struct ipc *c, enum msg_role role, uint16_t number, int fd) MUST_CHECK;
int control_send_listener(struct ipc *c, struct str address, int fd) MUST_CHECK;
int control_send_file(struct ipc *c, struct str name, int fd) MUST_CHECK;
int control_send(struct ipc *c, enum msg_type go_reload_or_drain) MUST_CHECK;
int control_send_retire(struct ipc *c, uint32_t ms) MUST_CHECK; /* see control_ops */

#endif
