/*
 * ipc: typed, bounded messages between the processes of openeic over AF_UNIX SOCK_SEQPACKET.
 * docs/PROTOCOL.md 1 lists every message and its fields.
 *
 * A message is a type, fields in a fixed order, and at most one descriptor. Its fields may be
 * up to IPC_MAX_BYTES long; what is longer than one packet is cut into packets here and joined
 * again. A message that does not parse to its end is nonsense (ERR_PEER): the receiver closes
 * the channel, but goes on.
 */
#ifndef IPC_IPC_H
#define IPC_IPC_H

#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/rd.h"

#define IPC_MAX_BYTES (16u << 20)

/* One end of a channel. */
struct ipc;

/* Takes fd over. With nonblock, what the socket does not take at once is queued: up to
 * max_queue_bytes, or one message of any length. Without nonblock, calls block. */
struct ipc *ipc_new(int fd, bool nonblock, size_t max_queue_bytes);
void ipc_free(struct ipc *c);    /* closes, and wipes what it holds; NULL is fine */
int ipc_fd(const struct ipc *c); /* borrowed */

/* A connected pair of descriptors, close-on-exec. ERR_SYS. */
int ipc_pair(int ret_fd[static 2]) MUST_CHECK;

/* ---- writing ---- */
struct ipc_out {
	uint16_t type;
	struct buf body;
};

/* Begins a message. Then append its fields, and end with ipc_send or ipc_drop. A message that
 * becomes too long is told by ipc_send. */
void ipc_begin(struct ipc_out *m, uint16_t type);
void ipc_put_u8(struct ipc_out *m, uint8_t v);
void ipc_put_u16(struct ipc_out *m, uint16_t v);
void ipc_put_u32(struct ipc_out *m, uint32_t v);
void ipc_put_u64(struct ipc_out *m, uint64_t v);
void ipc_put_str(struct ipc_out *m, struct str s);
void ipc_drop(struct ipc_out *m); /* wipes and releases m, instead of ipc_send */

/*
 * Sends or queues m with a copy of descriptor fd (-1: none), and releases m in any case. The
 * caller keeps fd. Errors: ERR_TOOBIG (the message is too long), ERR_FULL (the queue is full),
 * ERR_CLOSED (the peer is gone), ERR_SYS.
 */
int ipc_send(struct ipc *c, struct ipc_out *m, int fd) MUST_CHECK;

/* For nonblock. ipc_pending is true while something is queued: then call ipc_flush when the
 * socket is writable. It returns 0 when all is sent; ERR_AGAIN, ERR_CLOSED, ERR_SYS. */
bool ipc_pending(const struct ipc *c);
int ipc_flush(struct ipc *c) MUST_CHECK;
size_t ipc_queued(const struct ipc *c); /* so many bytes are queued */

/* ---- reading ---- */
struct ipc_in {
	uint16_t type;
	struct rd rd; /* points into the channel: valid until the next receive */
	int fd;       /* the descriptor that came with it, or -1; see ipc_take_fd */
};

/*
 * Receives the next message. Errors: ERR_AGAIN (nonblock: no whole message yet), ERR_CLOSED,
 * ERR_PEER (malformed; the channel can only be freed), ERR_SYS. A descriptor that is not taken
 * is closed by the next receive.
 */
int ipc_recv(struct ipc *c, struct ipc_in *m) MUST_CHECK;
/* Waits up to timeout_ms for something to arrive, then as ipc_recv. ERR_TIMEOUT. */
int ipc_recv_wait(struct ipc *c, struct ipc_in *m, int timeout_ms) MUST_CHECK;

/* Each reads the next field. ERR_PEER, with nothing read, when it is not there or, for a
 * string, longer than max. Strings point into the channel. ipc_get_end: ERR_PEER when something
 * is left. */
int ipc_get_u8(struct ipc_in *m, uint8_t *ret) MUST_CHECK;
int ipc_get_u16(struct ipc_in *m, uint16_t *ret) MUST_CHECK;
int ipc_get_u32(struct ipc_in *m, uint32_t *ret) MUST_CHECK;
int ipc_get_u64(struct ipc_in *m, uint64_t *ret) MUST_CHECK;
int ipc_get_str(struct ipc_in *m, size_t max, struct str *ret) MUST_CHECK;
int ipc_get_end(const struct ipc_in *m) MUST_CHECK;
/* Returns the message's descriptor, which is the caller's then, or -1. */
int ipc_take_fd(struct ipc *c, struct ipc_in *m);

/* ---- the permit table ---- */
/*
 * A message that a peer may send. One whose type has no row is refused, and so is the second of
 * a type with once.
 */
struct ipc_rule {
	uint16_t type;
	bool once;
	int (*fn)(void *ctx, struct ipc_in *m); /* an error means: close the channel */
};

/* Calls the function of m's row and returns what it returns. ERR_PEER when m is refused. used has
 * a bit for each row (at most 64); the caller keeps it as long as the channel, 0 at first. */
int ipc_dispatch(const struct ipc_rule *rules, size_t n, uint64_t *used, struct ipc_in *m,
    void *ctx) MUST_CHECK;

#endif
