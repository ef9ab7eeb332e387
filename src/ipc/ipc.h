/*
 * ipc: typed, bounded messages between the processes of openeic over AF_UNIX
 * SOCK_SEQPACKET. docs/PROTOCOL.md lists every message and its fields.
 *
 * A message is a type, fields in a fixed order, and at most one descriptor.
 * It may be up to IPC_MAX_BYTES long; longer than one packet, it is cut into
 * packets here and joined again. A message that does not parse to its end is
 * nonsense: the receiver closes the channel (ERR_PEER) and does not die.
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

/* Takes the descriptor over. A channel with nonblock queues what the socket
 * does not take at once (at most max_queue_bytes); one without blocks. */
struct ipc *ipc_new(int fd, bool nonblock, size_t max_queue_bytes);
void ipc_free(struct ipc *c); /* closes; NULL is fine */
int ipc_fd(const struct ipc *c);

/* A connected pair of descriptors, close-on-exec. ERR_SYS. */
int ipc_pair(int ret_fd[static 2]) MUST_CHECK;

/* ---- writing ---- */
struct ipc_out {
	uint16_t type;
	struct buf body;
};

void ipc_begin(struct ipc_out *m, uint16_t type);
void ipc_put_u8(struct ipc_out *m, uint8_t v);
void ipc_put_u16(struct ipc_out *m, uint16_t v);
void ipc_put_u32(struct ipc_out *m, uint32_t v);
void ipc_put_u64(struct ipc_out *m, uint64_t v);
void ipc_put_str(struct ipc_out *m, struct str s);
void ipc_drop(struct ipc_out *m); /* instead of ipc_send */

/*
 * Sends m with a copy of descriptor fd (-1: none), and releases m in any case.
 * The caller keeps fd. Errors: ERR_TOOBIG (message too long), ERR_FULL (queue
 * full), ERR_CLOSED (peer gone), ERR_SYS.
 */
int ipc_send(struct ipc *c, struct ipc_out *m, int fd) MUST_CHECK;

/* nonblock only: something is queued; call ipc_flush when the socket is
 * writable. ipc_flush: 0 when all is out, ERR_AGAIN, ERR_CLOSED, ERR_SYS. */
bool ipc_pending(const struct ipc *c);
int ipc_flush(struct ipc *c) MUST_CHECK;

/* ---- reading ---- */
struct ipc_in {
	uint16_t type;
	struct rd rd; /* points into the channel: valid until the next receive */
	int fd;       /* -1 or a descriptor that came along; see ipc_take_fd */
};

/*
 * The next message. Errors: ERR_AGAIN (nonblock: nothing whole yet),
 * ERR_CLOSED, ERR_PEER (malformed; the channel is dead), ERR_SYS.
 * A descriptor not taken is closed by the next receive.
 */
int ipc_recv(struct ipc *c, struct ipc_in *m) MUST_CHECK;
/* Waits up to timeout_ms for a message, then as ipc_recv. ERR_TIMEOUT. */
int ipc_recv_wait(struct ipc *c, struct ipc_in *m, int timeout_ms) MUST_CHECK;

/* Each fails with ERR_PEER and moves nothing. Strings point into the channel. */
int ipc_get_u8(struct ipc_in *m, uint8_t *ret) MUST_CHECK;
int ipc_get_u16(struct ipc_in *m, uint16_t *ret) MUST_CHECK;
int ipc_get_u32(struct ipc_in *m, uint32_t *ret) MUST_CHECK;
int ipc_get_u64(struct ipc_in *m, uint64_t *ret) MUST_CHECK;
int ipc_get_str(struct ipc_in *m, size_t max, struct str *ret) MUST_CHECK;
int ipc_get_end(const struct ipc_in *m) MUST_CHECK;
/* The descriptor, now the caller's, or -1. */
int ipc_take_fd(struct ipc *c, struct ipc_in *m);

/* ---- the permit table ---- */
/*
 * What a peer may send: a type that has no row is refused (ERR_PEER). A row
 * with once is taken a single time in the life of the channel.
 */
struct ipc_rule {
	uint16_t type;
	bool once;
	int (*fn)(void *ctx, struct ipc_in *m); /* 0, or an error to close on */
};

/* Calls the row's function. used: one bit per row, kept by the caller (<= 64). */
int ipc_dispatch(const struct ipc_rule *rules, size_t n, uint64_t *used, struct ipc_in *m,
    void *ctx) MUST_CHECK;

#endif
