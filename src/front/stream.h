/*
 * stream: what a connection becomes when it is no longer HTTP: the link of an agent,
 * a tunnel, a terminal. A client hands its connection to one with client_take; from
 * then on it tells the stream what happens, and knows nothing of what it is.
 *
 * The stream writes to the connection itself, and leaves it with client_close.
 */
#ifndef FRONT_STREAM_H
#define FRONT_STREAM_H

#include <stddef.h>
#include <stdint.h>

enum stream_end {
	STREAM_GONE,       /* the peer is gone: nothing can be said any more */
	STREAM_GOING_AWAY, /* front ends: a last word may be written */
	STREAM_LEFT,       /* it was refused, or has left by itself */
};

struct stream_ops {
	size_t max_queue_bytes; /* sent and not taken by the peer, last words included */
	/* n > 0 bytes came; they may be overwritten. */
	void (*data)(void *ctx, char *p, size_t n);
	/* Everything sent has been taken. */
	void (*drained)(void *ctx);
	/* It is time. Returns in how many milliseconds to call again; less than 0: the
	 * stream has left. Called first when the stream begins. */
	int64_t (*tick)(void *ctx);
	/* Release ctx. Called exactly once, also when the stream never began; nothing is
	 * called after it. */
	void (*end)(void *ctx, enum stream_end how);
};

#endif
