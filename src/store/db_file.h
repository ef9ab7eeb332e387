/*
 * db_file: the database as a file, before and after the engine has it open.
 */
#ifndef STORE_DB_FILE_H
#define STORE_DB_FILE_H

#include <stdint.h>

#include "base/err.h"

/* What marks a file as openeic's: "oeic" in the header's application id. */
#define DB_FILE_APP_ID 1868917091u

/*
 * Looks at the header without the engine, which could already change a file
 * of someone else (a log left behind is replayed when a database is opened).
 * ERR_NOTFOUND, ERR_SYNTAX (not an openeic store), ERR_SYS.
 */
int db_file_check(const char *path, int64_t *ret_size, struct errinfo *ei) MUST_CHECK;
/* Makes an empty file, mode 0600. ERR_EXISTS, ERR_SYS. */
int db_file_create(const char *path, struct errinfo *ei) MUST_CHECK;
/* Removes the file and what the engine put beside it. Keeps errno. */
void db_file_remove(const char *path);

#endif
