/*
 * report: tells sshd what a lookup found, and the system's log what came of it. With terminal the
 * log's lines are written to stderr as well.
 */
#ifndef AUTHKEYS_REPORT_H
#define AUTHKEYS_REPORT_H

#include "authkeys/lookup.h"

/* Writes each key to fd, a line each, once also when several people pushed it. ERR_SYS; ERR_TOOBIG,
 * with nothing written. */
int report_keys(int fd, const struct lookup_output *out) MUST_CHECK;
/* One line for each key, as the stock scripts write it (wire.md 5.7), with all pushes of the key
 * that there is room for: behind the first stands "; also pushed with ...". */
void report_pushers(const struct lookup_output *out, bool terminal);
/* Why user gets no key. */
void report_refused(struct str user, struct str why, bool terminal);
/* The same for a key that is served, but not valid at now_s, by the clock of this machine. */
void report_untimely(struct str user, int64_t ends_at_s, int64_t now_s, bool terminal);

#endif
