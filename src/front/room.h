/*
 * room: puts all of front together, and ends it.
 */
#ifndef FRONT_ROOM_H
#define FRONT_ROOM_H

#include "front/accept.h"
#include "front/channel.h"
#include "front/front.h"
#include "front/table.h"

struct room {
	struct front front;
	struct loop_timer step;     /* the next step of retiring or draining */
	struct loop_timer deadline; /* the time limit of retiring, then of draining */
	struct table_watch gone;
	bool retiring, draining;
};

/* loop, control and routes outlive the room. The caller sets settings, limits and tls before
 * connections are accepted. */
void room_init(struct room *r, struct loop *loop, struct control *control,
    const struct front_route *routes, size_t n_routes);
/* Closes every connection at once and frees everything. Does nothing for a room that is all
 * zero. */
void room_release(struct room *r);

/* Accepts no new connections. Open ones go on, but the next answer on each is its last. Stops
 * the loop when the last is gone. After ms (0: never) it calls room_drain. */
void room_retire(struct room *r, uint32_t ms);
/* Accepts no new connections and closes idle ones. Stops the loop when the requests under way
 * are answered and then all streams are closed, or after ten seconds. */
void room_drain(struct room *r);

#endif
