/*
 * ipc: framing of messages over SOCK_SEQPACKET; see ipc.h. A packet is a header (u16 type,
 * u8 last, u8 zero, u32 length of the whole message's body) and a piece of the body. Nothing
 * that a peer sends is trusted or can end the process.
 */
#include "ipc/ipc.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/secret.h"

#define HEADER_BYTES 8u
#define PIECE_BYTES 65536u

/* A packet that waits for room in the socket. */
struct packet {
	struct packet *next;
	size_t n;
	int fd;
	uint8_t bytes[];
};

struct ipc {
	int fd;
	bool nonblock;
	bool dead;
	size_t queued, max_queue;
	struct packet *first, **last;
	struct buf in; /* the body that is being joined, or was handed out last */
	uint16_t in_type;
	uint32_t in_total;
	bool in_partial;
	int in_fd;
	uint8_t packet[HEADER_BYTES + PIECE_BYTES];
};

struct ipc *
ipc_new(int fd, bool nonblock, size_t max_queue_bytes)
{
	struct ipc *c = xalloc(sizeof(*c));

	c->fd = fd;
	c->nonblock = nonblock;
	c->max_queue = max_queue_bytes;
	c->last = &c->first;
	c->in_fd = -1;
	buf_init(&c->in, IPC_MAX_BYTES);
	return c;
}

static void
packet_free(struct packet *p)
{
	if (p->fd != -1)
		close(p->fd);
	secret_wipe(p->bytes, p->n);
	xfree(p);
}

void
ipc_free(struct ipc *c)
{
	struct packet *p;

	if (c == NULL)
		return;
	while ((p = c->first) != NULL) {
		c->first = p->next;
		packet_free(p);
	}
	if (c->in_fd != -1)
		close(c->in_fd);
	close(c->fd);
	buf_wipe(&c->in);
	secret_wipe(c->packet, sizeof(c->packet));
	xfree(c);
}

int
ipc_fd(const struct ipc *c)
{
	return c->fd;
}

int
ipc_pair(int ret_fd[static 2])
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ret_fd) != 0)
		return ERR_SYS;
	return 0;
}

/* ---- writing ---- */

void
ipc_begin(struct ipc_out *m, uint16_t type)
{
	m->type = type;
	buf_init(&m->body, IPC_MAX_BYTES);
}

static void
put_big_endian(struct ipc_out *m, uint64_t v, size_t n)
{
	uint8_t b[8];
	size_t i;

	for (i = 0; i < n; i++)
		b[i] = (uint8_t)(v >> 8 * (n - 1 - i));
	buf_add(&m->body, b, n);
}

void
ipc_put_u8(struct ipc_out *m, uint8_t v)
{
	put_big_endian(m, v, 1);
}

void
ipc_put_u16(struct ipc_out *m, uint16_t v)
{
	put_big_endian(m, v, 2);
}

void
ipc_put_u32(struct ipc_out *m, uint32_t v)
{
	put_big_endian(m, v, 4);
}

void
ipc_put_u64(struct ipc_out *m, uint64_t v)
{
	put_big_endian(m, v, 8);
}

void
ipc_put_str(struct ipc_out *m, struct str s)
{
	if (s.n > IPC_MAX_BYTES) {
		m->body.err = ERR_TOOBIG;
		return;
	}
	put_big_endian(m, s.n, 4);
	buf_str(&m->body, s);
}

void
ipc_drop(struct ipc_out *m)
{
	buf_wipe(&m->body);
}

/* Sends one packet. ERR_AGAIN when the socket is full; ERR_CLOSED, ERR_SYS. */
static int
packet_send(struct ipc *c, const void *p, size_t n, int fd)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov = { .iov_base = (void *)(uintptr_t)p, .iov_len = n };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *cm;
	ssize_t sent;

	if (fd != -1) {
		memset(&control, 0, sizeof(control));
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
		cm = CMSG_FIRSTHDR(&msg);
		cm->cmsg_level = SOL_SOCKET;
		cm->cmsg_type = SCM_RIGHTS;
		cm->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(cm), &fd, sizeof(int));
	}
	do
		sent = sendmsg(c->fd, &msg, MSG_NOSIGNAL | (c->nonblock ? MSG_DONTWAIT : 0));
	while (sent == -1 && errno == EINTR);
	if (sent == (ssize_t)n)
		return 0;
	if (sent == -1 && errno == EAGAIN)
		return ERR_AGAIN;
	if (sent == -1 && (errno == EPIPE || errno == ECONNRESET))
		return ERR_CLOSED;
	return ERR_SYS;
}

