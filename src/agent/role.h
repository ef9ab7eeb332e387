/*
 * role: what eic-agent-imds and eic-agent-uplink do alike around their work:
 * settings from the descriptor that the parent opened, giving up privileges,
 * and the control channel in the loop.
 */
#ifndef AGENT_ROLE_H
#define AGENT_ROLE_H

#include "net/loop.h"
#include "proc/control.h"
#include "proc/seccomp.h"
#include "settings/agent.h"

/* Reads the settings from fd and closes it. What is wrong is logged. As
 * settings_parse, and ERR_SYS. */
int role_settings(int fd, struct agent_settings *ret) MUST_CHECK;

struct role_drop {
	const char *user;
	const char *root; /* to chroot to; NULL: none */
	unsigned nofile;
	const struct seccomp_table *calls; /* beside seccomp_base */
};
/* Not started as root, ids and root stay (and the log says so). What fails is
 * logged: the process must then exit. */
int role_drop(const struct role_drop *o) MUST_CHECK;

/* Watches the control channel, and stops the loop at its end. ERR_SYS. */
struct role_control {
	struct loop *loop;
	struct control *control;
	struct loop_fd watch;
	bool failed; /* it ended in nonsense */
};
int role_control_watch(struct role_control *c) MUST_CHECK;

#endif
