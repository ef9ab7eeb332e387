/*
 * init_files: see init_files.h.
 */
#include "daemon/init_files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"

#define MAX_ENTRIES 32
#define SUFFIX ".init"

enum entry_state {
	ENTRY_STAGED,   /* a file under its name with the suffix */
	ENTRY_RESERVED, /* the same, but somebody else makes the file */
	ENTRY_DIR,      /* a directory that we made */
	ENTRY_NAMED,    /* a file under its own name */
	ENTRY_REPLACED, /* the same, and what was there is gone */
};

struct entry {
	enum entry_state state;
	char path[INIT_FILES_PATH_BYTES];
	char staged[INIT_FILES_PATH_BYTES];
	mode_t mode;
	struct file_owner owner;
	bool replaces;
};

struct init_files {
	struct entry entries[MAX_ENTRIES];
	size_t n;
	bool again;
};

struct init_files *
init_files_new(void)
{
	return xalloc(sizeof(struct init_files));
}

/* The files that SQLite has beside a database. */
static const char *const companions[] = { "-wal", "-shm", "-journal" };
#define N_COMPANIONS (sizeof(companions) / sizeof(*companions))
#define COMPANION_PATH_BYTES (INIT_FILES_PATH_BYTES + 16)

static void
companions_remove(const char *staged)
{
	char path[COMPANION_PATH_BYTES];
	size_t i;

	for (i = 0; i < N_COMPANIONS; i++) {
		snprintf(path, sizeof(path), "%s%s", staged, companions[i]);
		unlink(path);
	}
}

static void
entry_undo(const struct entry *e)
{
	switch (e->state) {
	case ENTRY_RESERVED:
		companions_remove(e->staged);
		unlink(e->staged);
		break;
	case ENTRY_STAGED:
		unlink(e->staged);
		break;
	case ENTRY_NAMED:
		unlink(e->path);
		break;
	case ENTRY_DIR:
		rmdir(e->path);
		break;
	case ENTRY_REPLACED:
		break;
	}
}

void
init_files_free(struct init_files *f)
{
	if (f == NULL)
		return;
	while (f->n > 0)
		entry_undo(&f->entries[--f->n]);
	xfree(f);
}

void
init_files_again(struct init_files *f)
{
	f->again = true;
}

static int
failed(const char *path, int r, struct errinfo *ei)
{
	if (r == ERR_EXISTS)
		err_set(ei, "%s: there already, and not overwritten", path);
	else
		err_set(ei, "%s: %s", path, strerror(errno));
	return r;
}

/* Fills the next entry. The caller counts it in f->n once it is made. */
static int
entry_next(struct init_files *f, const struct init_file *v, struct entry **ret, struct errinfo *ei)
{
	struct entry *e = &f->entries[f->n];

	if (f->n == MAX_ENTRIES || strlen(v->path) + sizeof(SUFFIX) > sizeof(e->path)) {
		err_set(ei, "%s: too long, or too many files", v->path);
		return ERR_TOOBIG;
	}
	snprintf(e->path, sizeof(e->path), "%s", v->path);
	snprintf(e->staged, sizeof(e->staged), "%.*s" SUFFIX,
	    (int)(sizeof(e->staged) - sizeof(SUFFIX)), v->path);
	e->mode = v->mode;
	e->owner = v->owner;
	e->replaces = false;
	*ret = e;
	return 0;
}

static bool
is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static int
companions_refuse(const char *database, struct errinfo *ei)
{
	char path[COMPANION_PATH_BYTES];
	size_t i;

	for (i = 0; i < N_COMPANIONS; i++) {
		snprintf(path, sizeof(path), "%s%s", database, companions[i]);
		if (is_there(path)) {
			err_set(ei, "%s: left of a database that is gone; move it away", path);
			return ERR_EXISTS;
		}
	}
	return 0;
}

int
init_files_dir(struct init_files *f, const struct init_file *v, struct errinfo *ei)
{
	struct entry *e;
	struct stat st;
	int r;

	if ((r = entry_next(f, v, &e, ei)) != 0)
		return r;
	r = file_create_dir(v->path, v->mode, v->owner);
	if (r == ERR_EXISTS && stat(v->path, &st) == 0 && S_ISDIR(st.st_mode))
		return 0;
	if (r != 0)
		return failed(v->path, r, ei);
	e->state = ENTRY_DIR;
	f->n++;
	return 0;
}

