/*
 * note: one line to the system's log, as syslog(3) with LOG_AUTHPRIV | LOG_INFO
 * would send it, but without reading time zones; and to stderr when a person
 * sits there.
 */
#ifndef AUTHKEYS_NOTE_H
#define AUTHKEYS_NOTE_H

#include "base/str.h"

/* Control bytes become '?'. Whether it arrives is not known. */
void note_write(struct str text);

#endif
