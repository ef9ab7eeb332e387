/*
 * core_export: writes the exported audit trail to files or to standard output. In files no line
 * appears twice, not even after a crash: the last whole line of a file tells how far the export
 * has come, and what is behind that line is cut off.
 */
#ifndef DAEMON_CORE_EXPORT_H
#define DAEMON_CORE_EXPORT_H

#include "region/ports.h"
#include "settings/eicd.h"

struct core_export;

/* s is borrowed and outlives the export; changes of the sizes in it take effect. Returns NULL
 * when the settings say that there is no export. */
struct core_export *core_export_new(const struct eicd_settings *s);
void core_export_free(struct core_export *e); /* NULL is fine */

/*
 * The directory of the files may not be opened, and it is not the one that was there at
 * core_export_new: something was mounted over it, say, or it was missing then. So it is not what
 * this process was left (proc/confine), and only a new process can write there. e may be NULL.
 */
bool core_export_moved(const struct core_export *e);

/* The port for region; NULL when e is NULL. */
const struct export_port *core_export_port(const struct core_export *e);

#endif
