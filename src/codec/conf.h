/*
 * conf: reads INI text into settings of section, key, value and line number. What the names
 * mean, and whether one may come twice, is for the settings room to decide.
 */
#ifndef CODEC_CONF_H
#define CODEC_CONF_H

#include "base/err.h"
#include "base/str.h"

#define CONF_MAX_LINE 190 /* bytes, without the line end */
#define CONF_MAX_NAME 49  /* bytes of a section's name */

/* Called for each setting; the views are valid during the call. An error ends the parse. */
typedef int (
    *conf_line_fn)(void *ctx, struct str section, struct str key, struct str value, unsigned line);

/*
 * A line is `[section]`, `key = value`, blank, or a comment that begins with '#' or ';'. A value
 * ends at " ;". Errors: ERR_SYNTAX (any other line, an indented one, a control byte), ERR_TOOBIG
 * (the line or a section's name is too long), or what fn returned; ei (may be NULL) gets "line
 * N: why" for the first two.
 */
int conf_parse(struct str text, conf_line_fn fn, void *ctx, struct errinfo *ei) MUST_CHECK;

#endif
