/*
 * settings: how all programs are configured. A program has a plain struct of values and a table
 * with one row for each. Reading the file, error messages, --print-config and the manual page are
 * all derived from the table.
 *
 * The file has lines "[section]" and "name = value", and comments that begin with # or ; at the
 * start of a line (codec/conf.h). An unknown section or name, a name given twice, and a bad value
 * are errors that name file and line. What is not given has its default.
 */
#ifndef SETTINGS_SETTINGS_H
#define SETTINGS_SETTINGS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define SETTINGS_MAX_FILE_BYTES 65536
#define SETTINGS_PATH_BYTES 161 /* of a path, with its NUL (a line has 190 bytes) */

enum setting_type {
	SETTING_BOOL,      /* bool: "yes" or "no" */
	SETTING_INT,       /* int64_t: from min to max */
	SETTING_SECONDS,   /* int64_t: "90", "90s", "15m", "12h", "7d" */
	SETTING_BYTES,     /* int64_t: "512", "64k", "5m", "1g" (in steps of 1024) */
	SETTING_STRING,    /* char[max + 1]: at least min bytes, no control characters */
	SETTING_PATH,      /* char[max + 1]: an absolute path; may be empty if min is 0 */
	SETTING_ADDRESS,   /* char[max + 1]: host:port or [v6]:port; may be empty if min is 0 */
	SETTING_ADDRESSES, /* char[max + 1]: addresses, separated by commas */
	SETTING_ENUM,      /* int64_t: an index into words */
};

struct setting {
	const char *section;
	const char *name;
	enum setting_type type;
	size_t offset; /* of the value in the struct */
	int64_t min;   /* of a number the least value, of a text the least length */
	/* of a number the greatest value, of a text the greatest length */
	int64_t max;
	const char *dflt;         /* as it would stand in the file */
	const char *unit;         /* of SETTING_INT: "milliseconds"; "" if it has none */
	const char *const *words; /* of SETTING_ENUM, ends with NULL */
	/* of a text: the bytes allowed; NULL: all but control characters */
	const char *pattern;
	bool reloadable;  /* SIGHUP applies it; otherwise it needs a restart */
	const char *text; /* whole sentences, for the manual page */
};

struct settings_table {
	const struct setting *rows; /* rows of one section are neighbours */
	size_t n;
	size_t size; /* of the struct of values */
	/*
	 * Called after a file was read: fills in the values that follow from others, and checks
	 * what concerns several of them. NULL: there is nothing to do. On an error ei says what is
	 * wrong.
	 */
	int (*finish)(void *values, struct errinfo *ei);
};

/* Sets every value to its default and calls finish. Aborts if the result is not valid. */
void settings_default(const struct settings_table *t, void *values);

/*
 * Reads text over the defaults. name is that of the file, for messages. values is set only if
 * everything is right. ERR_SYNTAX, ERR_RANGE, ERR_DUP, ERR_NOTFOUND (no such section or name),
 * ERR_TOOBIG, or the error of finish; ei says what is wrong, and in which file and line.
 */
int settings_parse(const struct settings_table *t, const char *name, struct str text, void *values,
    struct errinfo *ei) MUST_CHECK;
/* Reads a file in the same way. Also ERR_SYS (the file cannot be read) and ERR_TOOBIG (it is longer
 * than SETTINGS_MAX_FILE_BYTES); ei says why. */
int settings_load(const struct settings_table *t, const char *path, void *values,
    struct errinfo *ei) MUST_CHECK;

/* For a reload: copies the reloadable values of fresh to current. Appends to ret_ignored the names
 * of those that differ but need a restart, with ", " between them. */
void settings_adopt(const struct settings_table *t, void *current, const void *fresh,
    struct buf *ret_ignored);

/* For --print-config: appends every setting with its text, range and value, in the form of the
 * file, so that it can be read back. A value that is the default is marked. */
void settings_print(const struct settings_table *t, const void *values, struct buf *b);
/* Appends the list of settings for a manual page, in mdoc(7). */
void settings_mdoc(const struct settings_table *t, struct buf *b);

/* Splits host:port or [v6]:port. The host comes without brackets. ERR_SYNTAX, ERR_RANGE. */
int settings_address_parse(struct str s, struct str *ret_host, uint16_t *ret_port) MUST_CHECK;
/* Takes the next address off a list (SETTING_ADDRESSES). ERR_NOTFOUND at its end, else as
 * settings_address_parse. */
int settings_address_next(struct str *list, struct str *ret_host, uint16_t *ret_port) MUST_CHECK;

#endif
