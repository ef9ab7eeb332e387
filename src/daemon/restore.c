/*
 * restore: eicd-restore, which `eicd restore` runs: puts a copy that `eicd backup` made in the
 * place of a database that is not there. It overwrites nothing. What was pushed, and what was
 * proved by a code or a session token, does not come back to life.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/date.h"
#include "daemon/init_files.h"
#include "daemon/kek.h"
#include "daemon/upkeep.h"
#include "store/store_audit.h"
#include "store/store_copy.h"
#include "store/store_meta.h"

#define ARENA_BYTES (1u << 16)
#define COPY_BYTES (1u << 20)
#define TEXT_BYTES 128

static const char usage[] =
    "usage: eicd restore [-c FILE] [--trust-clock] BACKUP\n"
    "\n"
    "Makes the database from BACKUP, which eicd backup wrote. Neither the database\n"
    "nor an exported trail may be there; the key-encryption key must be.\n"
    "\n"
    "  --trust-clock   also if a record of BACKUP is later than this machine's clock,\n"
    "                  because the clock was wrong when it was written, and is right now\n";

struct restore {
	struct eicd_settings s;
	struct file_owner core;
	struct init_files *files;
	struct store *store;
	struct seal *seal;
	int64_t now_s;
	bool trust_clock; /* against a record of the backup that is newer */
	int lock;         /* of the state directory; -1: none */
};

/* ---- before anything is made ---- */

/* Records that the backup does not have may be in it, and a trail is not continued from the
 * middle. */
static int
export_check(const struct restore *re, struct errinfo *ei)
{
	struct stat st;

	if (re->s.audit_export[0] != '/' || lstat(re->s.audit_export, &st) == -1)
		return 0;
	err_set(ei, "%s: holds the trail of the database that was; move it and its .digest away",
	    re->s.audit_export);
	return ERR_EXISTS;
}

/* ---- the database ---- */

static int
bytes_copy(int from, int to)
{
	ssize_t n;

	/* copy_file_range refuses file systems of two kinds, and backups lie elsewhere. */
	while ((n = sendfile(to, from, NULL, COPY_BYTES)) > 0)
		;
	if (n == -1)
		return errno == ENOSPC ? ERR_FULL : ERR_SYS;
	return fsync(to) == 0 ? 0 : ERR_SYS;
}

static int
file_copy(int from, const char *to, struct errinfo *ei)
{
	int out, r = ERR_SYS;

	if ((out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) == -1 ||
	    (r = bytes_copy(from, out)) != 0)
		err_set(ei, "%s: %s", to, strerror(errno));
	if (out != -1)
		close(out);
	return r;
}

/* One secret of the store must open, as otherwise none does. */
static int
kek_fits(const struct restore *re, struct errinfo *ei)
{
	struct arena *a = arena_new(ARENA_BYTES);
	struct secret *secret = NULL;
	struct str sealed;
	int r;

	if ((r = store_meta_get(re->store, a, STORE_META_DECOY_SECRET, &sealed)) == 0 &&
	    (r = seal_unwrap(re->seal, SEAL_ACCESS_KEY, sealed, &secret)) != 0)
		err_set(ei, "%s: is not the key-encryption key of this backup", re->s.kek_file);
	secret_free(secret);
	arena_free(a);
	return r;
}

/* What is from before the restoration is void by the clock's time: a clock that stands at 1970, as
 * after a battery is empty, would leave it all good. */
static int
clock_check(const struct restore *re, struct errinfo *ei)
{
	int64_t newest_s;
	struct buf text;
	int r;

	if ((r = store_audit_newest_at(re->store, &newest_s)) != 0) {
		store_error(re->store, ei);
		return r;
	}
	if (re->trust_clock || re->now_s >= newest_s)
		return 0;
	buf_init(&text, TEXT_BYTES);
	buf_c(&text, "the clock says ");
	date_iso_write(&text, re->now_s);
	buf_c(&text, ", but the newest record of the backup is of ");
	date_iso_write(&text, newest_s);
	err_set(ei, "%.*s: set the clock (see also --trust-clock)", STR_FMT(buf_view(&text)));
	buf_release(&text);
	return ERR_EXPIRED;
}

