/*
 * note: writes one line to the system's log with LOG_AUTHPRIV | LOG_INFO, and to stderr when
 * that is a terminal. Unlike syslog(3) it reads no time zone file, which the sandbox forbids.
 */
#ifndef AUTHKEYS_NOTE_H
#define AUTHKEYS_NOTE_H

#include "base/str.h"

/* Control bytes become '?', and a long text is cut. Failures are ignored. */
void note_write(struct str text);

#endif
