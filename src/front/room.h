/*
 * room: all of front together, and its end.
 */
#ifndef FRONT_ROOM_H
#define FRONT_ROOM_H

#include "front/accept.h"
#include "front/channel.h"
#include "front/front.h"
#include "front/table.h"

struct room {
	struct front front;
	struct loop_timer step;     /* draining goes on */
	struct loop_timer deadline; /* of retiring, then of draining */
	struct table_watch gone;
	bool retiring, draining;
};

/* loop, control and routes outlive the room; settings, limits and tls are to be set
 * before a connection comes. */
void room_init(struct room *r, struct loop *loop, struct control *control,
    const struct front_route *routes, size_t n_routes);
/* Closes every connection at once. A room that is all zero stays so. */
void room_release(struct room *r);

/* No new connections; those that there are go on, but an answer is the last of its
 * connection. Stops the loop when the last is gone; drains after ms, 0: not before
 * that. */
void room_retire(struct room *r, uint32_t ms);
/* No new connections, no new requests; stops the loop when what is under way is done,
 * streams last, or after ten seconds. */
void room_drain(struct room *r);

#endif
