/*
 * upkeep: see upkeep.h.
 */
#include "daemon/upkeep.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proc/drop.h"

int
upkeep_core(const struct eicd_settings *s, struct file_owner *ret, struct errinfo *ei)
{
	struct drop_id id;
	int r;

	if ((r = drop_resolve(str_of(s->core_user), &id)) != 0) {
		err_set(ei, "no such user: %s", s->core_user);
		return r;
	}
	*ret = (struct file_owner){ id.uid, id.gid };
	return 0;
}

static int
failed(struct errinfo *ei)
{
	err_set(ei, "no change of user: %s", strerror(errno));
	return ERR_SYS;
}

int
upkeep_become_root(struct errinfo *ei)
{
	return seteuid(0) == 0 && setegid(0) == 0 ? 0 : failed(ei);
}

int
upkeep_become_core(const struct file_owner *core, struct errinfo *ei)
{
	/* The group first: who is core cannot change it. */
	return setegid(core->gid) == 0 && seteuid(core->uid) == 0 ? 0 : failed(ei);
}

int
upkeep_lock(const struct eicd_settings *s, int *ret_fd, struct errinfo *ei)
{
	int fd = open(s->state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd != -1 && flock(fd, LOCK_EX | LOCK_NB) == 0) {
		*ret_fd = fd;
		return 0;
	}
	if (fd == -1 || errno != EWOULDBLOCK)
		err_set(ei, "%s: %s", s->state_dir, strerror(errno));
	else
		err_set(ei, "eicd runs: stop it first");
	if (fd == -1)
		return ERR_SYS;
	close(fd);
	return ERR_BADSTATE;
}

int
upkeep_database_dir(const struct eicd_settings *s, const struct file_owner *core,
    struct errinfo *ei)
{
	char dir[SETTINGS_PATH_BYTES];
	struct stat st;

	snprintf(dir, sizeof(dir), "%s", s->database);
	*strrchr(dir, '/') = '\0'; /* the settings have an absolute path */
	if (stat(dir, &st) == -1 || st.st_uid != core->uid) {
		err_set(ei, "%s: must belong to %s, the core_user", dir, s->core_user);
		return ERR_DENIED;
	}
	return 0;
}
