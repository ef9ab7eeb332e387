/*
 * osuser: the names of OS users that keys are for, as the metadata service and sshd's helper
 * accept them: they become a segment of a path. The API accepts fewer names (wire.md 1.2).
 */
#ifndef CODEC_OSUSER_H
#define CODEC_OSUSER_H

#include "base/str.h"

#define OSUSER_MAX_LEN 32

/* True for 1 to 32 characters: the first is a letter, a digit or '_'; the others may also be
 * '@', '.' or '-', and the last may be '$' (wire.md 1.3). */
bool osuser_valid(struct str user);

#endif