static int
store_fill(struct restore *re, const char *path, struct errinfo *ei)
{
	int r;

	/* What is damaged is better known now than after a month of service. */
	if ((r = store_open(path, &re->store, ei)) != 0 || (r = store_check(re->store, ei)) != 0 ||
	    (r = kek_fits(re, ei)) != 0 || (r = clock_check(re, ei)) != 0)
		return r;
	if ((r = store_copy_restored(re->store, re->now_s)) != 0 ||
	    (r = store_merge(re->store)) != 0) {
		store_error(re->store, ei);
		return r;
	}
	store_close(re->store);
	re->store = NULL;
	return 0;
}

/* Makes the database at path, as core: what SQLite opens beside it could be a link that core has
 * put there. */
static int
database_make(struct restore *re, int backup, const char *path, struct errinfo *ei)
{
	int back, r;

	if ((r = upkeep_become_core(&re->core, ei)) != 0)
		return r;
	if ((r = file_copy(backup, path, ei)) == 0)
		r = store_fill(re, path, ei);
	back = upkeep_become_root(ei);
	return r != 0 ? r : back;
}

/* Makes the directory of the database if that is lost, too. */
static int
database_dir(struct restore *re, struct errinfo *ei)
{
	char dir[INIT_FILES_PATH_BYTES];
	const struct init_file v = { dir, 0700, re->core };
	int r;

	snprintf(dir, sizeof(dir), "%s", re->s.database);
	*strrchr(dir, '/') = '\0'; /* the settings have an absolute path */
	if ((r = init_files_dir(re->files, &v, ei)) != 0)
		return r;
	return upkeep_database_dir(&re->s, &re->core, ei);
}

static int
restore(struct restore *re, const char *backup, struct errinfo *ei)
{
	const struct init_file db = { re->s.database, 0600, re->core };
	char staged[INIT_FILES_PATH_BYTES];
	int fd, r;

	if ((r = export_check(re, ei)) != 0 || (r = kek_load(re->s.kek_file, &re->seal, ei)) != 0 ||
	    (r = database_dir(re, ei)) != 0 ||
	    (r = init_files_reserve(re->files, &db, staged, ei)) != 0)
		return r;
	if ((fd = open(backup, O_RDONLY | O_CLOEXEC | O_NOCTTY)) == -1) {
		err_set(ei, "%s: %s", backup, strerror(errno));
		return ERR_SYS;
	}
	r = database_make(re, fd, staged, ei);
	close(fd);
	return r == 0 ? init_files_commit(re->files, ei) : r;
}

/* ---- the program ---- */

static int
run(struct restore *re, const char *conf, const char *backup, struct errinfo *ei)
{
	int r;

	if (geteuid() != 0) {
		err_set(ei, "only root can restore an installation");
		return ERR_DENIED;
	}
	if ((r = settings_load(&eicd_table, conf, &re->s, ei)) != 0 ||
	    (r = upkeep_core(&re->s, &re->core, ei)) != 0 ||
	    (r = upkeep_lock(&re->s, &re->lock, ei)) != 0 || (r = restore(re, backup, ei)) != 0)
		return r;
	printf(
	    "%s: restored from %s\n"
	    "Pushed keys, codes and session tokens from before are void. Access keys, users and\n"
	    "policies are those of the backup: what was deleted or disabled since is back.\n",
	    re->s.database, backup);
	return fflush(stdout) == 0 ? 0 : ERR_SYS;
}

/* False: a usage error. */
static bool
options_parse(int argc, char **argv, struct restore *re, const char **conf)
{
	static const struct option longs[] = { { "trust-clock", no_argument, NULL, 't' },
		{ NULL, 0, NULL, 0 } };
	int c;

	while ((c = getopt_long(argc, argv, "c:", longs, NULL)) != -1) {
		if (c == 'c')
			*conf = optarg;
		else if (c == 't')
			re->trust_clock = true;
		else
			return false;
	}
	return optind == argc - 1;
}

int
main(int argc, char **argv)
{
	const char *conf = EICD_CONFIG_PATH;
	struct restore re = { .lock = -1 };
	struct errinfo ei = { "" };
	int r;

	if (!options_parse(argc, argv, &re, &conf)) {
		fputs(usage, stderr);
		return 2;
	}
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	re.now_s = clock_wall_s(clock_system());
	re.files = init_files_new();
	if ((r = run(&re, conf, argv[optind], &ei)) != 0)
		fprintf(stderr, "eicd restore: %s\n", ei.text[0] != '\0' ? ei.text : err_text(r));
	store_close(re.store);
	init_files_free(re.files);
	seal_free(re.seal);
	if (re.lock != -1)
		close(re.lock);
	return r == 0 ? 0 : 1;
}
