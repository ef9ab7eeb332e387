/*
 * supervise_rig: what the tests of proc/supervise share: simulated processes, a clock that the
 * test moves, and a table of four processes.
 */
#ifndef SUPERVISE_RIG_H
#define SUPERVISE_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ipc/ipc.h"
#include "proc/supervise.h"

#define FAKES_MAX 64
#define START_MS 60000
#define DRAIN_MS 15000

/* One process that the test plays. pid: its index + 1. */
struct fake {
	char name[64];
	struct ipc *control; /* the role's end; NULL: it has ended */
	int ended_fd;        /* the write end of what stands in for its pidfd */
	int status;
	int killed; /* by which signal; 0: not */
	bool reaped;
	int peer[8]; /* the last channels that it got, by role; -1: none */
};

struct rig {
	int64_t now;
	struct clock clock;
	struct loop *loop;
	struct spawner spawner;
	struct fake fakes[FAKES_MAX];
	size_t n_fakes;
	size_t fail_from, fail_to; /* the spawns that fail: exec finds no program */
	struct supervise *s;
	int ready, ended, renewed;
	bool renew_done;
	const char *reload; /* what a renewal, when it ends, is followed by; NULL: nothing */
	bool failed;
	int listener;
};

/* Who is started, by the order of the starts: front with a channel to core, core with
 * one to each of two keyds. */
enum { FRONT, CORE, KEYD, KEYD1, N };

extern const struct supervise_row rig_rows[];

void rig_init(struct rig *r);
struct supervise_opts rig_opts(struct rig *r);
/* All are started with the configuration "one", and ready. */
void rig_start(struct rig *r);
/* Starts another generation, with rows and paths that are gone when it returns. */
int rig_renew(struct rig *r, const char *conf, uint32_t retire_ms);
/* Ends everything; nobody may be left behind. */
void rig_release(struct rig *r);

/* Turns the loop until nothing happens any more at this time, or after so long. */
void rig_settle(struct rig *r);
void rig_pass(struct rig *r, int64_t ms);

/* A process ends, with a status as waitpid has it. */
void rig_end(struct fake *f, int status);
/* Process i says something to its parent. */
void rig_say(struct rig *r, size_t i, uint16_t type, const uint8_t *body, size_t n);
void rig_ready(struct rig *r, size_t i);
/* Everything that it was told since the last time, in words; a peer as role.number. */
void rig_heard(struct rig *r, size_t i, const char *want);
/* What each is told at rig_start. */
void rig_hear_start(struct rig *r);

#endif
