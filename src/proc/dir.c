/*
 * dir: see dir.h.
 */
#include "proc/dir.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static int
failed(const char *path, struct errinfo *ei)
{
	err_set(ei, "%s: %s", path, strerror(errno));
	return ERR_SYS;
}

int
dir_check(const char *path, struct errinfo *ei)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return failed(path, ei);
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 022) != 0) {
		err_set(ei, "%s: must be a directory of ours that nobody else can write", path);
		return ERR_SYS;
	}
	return 0;
}

int
dir_make(const char *path, struct errinfo *ei)
{
	if (mkdir(path, 0755) != 0 && errno != EEXIST)
		return failed(path, ei);
	return dir_check(path, ei);
}
