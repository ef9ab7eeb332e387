/*
 * glob: patterns with "*" and "?" in the form they are kept in: UTF-8, with two
 * bytes that UTF-8 does not have for the wildcards, so that a literal star and a
 * value of the request can stand in a pattern too.
 */
#ifndef IAM_GLOB_H
#define IAM_GLOB_H

#include "base/str.h"

#define GLOB_STAR ((char)-1) /* 0xff: any run of bytes */
#define GLOB_ONE ((char)-2)  /* 0xfe: one character */

/*
 * All of text, with regard to case. Time is at most in proportion to the length
 * of the pattern times that of the text, whatever they are.
 */
bool glob_match(struct str pattern, struct str text);
/* True when s holds one of the two bytes: it is no UTF-8 then. */
bool glob_has_wildcard(struct str s);

#endif
