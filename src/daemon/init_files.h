/*
 * init_files: files and directories that appear together or not at all. Each file
 * is written, complete and synced, beside its place (NAME.init); commit gives all
 * their names, never over anything that is there. Without commit nothing stays.
 */
#ifndef DAEMON_INIT_FILES_H
#define DAEMON_INIT_FILES_H

#include "base/err.h"
#include "base/str.h"
#include "proc/file.h"

#define INIT_FILES_PATH_BYTES 512

struct init_files;

struct init_files *init_files_new(void);
/* Removes everything again that was not committed. NULL is fine. */
void init_files_free(struct init_files *f);

struct init_file {
	const char *path;
	mode_t mode;
	struct file_owner owner;
};

/* Makes a directory, unless there is one. ERR_SYS, ERR_FULL, ERR_TOOBIG. */
int init_files_dir(struct init_files *f, const struct init_file *v, struct errinfo *ei) MUST_CHECK;
/* Stages a file. ERR_EXISTS (it, or a left-over .init), and as init_files_dir. */
int init_files_add(struct init_files *f, const struct init_file *v, struct str bytes,
    struct errinfo *ei) MUST_CHECK;
/*
 * A file that someone else makes and has on disk before commit (SQLite): ret is
 * where. Its mode and owner are set by commit. As init_files_add.
 */
int init_files_reserve(struct init_files *f, const struct init_file *v,
    char ret[static INIT_FILES_PATH_BYTES], struct errinfo *ei) MUST_CHECK;

/*
 * Gives all files their names, those staged first as the last: an installation
 * is whole when its first file is there. ERR_EXISTS, ERR_SYS; then nothing stays.
 */
int init_files_commit(struct init_files *f, struct errinfo *ei) MUST_CHECK;

#endif
