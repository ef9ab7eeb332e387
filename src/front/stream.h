/*
 * stream: what a connection becomes when it is no longer HTTP, such as the link of an agent. A
 * stream takes a client's request with client_take (client.h). From then on the client tells
 * it what happens on the connection, through the functions below.
 *
 * The stream writes to the connection itself, and ends with client_close.
 */
#ifndef FRONT_STREAM_H
#define FRONT_STREAM_H

#include <stddef.h>
#include <stdint.h>

enum stream_end {
	STREAM_GONE,       /* the connection is gone: nothing can be written any more */
	STREAM_GOING_AWAY, /* front ends: last words may be written */
	STREAM_LEFT,       /* the request was refused, or the stream has ended by itself */
};

struct stream_ops {
	size_t max_queue_bytes; /* limit of the connection's queue, last words included */
	/* n > 0 bytes came; they may be overwritten. */
	void (*data)(void *ctx, char *p, size_t n);
	/* The connection's queue has become empty. */
	void (*drained)(void *ctx);
	/* Called when the stream begins, and then whenever it is due. Returns in how many
	 * milliseconds to call it again, or less than 0: the stream has ended. */
	int64_t (*tick)(void *ctx);
	/* The stream is over and frees ctx. Called exactly once, also when the stream never
	 * began; no other function is called after it. */
	void (*end)(void *ctx, enum stream_end how);
};

#endif
