/*
 * loop: one epoll loop with timers.
 *
 * A callback is always called from loop_turn, never from the function that asked for it. It
 * may add, change and remove any watch or timer, including its own. What has been removed is
 * not called any more, not even later in the same turn.
 */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"

struct loop;

/* The clock must outlive the loop; timers run on its boot time. ERR_SYS. */
int loop_new(const struct clock *clock, struct loop **ret) MUST_CHECK;
void loop_free(struct loop *l); /* descriptors stay open; NULL is fine */

/* Boot time in milliseconds, as read at the beginning of this turn. */
int64_t loop_now_ms(const struct loop *l);
const struct clock *loop_clock(const struct loop *l);

/* ---- descriptors ---- */
enum loop_event {
	LOOP_READ = 1,
	LOOP_WRITE = 2,
	LOOP_HUP = 4, /* an error, or both directions have ended; always reported */
};

typedef void (*loop_fd_fn)(void *ctx, unsigned events);

/* Lives in a struct of the caller; all zero means not watched. The members are private to
 * loop.c, but for reading `on`. */
struct loop_fd {
	bool on;
	int fd;
	unsigned want;
	loop_fd_fn fn;
	void *ctx;
};

/* Watches fd, level-triggered. want is LOOP_READ, LOOP_WRITE, both or 0. ERR_SYS. */
int loop_fd_add(struct loop *l, struct loop_fd *f, int fd, unsigned want, loop_fd_fn fn,
    void *ctx) MUST_CHECK;
void loop_fd_want(struct loop *l, struct loop_fd *f, unsigned want);
/* Stops watching; call it before closing the descriptor. Does nothing when f is not watched. */
void loop_fd_del(struct loop *l, struct loop_fd *f);

/* ---- timers ---- */
typedef void (*loop_timer_fn)(void *ctx);

struct loop_timer {
	int64_t at_ms; /* boot time */
	size_t slot;   /* 0: not set */
	loop_timer_fn fn;
	void *ctx;
};

void loop_timer_init(struct loop_timer *t, loop_timer_fn fn, void *ctx);
/* Calls fn once, in_ms after the beginning of this turn (0: later in this turn or in the
 * next). A timer that is set already moves. */
void loop_timer_set(struct loop *l, struct loop_timer *t, int64_t in_ms);
void loop_timer_clear(struct loop *l, struct loop_timer *t);
bool loop_timer_is_set(const struct loop_timer *t);

/* ---- running ---- */
/* Waits for the first event or timer, at most max_wait_ms (-1: as long as it takes), and
 * calls the callbacks that are due. ERR_SYS. */
int loop_turn(struct loop *l, int max_wait_ms) MUST_CHECK;
/* Calls loop_turn until loop_stop is called. ERR_SYS. */
int loop_run(struct loop *l) MUST_CHECK;
void loop_stop(struct loop *l);

#endif
