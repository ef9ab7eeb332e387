/*
 * core_machine: what core knows of the machine around it: how full its disks are, and by which
 * certificate front serves.
 */
#ifndef DAEMON_CORE_MACHINE_H
#define DAEMON_CORE_MACHINE_H

#include "region/ports.h"
#include "settings/eicd.h"

struct core_machine;

/* s is borrowed and outlives it. */
struct core_machine *core_machine_new(const struct eicd_settings *s);
void core_machine_free(struct core_machine *m); /* NULL is fine */

/* Takes the file of the API's certificate from fd, which it closes. ERR_SYS, ERR_TOOBIG: the one
 * before stays. */
int core_machine_certificate(struct core_machine *m, int fd) MUST_CHECK;

const struct machine_port *core_machine_port(const struct core_machine *m);

#endif