int
init_files_add(struct init_files *f, const struct init_file *v, struct str bytes,
    struct errinfo *ei)
{
	struct entry *e;
	int r;

	if ((r = entry_next(f, v, &e, ei)) != 0)
		return r;
	if (is_there(e->path))
		return failed(e->path, ERR_EXISTS, ei);
	if (f->again)
		unlink(e->staged);
	if ((r = file_create(e->staged, v->mode, v->owner, bytes)) != 0)
		return failed(e->staged, r, ei);
	e->state = ENTRY_STAGED;
	f->n++;
	return 0;
}

int
init_files_replace(struct init_files *f, const struct init_file *v, struct str bytes,
    struct errinfo *ei)
{
	struct entry *e;
	int r;

	if ((r = entry_next(f, v, &e, ei)) != 0)
		return r;
	unlink(e->staged);
	if ((r = file_create(e->staged, v->mode, v->owner, bytes)) != 0)
		return failed(e->staged, r, ei);
	e->replaces = true;
	e->state = ENTRY_STAGED;
	f->n++;
	return 0;
}

int
init_files_reserve(struct init_files *f, const struct init_file *v,
    char ret[static INIT_FILES_PATH_BYTES], struct errinfo *ei)
{
	struct entry *e;
	int r;

	if ((r = entry_next(f, v, &e, ei)) != 0)
		return r;
	if (is_there(e->path))
		return failed(e->path, ERR_EXISTS, ei);
	if (is_there(e->staged))
		return failed(e->staged, ERR_EXISTS, ei);
	if ((r = companions_refuse(e->path, ei)) != 0 ||
	    (r = companions_refuse(e->staged, ei)) != 0)
		return r;
	memcpy(ret, e->staged, sizeof(e->staged));
	e->state = ENTRY_RESERVED;
	f->n++;
	return 0;
}

/* Syncs the directory of path. */
static int
parent_sync(const char *path)
{
	char dir[INIT_FILES_PATH_BYTES];
	char *slash;

	snprintf(dir, sizeof(dir), "%s", path);
	if ((slash = strrchr(dir, '/')) == NULL)
		return file_sync_dir(".");
	slash[slash == dir ? 1 : 0] = '\0';
	return file_sync_dir(dir);
}

/* What was made at the reserved path, in a directory of its owner, must be its owner's. */
static int
reserved_check(const struct entry *e, struct errinfo *ei)
{
	int fd = open(e->staged, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	int r = 0;

	if (fd == -1 || fstat(fd, &st) == -1) {
		r = failed(e->staged, ERR_SYS, ei);
	} else if (!S_ISREG(st.st_mode) || st.st_uid != e->owner.uid) {
		err_set(ei, "%s: not a file of user %u", e->staged, (unsigned)e->owner.uid);
		r = ERR_DENIED;
	} else if (fchmod(fd, e->mode) == -1) {
		r = failed(e->staged, ERR_SYS, ei);
	}
	if (fd != -1)
		close(fd);
	return r;
}

static int
entry_commit(struct entry *e, struct errinfo *ei)
{
	int r;

	if (e->state == ENTRY_RESERVED &&
	    ((r = reserved_check(e, ei)) != 0 || (r = companions_refuse(e->path, ei)) != 0))
		return r;
	if (e->state != ENTRY_DIR) {
		if (renameat2(AT_FDCWD, e->staged, AT_FDCWD, e->path,
			e->replaces ? 0 : RENAME_NOREPLACE) == -1)
			return failed(e->path, errno == EEXIST ? ERR_EXISTS : ERR_SYS, ei);
		e->state = e->replaces ? ENTRY_REPLACED : ENTRY_NAMED;
	}
	return parent_sync(e->path) != 0 ? failed(e->path, ERR_SYS, ei) : 0;
}

int
init_files_name(struct init_files *f, struct errinfo *ei)
{
	size_t i;
	int r;

	for (i = f->n; i > 0; i--)
		if ((r = entry_commit(&f->entries[i - 1], ei)) != 0)
			return r;
	return 0;
}

void
init_files_keep(struct init_files *f)
{
	f->n = 0;
}

int
init_files_commit(struct init_files *f, struct errinfo *ei)
{
	int r;

	if ((r = init_files_name(f, ei)) == 0)
		init_files_keep(f);
	return r;
}
