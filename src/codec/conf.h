/*
 * conf: INI text into (section, key, value, line), over inih. What the names
 * mean, and whether one may come twice, is for the settings room.
 */
#ifndef CODEC_CONF_H
#define CODEC_CONF_H

#include "base/err.h"
#include "base/str.h"

#define CONF_MAX_LINE 190 /* bytes, without the line end */
#define CONF_MAX_NAME 49  /* bytes of a section's name */

/* Called for each setting; the views last for the call. 0, or an error that
 * ends the parse. */
typedef int (
    *conf_line_fn)(void *ctx, struct str section, struct str key, struct str value, unsigned line);

/*
 * Lines are `[section]`, `key = value`, blank, or a comment that begins with
 * '#' or ';'. A value ends at " ;". Errors: ERR_SYNTAX (anything else, an
 * indented line, a control byte), ERR_TOOBIG (line or section name too long),
 * or what fn returned; ei (may be NULL) says "line N: why" for the first two.
 */
int conf_parse(struct str text, conf_line_fn fn, void *ctx, struct errinfo *ei) MUST_CHECK;

#endif
