/*
 * osuser: names of users that keys are for, as far as the metadata service and
 * sshd's helper care: they become a segment of a path. The API is stricter in
 * what it takes (wire.md 1.2).
 */
#ifndef CODEC_OSUSER_H
#define CODEC_OSUSER_H

#include "base/str.h"

#define OSUSER_MAX_LEN 32

/* 1 to 32 characters: first a letter, a digit or '_', then also '@', '.' and '-',
 * and '$' at the end (wire.md 1.3). */
bool osuser_valid(struct str user);

#endif