static int
packet_queue(struct ipc *c, const uint8_t *bytes, size_t n, int fd)
{
	struct packet *p = xalloc(sizeof(*p) + n);

	p->fd = -1;
	if (fd != -1 && (p->fd = dup(fd)) == -1) {
		xfree(p);
		return ERR_SYS;
	}
	memcpy(p->bytes, bytes, n);
	p->n = n;
	*c->last = p;
	c->last = &p->next;
	c->queued += n;
	return 0;
}

int
ipc_flush(struct ipc *c)
{
	struct packet *p;
	int r;

	while ((p = c->first) != NULL) {
		if ((r = packet_send(c, p->bytes, p->n, p->fd)) != 0)
			return r;
		c->queued -= p->n;
		c->first = p->next;
		if (c->first == NULL)
			c->last = &c->first;
		packet_free(p);
	}
	return 0;
}

size_t
ipc_queued(const struct ipc *c)
{
	return c->queued;
}

bool
ipc_pending(const struct ipc *c)
{
	return c->first != NULL;
}

static int
piece_send(struct ipc *c, const uint8_t *bytes, size_t n, int fd)
{
	int r = ERR_AGAIN;

	if (c->first == NULL)
		r = packet_send(c, bytes, n, fd);
	if (r == ERR_AGAIN)
		r = packet_queue(c, bytes, n, fd);
	return r;
}

int
ipc_send(struct ipc *c, struct ipc_out *m, int fd)
{
	uint8_t packet[HEADER_BYTES + PIECE_BYTES];
	size_t at = 0, n = m->body.n, piece;
	int r;

	if ((r = buf_err(&m->body)) != 0)
		goto out;
	if (c->first != NULL && c->queued + n > c->max_queue) {
		r = ERR_FULL;
		goto out;
	}
	do {
		piece = n - at < PIECE_BYTES ? n - at : PIECE_BYTES;
		packet[0] = (uint8_t)(m->type >> 8);
		packet[1] = (uint8_t)m->type;
		packet[2] = at + piece == n;
		packet[3] = 0;
		packet[4] = (uint8_t)(n >> 24);
		packet[5] = (uint8_t)(n >> 16);
		packet[6] = (uint8_t)(n >> 8);
		packet[7] = (uint8_t)n;
		if (piece > 0)
			memcpy(packet + HEADER_BYTES, m->body.p + at, piece);
		r = piece_send(c, packet, HEADER_BYTES + piece, at == 0 ? fd : -1);
		secret_wipe(packet, HEADER_BYTES + piece);
		at += piece;
	} while (r == 0 && at < n);
out:
	ipc_drop(m);
	return r;
}

/* ---- reading ---- */

/* Takes the descriptor that came with a packet. ERR_PEER when the message has more than one. */
static int
take_control(struct ipc *c, struct msghdr *msg)
{
	struct cmsghdr *cm;
	size_t i, n;
	int fd, r = 0;

	for (cm = CMSG_FIRSTHDR(msg); cm != NULL; cm = CMSG_NXTHDR(msg, cm)) {
		if (cm->cmsg_level != SOL_SOCKET || cm->cmsg_type != SCM_RIGHTS)
			continue;
		n = (cm->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (i = 0; i < n; i++) {
			memcpy(&fd, CMSG_DATA(cm) + i * sizeof(int), sizeof(int));
			if (c->in_fd == -1) {
				c->in_fd = fd;
			} else {
				close(fd);
				r = ERR_PEER;
			}
		}
	}
	return (msg->msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 ? ERR_PEER : r;
}

static int
packet_recv(struct ipc *c, size_t *ret_n)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(4 * sizeof(int))];
	} control;
	struct iovec iov = { .iov_base = c->packet, .iov_len = sizeof(c->packet) };
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };
	ssize_t n;

	do
		n = recvmsg(c->fd, &msg, MSG_CMSG_CLOEXEC | (c->nonblock ? MSG_DONTWAIT : 0));
	while (n == -1 && errno == EINTR);
	if (n == -1 && errno == EAGAIN)
		return ERR_AGAIN;
	if (n == -1 && errno != ECONNRESET)
		return ERR_SYS;
	if (n <= 0)
		return ERR_CLOSED;
	*ret_n = (size_t)n;
	return take_control(c, &msg);
}

