/*
 * roles: the processes of eicd as a table for proc/supervise: which there are, how
 * many, what each is given, and who talks to whom. For parent.c.
 */
#ifndef DAEMON_ROLES_H
#define DAEMON_ROLES_H

#include "proc/supervise.h"
#include "settings/eicd.h"

#define ROLES_ROWS 6
#define ROLES_LINKS 5

/* The rows point into s, which lives on. */
void roles_fill(const struct eicd_settings *s, struct supervise_row ret[static ROLES_ROWS]);

extern const struct supervise_link roles_links[ROLES_LINKS];

#endif
