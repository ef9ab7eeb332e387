/*
 * backup: eicd-backup, which `eicd backup` runs: copies the database to a file while eicd serves.
 * It reads no key. Root runs it, as only root may see both the database and where the copy goes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/upkeep.h"
#include "proc/file.h"
#include "store/store_copy.h"

#define PATH_BYTES 512

static const char usage[] = "usage: eicd backup [-c FILE] TARGET\n"
			    "\n"
			    "Copies the database to the new file TARGET, also while eicd serves.\n"
			    "Keep copies of the key-encryption key apart from it.\n";

/* The database as it is now. What the engine makes beside it belongs to core, as if core had
 * made it. */
static int
open_as_core(const struct eicd_settings *s, struct store_copy **ret, struct errinfo *ei)
{
	struct file_owner core;
	int r;

	if ((r = upkeep_core(s, &core, ei)) != 0 || (r = upkeep_become_core(&core, ei)) != 0)
		return r;
	if ((r = store_copy_open(s->database, ret, ei)) != 0)
		return r;
	return upkeep_become_root(ei);
}

static int
sync_file(const char *path, int64_t *ret_size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	int r;

	if (fd == -1)
		return ERR_SYS;
	r = fstat(fd, &st) == 0 && fsync(fd) == 0 ? 0 : ERR_SYS;
	*ret_size = r == 0 ? st.st_size : 0;
	close(fd);
	return r;
}

/* Gives the whole copy its name, unless something has it. */
static int
publish(const char *partial, const char *target, int64_t *ret_size)
{
	char dir[PATH_BYTES];
	char *slash;

	snprintf(dir, sizeof(dir), "%s", target);
	slash = strrchr(dir, '/');
	if (slash == NULL)
		snprintf(dir, sizeof(dir), ".");
	else
		slash[slash == dir ? 1 : 0] = '\0';
	if (sync_file(partial, ret_size) != 0 || link(partial, target) == -1)
		return errno == EEXIST ? ERR_EXISTS : ERR_SYS;
	return unlink(partial) == 0 ? file_sync_dir(dir) : ERR_SYS;
}

static int
backup(const struct eicd_settings *s, const char *target, int64_t *ret_size, struct errinfo *ei)
{
	struct store_copy *copy = NULL;
	char partial[PATH_BYTES];
	struct stat st;
	int r;

	if ((size_t)snprintf(partial, sizeof(partial), "%s.partial", target) >= sizeof(partial)) {
		err_set(ei, "%s: the name is too long", target);
		return ERR_TOOBIG;
	}
	if (lstat(target, &st) == 0) {
		err_set(ei, "%s: is there already", target);
		return ERR_EXISTS;
	}
	if (lstat(partial, &st) == 0) {
		err_set(ei,
		    "%s: of a backup that goes on or was interrupted; if none goes on, "
		    "remove it",
		    partial);
		return ERR_EXISTS;
	}
	umask(077);
	if ((r = open_as_core(s, &copy, ei)) != 0 || (r = store_copy_make(copy, partial, ei)) != 0)
		goto out;
	if ((r = publish(partial, target, ret_size)) != 0) {
		err_set(ei, "%s: %s", target, strerror(errno));
		(void)unlink(partial);
	}
out:
	store_copy_close(copy);
	return r;
}

static int
run(const char *conf, const char *target, struct errinfo *ei)
{
	struct eicd_settings s;
	int64_t size = 0;
	int r;

	if (geteuid() != 0) {
		err_set(ei, "only root can back up an installation");
		return ERR_DENIED;
	}
	if ((r = settings_load(&eicd_table, conf, &s, ei)) != 0 ||
	    (r = backup(&s, target, &size, ei)) != 0)
		return r;
	printf("%s: %lld bytes\n", target, (long long)size);
	return fflush(stdout) == 0 ? 0 : ERR_SYS;
}

int
main(int argc, char **argv)
{
	const char *conf = EICD_CONFIG_PATH;
	struct errinfo ei = { "" };
	int c, r;

	while ((c = getopt(argc, argv, "c:")) == 'c')
		conf = optarg;
	if (c != -1 || optind != argc - 1) {
		fputs(usage, stderr);
		return 2;
	}
	if ((r = run(conf, argv[optind], &ei)) != 0)
		fprintf(stderr, "eicd backup: %s\n", ei.text[0] != '\0' ? ei.text : err_text(r));
	return r == 0 ? 0 : 1;
}
