/*
 * core_export: the files of the exported audit trail, or standard output. What was
 * written is never written again, also after a crash: how far a file has come is
 * read from its last whole line, and what is behind that line is cut off.
 */
#ifndef DAEMON_CORE_EXPORT_H
#define DAEMON_CORE_EXPORT_H

#include "region/ports.h"
#include "settings/eicd.h"

struct core_export;

/* s is borrowed, and its sizes are looked at each time. NULL: it has no export. */
struct core_export *core_export_new(const struct eicd_settings *s);
void core_export_free(struct core_export *e); /* NULL is fine */

/* NULL when e is. */
const struct export_port *core_export_port(const struct core_export *e);

#endif
