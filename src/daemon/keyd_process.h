/*
 * keyd_process: the process around what a kind of keyd answers. It reads its secrets as
 * root, gives up everything, and answers each peer that the parent gives it a channel
 * to, of the one role that may ask this kind (keyd/ops.h). docs/PROTOCOL.md 1.1 and 1.3.
 */
#ifndef DAEMON_KEYD_PROCESS_H
#define DAEMON_KEYD_PROCESS_H

#include "keyd/ops.h"
#include "settings/eicd.h"

/* A program; all its functions' errors say why in ei. */
struct keyd_program {
	const char *name; /* in the log and in its usage */
	const struct keyd_kind *kind;
	/* As root, before anything is given up. */
	int (*open)(const struct eicd_settings *s, struct keyd_secrets *ret, struct errinfo *ei);
	void (*close)(struct keyd_secrets *v);
	/* The secret that a reload brings anew, by its name in CTL_FILE, and how it is taken
	 * over; what cannot be used leaves the one before. NULL: a reload brings none. */
	const char *file;
	int (*parse)(struct keyd_secrets *v, struct str text, struct errinfo *ei);
};

/* Its main. */
int keyd_process_main(const struct keyd_program *program, int argc, char **argv);

#endif
