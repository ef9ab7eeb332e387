/*
 * drop: see drop.h. The order matters: what needs root comes before the change of ids, which
 * is then checked.
 */
#include "proc/drop.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/num.h"

#define NAME_BYTES 33
#define ID_MAX 0xfffffffeu /* 0xffffffff would mean "do not change" */

int
drop_resolve(struct str user, struct drop_id *ret)
{
	char name[NAME_BYTES], scratch[4096];
	struct passwd pw, *found = NULL;
	uint64_t id;
	int r;

	if ((r = num_u64_parse(user, 1, ID_MAX, &id)) == 0) {
		*ret = (struct drop_id){ (uid_t)id, (gid_t)id };
		return 0;
	}
	if (r == ERR_RANGE)
		return ERR_RANGE;
	if (str_copy(name, sizeof(name), user) != 0 ||
	    getpwnam_r(name, &pw, scratch, sizeof(scratch), &found) != 0 || found == NULL)
		return ERR_NOTFOUND;
	if (pw.pw_uid == 0)
		return ERR_RANGE;
	*ret = (struct drop_id){ pw.pw_uid, pw.pw_gid };
	return 0;
}

static int
failed(const char *what, struct errinfo *ei)
{
	err_set(ei, "%s: %s", what, strerror(errno));
	return ERR_SYS;
}

static int
limit(int resource, rlim_t n)
{
	const struct rlimit rl = { n, n };

	return setrlimit((__rlimit_resource_t)resource, &rl);
}

static int
raise_nofile(rlim_t wish)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) != 0)
		return -1;
	if (wish > rl.rlim_max) {
		const struct rlimit more = { wish, wish };

		/* Root may raise the hard limit, up to that of the kernel. */
		if (setrlimit(RLIMIT_NOFILE, &more) == 0)
			return 0;
		wish = rl.rlim_max;
	}
	rl.rlim_cur = wish;
	return setrlimit(RLIMIT_NOFILE, &rl);
}

static int
change_id(const struct drop_id *id, struct errinfo *ei)
{
	uid_t u[3];
	gid_t g[3];

	if (setgroups(0, NULL) != 0)
		return failed("setgroups", ei);
	if (setresgid(id->gid, id->gid, id->gid) != 0)
		return failed("setresgid", ei);
	if (setresuid(id->uid, id->uid, id->uid) != 0)
		return failed("setresuid", ei);
	if (getresuid(&u[0], &u[1], &u[2]) != 0 || getresgid(&g[0], &g[1], &g[2]) != 0)
		return failed("getresuid", ei);
	if (u[0] != id->uid || u[1] != id->uid || u[2] != id->uid || g[0] != id->gid ||
	    g[1] != id->gid || g[2] != id->gid || setresuid(0, 0, 0) == 0) {
		err_set(ei, "ids did not change");
		return ERR_SYS;
	}
	return 0;
}

int
drop_privileges(const struct drop_opts *o, struct errinfo *ei)
{
	int r = 0;

	if (o->nofile != 0 && raise_nofile(o->nofile) != 0)
		return failed("RLIMIT_NOFILE", ei);
	if (limit(RLIMIT_CORE, 0) != 0)
		return failed("RLIMIT_CORE", ei);
	if (o->root != NULL && (chroot(o->root) != 0 || chdir("/") != 0))
		return failed(o->root, ei);
	if (o->change_id && (r = change_id(&o->id, ei)) != 0)
		return r;
	if (!o->keep_processes && limit(RLIMIT_NPROC, 0) != 0)
		return failed("RLIMIT_NPROC", ei);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return failed("prctl", ei);
	/* spawn_run has set it, but the kernel clears it when ids change. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
		return failed("PR_SET_PDEATHSIG", ei);
	if (o->files != NULL && (r = confine_files(o->files, o->n_files)) == ERR_SYS)
		return failed("landlock", ei);
	return r;
}

int
drop_descriptors(void)
{
	int fd;

	/* Each open takes the lowest free number. Were 0, 1 or 2 left free, a file that is opened
	 * later could take it, and what is written to standard error would go there. */
	do {
		if ((fd = open("/dev/null", O_RDWR)) == -1)
			return ERR_SYS;
	} while (fd <= STDERR_FILENO);
	return close_range(STDERR_FILENO + 1, ~0U, 0) == 0 ? 0 : ERR_SYS;
}
