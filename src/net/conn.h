/*
 * conn: a byte connection over a stream socket, plain or TLS.
 *
 * Bytes that arrive are pushed to the owner from one big buffer of the process;
 * bytes to send leave at once, and only what the kernel does not take is
 * queued, up to a limit. An idle connection has no buffers.
 *
 * Back-pressure: conn_read_want(c, false) stops reading; conn_queued tells what
 * the peer has not taken yet, and `drained` that it has taken all.
 */
#ifndef NET_CONN_H
#define NET_CONN_H

#include "base/buf.h"
#include "net/addr.h"
#include "net/loop.h"
#include "net/tls.h"

struct conn;

/* What all connections of a process share: the loop and the big buffers. */
struct conn_io;
struct conn_io *conn_io_new(struct loop *l);
void conn_io_free(struct conn_io *io); /* after its connections; NULL is fine */

/* All are called from the loop; each may free the connection. */
struct conn_ops {
	/* Connected and, with TLS, the handshake is done. */
	void (*open)(void *ctx);
	/* n > 0 bytes from the peer, valid during the call, may be overwritten. */
	void (*data)(void *ctx, char *p, size_t n);
	/* The queue has become empty. NULL: not wanted. */
	void (*drained)(void *ctx);
	/*
	 * ERR_CLOSED: the peer sends no more; one may still write. Anything else:
	 * the connection is dead, free it; ei names the cause. A dead one may
	 * follow ERR_CLOSED when a later write fails.
	 * After conn_finish every end means: free it.
	 */
	void (*end)(void *ctx, int err, const struct errinfo *ei);
};

struct conn_opts {
	struct conn_io *io;
	struct tls *tls; /* NULL: plain. Only used during the call */
	size_t max_queue_bytes;
	const struct conn_ops *ops;
	void *ctx;
};

/* A connection that a listener accepted. Takes fd over (closes it on failure).
 * ERR_SYS. */
int conn_accept(const struct conn_opts *o, int fd, const struct addr *peer,
    struct conn **ret) MUST_CHECK;
/*
 * Begins to connect. With TLS, name is sent as SNI (unless it is an IP address)
 * and the server's certificate must be for it. ERR_SYS; later failures come
 * through `end`. How long to wait is the owner's timer.
 */
int conn_connect(const struct conn_opts *o, const struct addr *to, struct str name,
    struct conn **ret) MUST_CHECK;
/* The same with a socket that is connecting; takes it over (closes it on failure). */
int conn_connecting(const struct conn_opts *o, int fd, const struct addr *to, struct str name,
    struct conn **ret) MUST_CHECK;
/* Closes at once; what is queued is lost. NULL is fine. */
void conn_free(struct conn *c);

/*
 * Sends all of s. ERR_FULL: the queue has no room for it, and nothing was sent;
 * ERR_BADSTATE: not open, finishing or dead. A write that fails later is told by
 * `end`.
 */
int conn_write(struct conn *c, struct str s) MUST_CHECK;
size_t conn_queued(const struct conn *c);
/* Another max_queue_bytes. What is queued beyond it stays. */
void conn_set_max_queue(struct conn *c, size_t max_queue_bytes);
void conn_read_want(struct conn *c, bool want); /* true at first */
/*
 * Sends what is queued, then ends our direction, and throws away what still
 * arrives, so that the peer gets to read our last words (RFC 9112 9.6). `end`
 * comes with ERR_CLOSED when the peer has ended too, ERR_TIMEOUT after
 * linger_ms. No `data` or `drained` any more.
 */
void conn_finish(struct conn *c, int linger_ms);

/* ---- about the peer ---- */
const struct addr *conn_peer(const struct conn *c);
int conn_fd(const struct conn *c); /* to look at or to set options */
/* Texts live as long as the connection; empty when plain or not known. */
struct str conn_tls_version(const struct conn *c); /* "TLSv1.3" */
struct str conn_tls_cipher(const struct conn *c);  /* "TLS_AES_128_GCM_SHA256" */
struct str conn_sni(const struct conn *c);
/* Appends the peer's verified certificate as DER. ERR_NOTFOUND when it gave none. */
int conn_peer_cert(const struct conn *c, struct buf *der) MUST_CHECK;

#endif
