/*
 * accept: see accept.h.
 */
#include "front/accept.h"

#include <errno.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "front/client.h"
#include "net/listener.h"

/* How many connections are accepted before other descriptors get their turn. */
#define TURN_ACCEPTS 64
/* How long to pause when the kernel, and not a limit of ours, refuses. */
#define RETRY_MS 100

struct listening {
	struct accept *accept;
	int fd;
	struct loop_fd watch;
};

struct accept {
	struct front *front;
	struct listening listening[ACCEPT_LISTENERS_MAX];
	size_t n;
	bool paused;
	bool is_full; /* paused because no client makes room */
	struct loop_timer retry;
	struct table_watch room; /* tells when a client is gone, so that there is room again */
};

static void
watch(struct accept *a, bool on)
{
	size_t i;

	a->paused = !on;
	a->is_full = false;
	for (i = 0; i < a->n; i++)
		loop_fd_want(a->front->loop, &a->listening[i].watch, on ? LOOP_READ : 0);
}

static void
on_retry(void *ctx)
{
	watch(ctx, true);
}

static void
on_client_gone(void *ctx)
{
	struct accept *a = ctx;

	if (!a->is_full)
		return;
	loop_timer_clear(a->front->loop, &a->retry);
	watch(a, true);
}

struct accept *
accept_new(struct front *f)
{
	struct accept *a = xalloc(sizeof(*a));

	a->front = f;
	a->room = (struct table_watch){ .gone = on_client_gone, .ctx = a };
	table_watch(f->table, &a->room);
	loop_timer_init(&a->retry, on_retry, a);
	return a;
}

void
accept_stop(struct accept *a)
{
	size_t i;

	loop_timer_clear(a->front->loop, &a->retry);
	for (i = 0; i < a->n; i++) {
		loop_fd_del(a->front->loop, &a->listening[i].watch);
		close(a->listening[i].fd);
	}
	a->n = 0;
}

void
accept_free(struct accept *a)
{
	if (a == NULL)
		return;
	accept_stop(a);
	xfree(a);
}

int
accept_add(struct accept *a, int fd)
{
	if (a->n == ACCEPT_LISTENERS_MAX) {
		close(fd);
		return ERR_TOOBIG;
	}
	a->listening[a->n++] = (struct listening){ .accept = a, .fd = fd };
	return 0;
}

static void
pause_for(struct accept *a, int64_t ms)
{
	watch(a, false);
	loop_timer_set(a->front->loop, &a->retry, ms);
}

static bool
full(const struct front *f)
{
	return table_count(f->table) - table_streams(f->table) >=
	    (size_t)f->settings.max_connections;
}

/* Makes room for one more connection from this address. False when none of its connections can
 * go. */
static bool
make_room_of(struct front *f, const struct addr *a)
{
	struct client *c;

	if (table_count_addr(f->table, a) < (size_t)f->settings.max_connections_per_address)
		return true;
	if ((c = table_first_of(f->table, a)) == NULL)
		return false;
	client_evict(c);
	return true;
}

static void
no_descriptor(struct accept *a, int r)
{
	struct client *c = table_first(a->front->table);

	log_warn("accept", log_c("why", strerror(errno)));
	if (r == ERR_FULL && c != NULL)
		client_evict(c);
	pause_for(a, RETRY_MS);
}

static void
on_connection(void *ctx, unsigned events)
{
	struct listening *l = ctx;
	struct front *f = l->accept->front;
	struct addr peer;
	int fd, n, r;

	(void)events;
	for (n = 0; n < TURN_ACCEPTS; n++) {
		/* Whoever waits for core now may make room soon. */
		if (full(f) && table_first(f->table) == NULL) {
			pause_for(l->accept, RETRY_MS);
			l->accept->is_full = true;
			return;
		}
		if ((r = listener_accept(l->fd, &fd, &peer)) != 0) {
			if (r != ERR_AGAIN)
				no_descriptor(l->accept, r);
			return;
		}
		if (!make_room_of(f, &peer)) {
			log_debug("too-many-of-one-address", log_i("fd", fd));
			close(fd);
			continue;
		}
		if (full(f))
			client_evict(table_first(f->table));
		client_new(f, fd, &peer);
	}
}

int
accept_start(struct accept *a)
{
	struct listening *l;
	size_t i;
	int r;

	for (i = 0; i < a->n; i++) {
		l = &a->listening[i];
		r = loop_fd_add(a->front->loop, &l->watch, l->fd, LOOP_READ, on_connection, l);
		if (r != 0)
			return r;
	}
	return 0;
}