/* Adds the packet of n bytes to the message. *ret_whole: the message is complete now. */
static int
packet_join(struct ipc *c, size_t n, bool *ret_whole)
{
	struct rd r = rd_of(str_of_n(c->packet, n));
	uint16_t type;
	uint8_t last, zero;
	uint32_t total;

	if (rd_u16(&r, &type) != 0 || rd_u8(&r, &last) != 0 || rd_u8(&r, &zero) != 0 ||
	    rd_u32(&r, &total) != 0 || last > 1 || zero != 0 || total > IPC_MAX_BYTES)
		return ERR_PEER;
	if (c->in_partial && (type != c->in_type || total != c->in_total))
		return ERR_PEER;
	if (r.rest.n > total - c->in.n || (r.rest.n == 0 && last == 0))
		return ERR_PEER;
	buf_str(&c->in, r.rest);
	if ((last == 1) != (c->in.n == total))
		return ERR_PEER;
	c->in_type = type;
	c->in_total = total;
	c->in_partial = last == 0;
	*ret_whole = last == 1;
	return buf_err(&c->in);
}

int
ipc_recv(struct ipc *c, struct ipc_in *m)
{
	bool whole = false;
	size_t n = 0;
	int r;

	if (c->dead)
		return ERR_PEER;
	if (!c->in_partial) {
		/* The message before is done with; it may have held a secret. */
		if (c->in.n > 0)
			secret_wipe(c->in.p, c->in.n);
		buf_clear(&c->in);
		if (c->in_fd != -1)
			close(c->in_fd);
		c->in_fd = -1;
	}
	while (!whole) {
		if ((r = packet_recv(c, &n)) == 0) {
			r = packet_join(c, n, &whole);
			secret_wipe(c->packet, n);
		}
		if (r == ERR_PEER)
			c->dead = true;
		if (r != 0)
			return r;
	}
	m->type = c->in_type;
	m->rd = rd_of(buf_view(&c->in));
	m->fd = c->in_fd;
	return 0;
}

int
ipc_recv_wait(struct ipc *c, struct ipc_in *m, int timeout_ms)
{
	struct pollfd p = { .fd = c->fd, .events = POLLIN };
	int n;

	do
		n = poll(&p, 1, timeout_ms);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return ERR_SYS;
	return n == 0 ? ERR_TIMEOUT : ipc_recv(c, m);
}

int
ipc_get_u8(struct ipc_in *m, uint8_t *ret)
{
	return rd_u8(&m->rd, ret) == 0 ? 0 : ERR_PEER;
}

int
ipc_get_u16(struct ipc_in *m, uint16_t *ret)
{
	return rd_u16(&m->rd, ret) == 0 ? 0 : ERR_PEER;
}

int
ipc_get_u32(struct ipc_in *m, uint32_t *ret)
{
	return rd_u32(&m->rd, ret) == 0 ? 0 : ERR_PEER;
}

int
ipc_get_u64(struct ipc_in *m, uint64_t *ret)
{
	return rd_u64(&m->rd, ret) == 0 ? 0 : ERR_PEER;
}

int
ipc_get_str(struct ipc_in *m, size_t max, struct str *ret)
{
	struct rd at = m->rd;
	uint32_t n;

	if (rd_u32(&at, &n) != 0 || n > max || rd_bytes(&at, n, ret) != 0)
		return ERR_PEER;
	m->rd = at;
	return 0;
}

int
ipc_get_end(const struct ipc_in *m)
{
	return rd_end(&m->rd) == 0 ? 0 : ERR_PEER;
}

int
ipc_take_fd(struct ipc *c, struct ipc_in *m)
{
	int fd = m->fd;

	c->in_fd = -1;
	m->fd = -1;
	return fd;
}

/* ---- the permit table ---- */

int
ipc_dispatch(const struct ipc_rule *rules, size_t n, uint64_t *used, struct ipc_in *m, void *ctx)
{
	size_t i;

	assert(n <= 64);
	for (i = 0; i < n; i++) {
		if (rules[i].type != m->type)
			continue;
		if (rules[i].once && (*used >> i & 1) != 0)
			return ERR_PEER;
		*used |= UINT64_C(1) << i;
		return rules[i].fn(ctx, m);
	}
	return ERR_PEER;
}
