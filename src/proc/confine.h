/*
 * confine: leaves a process only those files that it is to have, by Linux's Landlock. It is for
 * roles that must open files as they run, so that an empty root directory (proc/drop) is not for
 * them.
 */
#ifndef PROC_CONFINE_H
#define PROC_CONFINE_H

#include <limits.h>
#include <stddef.h>

#include "base/err.h"

enum confine_access {
	CONFINE_READ,  /* read files and list directories */
	CONFINE_WRITE, /* also write, make, rename and remove regular files; only in a directory */
};

/* A file, or a directory with all that is below it. */
struct confine_path {
	const char *path; /* links are followed */
	enum confine_access access;
};

/*
 * From now on this process and its children can open, make, rename and remove nothing but what is
 * at these n paths, and run no program. What is open stays open. A path that is not there is left
 * out. Needs no_new_privs (proc/drop). ERR_UNSUPPORTED: this kernel has no Landlock, or it is
 * switched off, and nothing is changed. ERR_SYS; errno says why.
 */
int confine_files(const struct confine_path *paths, size_t n) MUST_CHECK;

/*
 * The directory of the file at path, which is absolute, with all links followed: what a process
 * must be left that opens the file again when it was replaced. The file may be missing, also if
 * path is a link to it: then it is the directory in which it would be. ERR_NOTFOUND: that is
 * missing, too. ERR_SYS: another failure, or links that do not end.
 */
int confine_dir_of(const char *path, char ret[static PATH_MAX]) MUST_CHECK;

#endif
