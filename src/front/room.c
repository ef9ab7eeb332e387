/*
 * room: see room.h.
 */
#include "front/room.h"

#include "base/log.h"
#include "base/rand.h"
#include "front/client.h"
#include "net/record.h"

#define DRAIN_MS 10000
/* Room for the longest body that core can send, and the head. */
#define OUT_MAX_BYTES (IPC_MAX_BYTES + (1u << 20))

/* Closes idle clients while draining. Streams are ended only when no other client is left, as
 * a request in flight may lead to a message for an agent. */
static void
on_step(void *ctx)
{
	struct room *r = ctx;
	struct front *f = &r->front;

	if (r->draining)
		table_each(f->table, client_retire);
	if (r->draining && table_count(f->table) == table_streams(f->table))
		table_each(f->table, client_go_away);
	if (table_count(f->table) == 0)
		loop_stop(f->loop);
}

static void
on_deadline(void *ctx)
{
	struct room *r = ctx;

	if (!r->draining) {
		log_info("retired", log_i("clients", (int64_t)table_count(r->front.table)));
		room_drain(r);
		return;
	}
	log_warn("drain", log_c("why", "not all clients were done in time"),
	    log_i("clients", (int64_t)table_count(r->front.table)));
	loop_stop(r->front.loop);
}

/* The step waits for the loop's next turn, as the client may still be in use in this one. */
static void
on_client_gone(void *ctx)
{
	struct room *r = ctx;

	if (r->retiring || r->draining)
		loop_timer_set(r->front.loop, &r->step, 0);
}

void
room_retire(struct room *r, uint32_t ms)
{
	struct front *f = &r->front;

	if (r->retiring || r->draining)
		return;
	r->retiring = f->last_answers = true;
	accept_stop(f->accept);
	if (ms > 0)
		loop_timer_set(f->loop, &r->deadline, ms);
	loop_timer_set(f->loop, &r->step, 0);
}

void
room_drain(struct room *r)
{
	struct front *f = &r->front;

	if (r->draining)
		return;
	r->draining = f->last_answers = true;
	accept_stop(f->accept);
	loop_timer_set(f->loop, &r->deadline, DRAIN_MS);
	loop_timer_set(f->loop, &r->step, 0);
}

void
room_init(struct room *r, struct loop *loop, struct control *control,
    const struct front_route *routes, size_t n_routes)
{
	struct front *f = &r->front;

	f->loop = loop;
	f->control = control;
	f->routes = routes;
	f->n_routes = n_routes;
	f->io = conn_io_new(loop, CONN_READ_BYTES, &record_ops);
	f->table = table_new(rand_system());
	f->channel = channel_new(loop, control);
	f->accept = accept_new(f);
	buf_init(&f->out, OUT_MAX_BYTES);
	loop_timer_init(&r->step, on_step, r);
	loop_timer_init(&r->deadline, on_deadline, r);
	r->gone = (struct table_watch){ .gone = on_client_gone, .ctx = r };
	table_watch(f->table, &r->gone);
}

void
room_release(struct room *r)
{
	struct front *f = &r->front;

	if (f->loop == NULL)
		return;
	table_each(f->table, client_free);
	loop_timer_clear(f->loop, &r->step);
	loop_timer_clear(f->loop, &r->deadline);
	accept_free(f->accept);
	channel_free(f->channel);
	table_free(f->table);
	conn_io_free(f->io);
	buf_release(&f->out);
}
