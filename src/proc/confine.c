/*
 * confine: a Landlock ruleset; see confine.h and landlock(7). The C library has no functions for
 * these calls.
 */
#include "proc/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* All rights of the first version, which every kernel with Landlock knows. Of what later ones add,
 * truncating needs a file that may be written, and linking or moving a file from one directory to
 * another is always refused unless it is allowed. */
#define ALL ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)

#define READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE \
	(READ | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | \
	    LANDLOCK_ACCESS_FS_REMOVE_FILE)
#define LINKS_MAX 40 /* as many as the kernel follows */
#define OF_A_FILE (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE)

/* Closes fd, and keeps errno. */
static void
drop_fd(int fd)
{
	int e = errno;

	if (fd != -1)
		close(fd);
	errno = e;
}

static int
allow(int ruleset, const struct confine_path *p)
{
	struct landlock_path_beneath_attr rule = {
		.allowed_access = p->access == CONFINE_WRITE ? WRITE : READ,
		.parent_fd = open(p->path, O_PATH | O_CLOEXEC),
	};
	struct stat st;
	int r = 0;

	if (rule.parent_fd == -1)
		return errno == ENOENT ? 0 : ERR_SYS;
	if (fstat(rule.parent_fd, &st) != 0) {
		r = ERR_SYS;
		goto out;
	}
	if (!S_ISDIR(st.st_mode))
		rule.allowed_access &= OF_A_FILE;
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
		r = ERR_SYS;
out:
	drop_fd(rule.parent_fd);
	return r;
}

int
confine_files(const struct confine_path *paths, size_t n)
{
	const struct landlock_ruleset_attr attr = { .handled_access_fs = ALL };
	int ruleset, r = 0;
	size_t i;

	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (ruleset == -1)
		return errno == ENOSYS || errno == EOPNOTSUPP ? ERR_UNSUPPORTED : ERR_SYS;
	for (i = 0; i < n && r == 0; i++)
		r = allow(ruleset, &paths[i]);
	if (r == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
		r = ERR_SYS;
	drop_fd(ruleset);
	return r;
}

/* Cuts the last segment of an absolute path off. */
static void
to_dir(char *path)
{
	char *slash = strrchr(path, '/');

	slash[slash == path] = '\0';
}

/* Replaces path, a link, by what it leads to. ERR_NOTFOUND: path is missing. */
static int
link_follow(char path[static PATH_MAX])
{
	char to[PATH_MAX], from[PATH_MAX];
	ssize_t n = readlink(path, to, sizeof(to) - 1);
	int len;

	if (n == -1)
		return errno == ENOENT ? ERR_NOTFOUND : ERR_SYS;
	to[n] = '\0';
	snprintf(from, sizeof(from), "%s", path);
	to_dir(from);
	len = to[0] == '/' ? snprintf(path, PATH_MAX, "%s", to)
			   : snprintf(path, PATH_MAX, "%s/%s", from, to);
	return len < PATH_MAX ? 0 : ERR_SYS;
}

int
confine_dir_of(const char *path, char ret[static PATH_MAX])
{
	char at[PATH_MAX];
	int hops, r = 0;

	if (realpath(path, ret) != NULL) {
		to_dir(ret);
		return 0;
	}
	if (snprintf(at, sizeof(at), "%s", path) >= PATH_MAX)
		return ERR_SYS;
	for (hops = 0; r == 0 && hops < LINKS_MAX; hops++)
		r = link_follow(at);
	if (r != ERR_NOTFOUND)
		return ERR_SYS;
	to_dir(at);
	if (realpath(at, ret) != NULL)
		return 0;
	return errno == ENOENT ? ERR_NOTFOUND : ERR_SYS;
}
