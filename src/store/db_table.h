/*
 * db_table: an entity as a table of its columns. The lists of names in SELECT, INSERT and UPDATE,
 * the binding of a struct's members, and the reading of a row into them are all made from the
 * table. So a new attribute is one line in the table of columns, one member of the struct and one
 * migration.
 *
 * SQL is joined here from constants alone: the names in the table, and the text that the entity
 * file gives, which must be a string literal. A statement is made once in the life of db and found
 * again by the addresses of both.
 *
 * Called only from the entity files of this room.
 */
#ifndef STORE_DB_TABLE_H
#define STORE_DB_TABLE_H

#include "store/db.h"

enum db_kind {
	DB_KIND_INT,  /* a bool, an enum, or a number of 4 or 8 bytes */
	DB_KIND_TEXT, /* a struct str: UTF-8 without a NUL byte */
	DB_KIND_REF,  /* text that refers to another row; NULL when it is empty */
	DB_KIND_BLOB, /* a struct str: any bytes */
};

enum db_column_flags {
	DB_KEY = 1,   /* UPDATE and table_put find the row by it */
	DB_ONCE = 2,  /* written by INSERT only, not by UPDATE or a later table_put */
	DB_READ = 4,  /* read only: the engine sets it, or it is an expression */
	DB_WRITE = 8, /* written only */
};

struct db_column {
	const char *name; /* of the column; with DB_READ any expression */
	enum db_kind kind;
	unsigned int flags; /* a combination of enum db_column_flags */
	size_t at;          /* the member's offset in the struct */
	size_t size;        /* of the member */
};

/* A column that has the name of the member, and one that has another name. */
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
	const char *name; /* in INSERT and UPDATE */
	/* In SELECT it stands before the names of columns: "e". NULL: none. An expression (which
	 * has a blank, a dot or a parenthesis) gets no alias. */
	const char *alias;
	const struct db_column *columns;
	size_t n_columns;
	size_t row_size; /* of the struct */
	/* A table that SELECT joins. Its columns except the keys follow, and are read into the same
	 * struct. NULL: none. */
	const struct db_table *also;
};

#define DB_COLUMNS(array) .columns = (array), .n_columns = sizeof(array) / sizeof((array)[0])

/*
 * SELECT. from is the statement after the list of columns, "FROM vpc WHERE vpc_id = $1". A text
 * that begins with WITH is the whole statement and lists the columns itself. Members that are no
 * columns become 0.
 */
/* Reads the first row. ERR_NOTFOUND: there is none, and ret_row is not touched. */
int table_get(struct db *db, const struct db_table *t, const char *from, struct db_args args,
    struct arena *a, void *ret_row) MUST_CHECK;
/* Reads all rows. ret is where the pointer to the first row goes (struct row **). The rows are in
 * the arena; NULL if there are none. */
int table_list(struct db *db, const struct db_table *t, const char *from, struct db_args args,
    struct arena *a, void *ret, size_t *ret_n) MUST_CHECK;
/*
 * Reads all rows that belong to one of n values, with one statement for each TABLE_IN_MAX values.
 * from is like "FROM tag WHERE resource_id IN ($*) ORDER BY resource_id, key", in which $* is
 * replaced. The result is in order only if there are at most TABLE_IN_MAX values, or if they come
 * in order.
 */
#define TABLE_IN_MAX 1000
int table_list_in(struct db *db, const struct db_table *t, const char *from, struct db_args values,
    struct arena *a, void *ret, size_t *ret_n) MUST_CHECK;
/* Makes n texts into values, in the arena. */
struct db_args table_texts(struct arena *a, const struct str *v, size_t n);
/* Finds the rows that belong to one value. They are neighbours among the n rows of t, which are
 * sorted by the member at the offset `at`. Returns NULL and 0 if there are none. */
const void *table_rows_of(const struct db_table *t, const void *rows, size_t n, size_t at,
    struct db_arg value, size_t *ret_n);

/* INSERT of one row. */
int table_insert(struct db *db, const struct db_table *t, const void *row) MUST_CHECK;
/* The same with a clause for a conflict, "ON CONFLICT ...". ERR_EXISTS: there was one, and nothing
 * was written. That is no constraint error, and one can go on. */
int table_insert_or(struct db *db, const struct db_table *t, const char *on_conflict,
    const void *row) MUST_CHECK;
/* INSERT, or UPDATE of the row with this key. */
int table_put(struct db *db, const struct db_table *t, const void *row) MUST_CHECK;
/* UPDATE of the row with this key. ERR_NOTFOUND: there is none. */
int table_update(struct db *db, const struct db_table *t, const void *row) MUST_CHECK;

#endif
