/*
 * roles: the processes of eicd as a table for proc/supervise: which roles there are, how many
 * processes of each, what each is given, and which have channels to each other. For parent.c.
 */
#ifndef DAEMON_ROLES_H
#define DAEMON_ROLES_H

#include "proc/supervise.h"
#include "settings/eicd.h"

#define ROLES_ROWS 6
#define ROLES_LINKS 5

/* Fills ret with rows that point into s, which must outlive them. */
void roles_fill(const struct eicd_settings *s, struct supervise_row ret[static ROLES_ROWS]);

extern const struct supervise_link roles_links[ROLES_LINKS];

#endif
