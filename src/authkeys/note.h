/*
 * note: writes one line to the system's log with LOG_AUTHPRIV | LOG_INFO. Unlike syslog(3) it
 * reads no time zone file, which the sandbox forbids.
 */
#ifndef AUTHKEYS_NOTE_H
#define AUTHKEYS_NOTE_H

#include "base/str.h"

/* Control bytes become '?', and a long text is cut. Failures are ignored. With terminal the line
 * is written to stderr as well. */
void note_write(struct str text, bool terminal);

#endif
