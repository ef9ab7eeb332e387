/*
 * settings: the one mechanism of configuration. A program has a plain struct of
 * values and a table with a row for each; reading the file, its errors,
 * --print-config and the manual page all come from the table.
 *
 * File: "[section]", "name = value", comments with # at the start of a line.
 * An unknown section or name, a name given twice and a bad value are errors
 * that name file and line. What is not given has its default.
 */
#ifndef SETTINGS_SETTINGS_H
#define SETTINGS_SETTINGS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define SETTINGS_MAX_FILE_BYTES 65536
#define SETTINGS_PATH_BYTES 161 /* of a path value, with its NUL (a line has 190) */

enum setting_type {
	SETTING_BOOL,      /* bool: yes, no */
	SETTING_INT,       /* int64_t: min..max */
	SETTING_SECONDS,   /* int64_t: "90", "90s", "15m", "12h", "7d" */
	SETTING_BYTES,     /* int64_t: "512", "64k", "5m", "1g" (1024 each) */
	SETTING_STRING,    /* char[max + 1]: at least min bytes, no control bytes */
	SETTING_PATH,      /* char[max + 1]: absolute, or empty when min is 0 */
	SETTING_ADDRESS,   /* char[max + 1]: host:port, [v6]:port; empty when min is 0 */
	SETTING_ADDRESSES, /* char[max + 1]: addresses with ", " between them */
	SETTING_ENUM,      /* int64_t: index into words */
};

struct setting {
	const char *section;
	const char *name;
	enum setting_type type;
	size_t offset;            /* of the value in the struct */
	int64_t min;              /* numbers: least value; text: least length */
	int64_t max;              /* numbers: greatest value; text: greatest length */
	const char *dflt;         /* as it would stand in the file */
	const char *unit;         /* "seconds", "requests/s"; "" when it has none */
	const char *const *words; /* SETTING_ENUM: NULL-terminated */
	const char *pattern;      /* text: the bytes allowed; NULL: all but control bytes */
	bool reloadable;          /* SIGHUP applies it; others need a restart */
	const char *text;         /* full sentences, for the manual page */
};

struct settings_table {
	const struct setting *rows; /* those of one section stand together */
	size_t n;
	size_t size; /* of the struct of values */
	/* Fills values that follow from others and checks what concerns several at
	 * once, after a file was read; NULL: nothing. Error: ei has the sentence. */
	int (*finish)(void *values, struct errinfo *ei);
};

/* Sets every value to its default, and finishes. Aborts when that is not valid. */
void settings_default(const struct settings_table *t, void *values);

/*
 * Reads text (of a file called name, for messages) over the defaults. values
 * is set only when all is well. ERR_SYNTAX, ERR_RANGE, ERR_DUP, ERR_NOTFOUND
 * (no such section or name), ERR_TOOBIG; ei names file, line and what is wrong.
 */
int settings_parse(const struct settings_table *t, const char *name, struct str text, void *values,
    struct errinfo *ei) MUST_CHECK;
/* The same from a file. Also ERR_SYS: it cannot be read; ei says why. */
int settings_load(const struct settings_table *t, const char *path, void *values,
    struct errinfo *ei) MUST_CHECK;

/*
 * After a reload: takes the reloadable values of fresh over into current, and
 * appends to ret_ignored, with ", " between them, the names of those that
 * differ but need a restart.
 */
void settings_adopt(const struct settings_table *t, void *current, const void *fresh,
    struct buf *ret_ignored);

/* --print-config: every setting with its text, range and value, in the form of
 * the file; a value that is its default is marked so. It can be read back. */
void settings_print(const struct settings_table *t, const void *values, struct buf *b);
/* The list of settings in mdoc(7), for a manual page. */
void settings_mdoc(const struct settings_table *t, struct buf *b);

/* host:port or [v6]:port in two. host without brackets. ERR_SYNTAX, ERR_RANGE. */
int settings_address_parse(struct str s, struct str *ret_host, uint16_t *ret_port) MUST_CHECK;
/* Cuts the next address off a list (SETTING_ADDRESSES); ERR_NOTFOUND at its end. */
int settings_address_next(struct str *list, struct str *ret_host, uint16_t *ret_port) MUST_CHECK;

#endif
