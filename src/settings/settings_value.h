/*
 * settings_value: reads, writes, compares and copies one value of a table. Only for this room.
 */
#ifndef SETTINGS_SETTINGS_VALUE_H
#define SETTINGS_SETTINGS_VALUE_H

#include "settings/settings.h"

/* Reads text into the row's place in values. On failure the place is untouched and ei says what the
 * value has to be. ERR_SYNTAX, ERR_RANGE, ERR_TOOBIG. */
int settings_value_parse(const struct setting *row, struct str text, void *values,
    struct errinfo *ei) MUST_CHECK;

/* Appends the value as it would stand in the file. */
void settings_value_write(const struct setting *row, const void *values, struct buf *b);
/* Appends what the value may be, in words: "a time, 1s to 15m". */
void settings_value_describe(const struct setting *row, struct buf *b);

bool settings_value_equal(const struct setting *row, const void *a, const void *b);
void settings_value_copy(const struct setting *row, void *to, const void *from);

/* For finish of a table: a path that was not given becomes dir/name. ERR_TOOBIG, explained in
 * ei. */
int settings_value_path(char path[static SETTINGS_PATH_BYTES], const char *dir, const char *name,
    struct errinfo *ei) MUST_CHECK;

#endif
