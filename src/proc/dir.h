/*
 * dir: directories in which a daemon of root keeps what nobody else may replace.
 */
#ifndef PROC_DIR_H
#define PROC_DIR_H

#include "base/err.h"

/* Checks that path is a directory, not a link to one, that belongs to this process's user and that
 * nobody else can write. ERR_SYS; ei says what is wrong. */
int dir_check(const char *path, struct errinfo *ei) MUST_CHECK;
/* The same, after making it (mode 0755) when it is not there. */
int dir_make(const char *path, struct errinfo *ei) MUST_CHECK;

#endif
