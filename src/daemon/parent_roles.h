/*
 * parent_roles: the processes of eicd: starting them, joining them with pairs of
 * sockets, starting again what died, draining them in order. For parent.c.
 */
#ifndef DAEMON_PARENT_ROLES_H
#define DAEMON_PARENT_ROLES_H

#include "base/err.h"
#include "net/loop.h"
#include "settings/eicd.h"

#define ROLES_LISTENERS_MAX 16

struct roles_listener {
	int fd;
	char address[64];
};

struct roles_opts {
	struct loop *loop;
	const struct eicd_settings *settings; /* lives on; changes only before roles_reload */
	const char *conf_path;
	struct roles_listener listeners[ROLES_LISTENERS_MAX];
	size_t n_listeners;
	void (*ready)(void *ctx); /* once: all of them serve */
	/* All of them have ended, after roles_drain (failed: false) or because one
	 * could not start. */
	void (*ended)(void *ctx, bool failed);
	void *ctx;
};

struct roles;

/* Starts all of them. ERR_SYS: a program cannot be run, logged. */
int roles_start(const struct roles_opts *o, struct roles **ret) MUST_CHECK;
void roles_free(struct roles *r); /* kills what still runs; NULL is fine */

void roles_reload(struct roles *r);
/* One after the other: front, core, compute, keyd. Twice: at once. */
void roles_drain(struct roles *r);

#endif
