/*
 * conn: a byte connection over a stream socket, plain or TLS.
 *
 * Bytes that arrive are handed to the owner from one big buffer that all connections share.
 * Bytes to send go to the kernel at once; only what it does not take is queued, up to a limit.
 * So an idle connection has no buffers.
 *
 * Back-pressure: conn_read_want(c, false) stops reading. conn_queued tells how many bytes the
 * kernel has not taken yet, and `drained` that it has taken all.
 */
#ifndef NET_CONN_H
#define NET_CONN_H

#include "base/buf.h"
#include "net/addr.h"
#include "net/loop.h"

struct conn;
struct record;
struct record_ops;
struct tls;

/* The usual read_bytes: large, so that few system calls are made. */
#define CONN_READ_BYTES (256u << 10)

/*
 * What all connections of a process share: the loop and the big buffers. read_bytes is how much
 * is read from a socket at once; `data` of a plain connection gets no more than that in one
 * call. tls is &record_ops (net/record.h) in a process that has connections with TLS. With NULL
 * all are plain, and nothing of TLS is linked into the program. Aborts when OpenSSL has no
 * memory.
 */
struct conn_io;
struct conn_io *conn_io_new(struct loop *l, size_t read_bytes, const struct record_ops *tls);
void conn_io_free(struct conn_io *io); /* after its connections; NULL is fine */

/* The owner's functions. The loop calls them, and each may free the connection. */
struct conn_ops {
	/* The connection stands and, with TLS, the handshake is done. */
	void (*open)(void *ctx);
	/* n > 0 bytes from the peer. They are valid during the call and may be overwritten. */
	void (*data)(void *ctx, char *p, size_t n);
	/* The queue has become empty. NULL: the owner does not want to know. */
	void (*drained)(void *ctx);
	/*
	 * With ERR_CLOSED the peer sends no more, but the owner may still write; if such a
	 * write fails, `end` is called once more. With any other error the connection is
	 * dead, and the owner frees it; ei tells the cause. After conn_finish the connection
	 * is dead whatever the error.
	 */
	void (*end)(void *ctx, int err, const struct errinfo *ei);
};

struct conn_opts {
	struct conn_io *io;
	struct tls *tls; /* NULL: plain. Not needed after the call. Needs an io with record_ops */
	size_t max_queue_bytes;
	const struct conn_ops *ops;
	void *ctx;
};

/* Makes a connection of fd, which a listener accepted. Takes fd over, and closes it on
 * failure. ERR_SYS. */
int conn_accept(const struct conn_opts *o, int fd, const struct addr *peer,
    struct conn **ret) MUST_CHECK;
/*
 * Begins to connect. With TLS, name is sent as SNI (unless it is an IP address) and the
 * server's certificate must be for it. ERR_SYS; later failures are told by `end`. The owner
 * sets the limit of time.
 */
int conn_connect(const struct conn_opts *o, const struct addr *to, struct str name,
    struct conn **ret) MUST_CHECK;
/* The same with a socket that is already connecting. Takes it over, and closes it on failure. */
int conn_connecting(const struct conn_opts *o, int fd, const struct addr *to, struct str name,
    struct conn **ret) MUST_CHECK;
/* Closes at once; what is queued is lost. NULL is fine. No callback follows. */
void conn_free(struct conn *c);

/*
 * Sends or queues all of s. ERR_FULL: the queue has no room for it, and nothing was sent.
 * ERR_BADSTATE: the connection is not open yet, is finishing, or is dead. A write that fails
 * later is told by `end`.
 */
int conn_write(struct conn *c, struct str s) MUST_CHECK;
size_t conn_queued(const struct conn *c); /* bytes, with TLS after encryption */
/* Changes max_queue_bytes. What is queued beyond it stays. */
void conn_set_max_queue(struct conn *c, size_t max_queue_bytes);
void conn_read_want(struct conn *c, bool want); /* true at first */
/*
 * Sends what is queued, then ends our direction and discards what still arrives, so that the
 * peer can read the last bytes (RFC 9112 9.6). `end` follows: with ERR_CLOSED when the peer
 * has ended too, with ERR_TIMEOUT when for linger_ms the peer took nothing or did not end, or
 * with the error of a write. `data` and `drained` are not called any more.
 */
void conn_finish(struct conn *c, int linger_ms);

/* ---- about the peer ---- */
const struct addr *conn_peer(const struct conn *c);
int conn_fd(const struct conn *c); /* borrowed, to set socket options */
/* These texts live as long as the connection. They are empty when it is plain or the value is
 * not known (yet). */
struct str conn_tls_version(const struct conn *c); /* "TLSv1.3" */
struct str conn_tls_cipher(const struct conn *c);  /* "TLS_AES_128_GCM_SHA256" */
struct str conn_tls_sni(const struct conn *c);
/* Appends the peer's verified certificate as DER. ERR_NOTFOUND when it gave none, ERR_TOOBIG
 * when der is full. */
int conn_tls_peer_cert(const struct conn *c, struct buf *der) MUST_CHECK;
/* The TLS session, for these functions; NULL when the connection is plain. */
struct record *conn_record(const struct conn *c);

#endif
