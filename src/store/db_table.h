/*
 * db_table: an entity as a table of its columns. From the table come the lists
 * of names in SELECT, INSERT and UPDATE, the binding of a struct's members and
 * the reading of a row into them: a new attribute is one line in the table of
 * columns, one member of the struct and one migration.
 *
 * SQL is joined here from constants alone: the names in the table and the text
 * that the entity file gives, which must be a string literal. A statement is
 * made once in the life of db and found again by the addresses of both.
 *
 * Called from the entity files of this room only.
 */
#ifndef STORE_DB_TABLE_H
#define STORE_DB_TABLE_H

#include "store/db.h"

enum db_kind {
	DB_KIND_INT,  /* a bool, an enum, or a number of 4 or 8 bytes */
	DB_KIND_TEXT, /* a struct str: UTF-8 without a NUL byte */
	DB_KIND_REF,  /* text that refers to another row: NULL when empty */
	DB_KIND_BLOB, /* a struct str: any bytes */
};

enum db_column_flags {
	DB_KEY = 1,   /* what UPDATE and table_put find the row by */
	DB_ONCE = 2,  /* written by INSERT, never by UPDATE or by table_put again */
	DB_READ = 4,  /* only read: the engine gives it, or it is an expression */
	DB_WRITE = 8, /* only written */
};

struct db_column {
	const char *name; /* the column's; with DB_READ any expression */
	enum db_kind kind;
	unsigned int flags; /* of enum db_column_flags */
	size_t at;          /* the member's offset in the struct */
	size_t size;        /* of the member */
};

/* A column that is called as the member is, or otherwise. */
#define COL(type, member, kind, flags) COL_AS(type, member, #member, kind, flags)
#define COL_AS(type, member, name, kind, flags) \
	{ \
		(name), (kind), (flags), offsetof(type, member), sizeof(((type *)NULL)->member) \
	}
#define COL_INT(type, member, flags) COL(type, member, DB_KIND_INT, flags)
#define COL_TEXT(type, member, flags) COL(type, member, DB_KIND_TEXT, flags)
#define COL_REF(type, member, flags) COL(type, member, DB_KIND_REF, flags)
#define COL_BLOB(type, member, flags) COL(type, member, DB_KIND_BLOB, flags)

struct db_table {
	const char *name;  /* in INSERT and UPDATE */
	const char *alias; /* in SELECT, before the names: "e"; NULL: none. An
			    * expression (one that holds a blank, a dot or a
			    * parenthesis) stands as it is */
	const struct db_column *columns;
	size_t n_columns;
	size_t row_size; /* of the struct */
	/* Joined by SELECT: its columns, but for the keys, follow and are read into
	 * the same struct. NULL: none. */
	const struct db_table *also;
};

#define DB_COLUMNS(array) .columns = (array), .n_columns = sizeof(array) / sizeof((array)[0])

/*
 * SELECT. from: the rest of the statement after the columns, "FROM vpc WHERE
 * vpc_id = $1"; a text that begins with WITH is all of the statement and names
 * the columns itself. Members that are no column are 0 in the result.
 */
/* The first row. ERR_NOTFOUND; then ret_row is not touched. */
int table_get(struct db *db, const struct db_table *t, const char *from, struct db_args args,
    struct arena *a, void *ret_row) MUST_CHECK;
/* All rows. ret: where the pointer to the first goes (struct row **); they are in
 * the arena; NULL when there are none. */
int table_list(struct db *db, const struct db_table *t, const char *from, struct db_args args,
    struct arena *a, void *ret, size_t *ret_n) MUST_CHECK;
/*
 * All rows that belong to one of n values, with one statement for a page of
 * TABLE_IN_MAX values. from: "FROM tag WHERE resource_id IN ($*) ORDER BY
 * resource_id, key"; what stands for $* is made here. Values
 * beyond the first page must come in order for the result as a whole to be.
 */
#define TABLE_IN_MAX 1000
int table_list_in(struct db *db, const struct db_table *t, const char *from, struct db_args values,
    struct arena *a, void *ret, size_t *ret_n) MUST_CHECK;
/* n texts as values, in the arena. */
struct db_args table_texts(struct arena *a, const struct str *v, size_t n);
/*
 * The rows that belong to one value: those of n rows of t, ordered by the member
 * at an offset, whose member is value. NULL and 0 when there are none.
 */
const void *table_rows_of(const struct db_table *t, const void *rows, size_t n, size_t at,
    struct db_arg value, size_t *ret_n);

/* INSERT of one row. */
int table_insert(struct db *db, const struct db_table *t, const void *row) MUST_CHECK;
/* The same with what to do about a conflict, "ON CONFLICT ...". ERR_EXISTS: by it,
 * nothing was written; this is no constraint error, and one can go on. */
int table_insert_or(struct db *db, const struct db_table *t, const char *on_conflict,
    const void *row) MUST_CHECK;
/* INSERT, or UPDATE of the row with this key. */
int table_put(struct db *db, const struct db_table *t, const void *row) MUST_CHECK;
/* UPDATE of the row with this key. ERR_NOTFOUND. */
int table_update(struct db *db, const struct db_table *t, const void *row) MUST_CHECK;

#endif
