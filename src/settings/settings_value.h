/*
 * settings_value: one value of a table: from text, to text, compared, copied.
 * Inside this room only.
 */
#ifndef SETTINGS_SETTINGS_VALUE_H
#define SETTINGS_SETTINGS_VALUE_H

#include "settings/settings.h"

/* Reads text into the row's place in values, which is untouched on failure.
 * ERR_SYNTAX, ERR_RANGE, ERR_TOOBIG; ei says what the value has to be. */
int settings_value_parse(const struct setting *row, struct str text, void *values,
    struct errinfo *ei) MUST_CHECK;

/* The value as it would stand in the file. */
void settings_value_write(const struct setting *row, const void *values, struct buf *b);
/* What the value may be, in words: "seconds, 1s to 15m". */
void settings_value_describe(const struct setting *row, struct buf *b);

bool settings_value_equal(const struct setting *row, const void *a, const void *b);
void settings_value_copy(const struct setting *row, void *to, const void *from);

/* For tables: fills a path that was not given with dir/name. ERR_TOOBIG. */
int settings_value_path(char path[static SETTINGS_PATH_BYTES], const char *dir, const char *name,
    struct errinfo *ei) MUST_CHECK;

#endif
