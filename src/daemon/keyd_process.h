/*
 * keyd_process: the process around a kind of keyd (keyd/ops.h). It reads its secrets as root,
 * gives up its privileges, and answers the peers to which the parent gives it channels; all are
 * of the one role that may ask this kind. docs/PROTOCOL.md 1.1 and 1.3.
 */
#ifndef DAEMON_KEYD_PROCESS_H
#define DAEMON_KEYD_PROCESS_H

#include "keyd/ops.h"
#include "settings/eicd.h"

/* A program. When one of its functions fails, ei says why. */
struct keyd_program {
	const char *name; /* in the log and in its usage */
	const struct keyd_kind *kind;
	/* Reads the secrets, as root, before privileges are given up. */
	int (*open)(const struct eicd_settings *s, struct keyd_secrets *ret, struct errinfo *ei);
	void (*close)(struct keyd_secrets *v);
	/* The name in CTL_FILE of a secret that can be replaced by a reload, and the function
	 * that takes it over; if that fails, the secret from before stays. NULL: none can. */
	const char *file;
	int (*parse)(struct keyd_secrets *v, struct str text, struct errinfo *ei);
};

/* The main function of such a program. Returns an exit status when it cannot begin; otherwise
 * it exits itself. */
int keyd_process_main(const struct keyd_program *program, int argc, char **argv);

#endif
