/*
 * db_file: the database as a file, before and after the engine has it open.
 */
#ifndef STORE_DB_FILE_H
#define STORE_DB_FILE_H

#include <stdint.h>

#include "base/err.h"

/* Marks a file as openeic's: "oeic" as the application id in the header. */
#define DB_FILE_APP_ID 1868917091u

/*
 * Checks the header without the engine. The engine could change a file that belongs to somebody
 * else, because opening a database replays a log that was left behind. ERR_NOTFOUND, ERR_SYNTAX
 * (not an openeic store), ERR_SYS.
 */
int db_file_check(const char *path, int64_t *ret_size, struct errinfo *ei) MUST_CHECK;
/*
 * Takes the file for this process: two that write one database would each be right, and together
 * spoil what is made of it, such as the export of the audit trail. *ret_fd keeps it taken and is
 * closed after the engine, whose own locks would go with it. ERR_EXISTS (another process has it),
 * ERR_SYS.
 */
int db_file_lock(const char *path, int *ret_fd, struct errinfo *ei) MUST_CHECK;
/* Makes an empty file with mode 0600. ERR_EXISTS, ERR_SYS. */
int db_file_create(const char *path, struct errinfo *ei) MUST_CHECK;
/* Removes the file and those that the engine put beside it. errno is kept. */
void db_file_remove(const char *path);

#endif
