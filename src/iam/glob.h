/*
 * glob: patterns with "*" and "?", in the form in which they are kept. That is UTF-8, in which two
 * bytes that UTF-8 never uses stand for the wildcards. So a literal star, and a value from the
 * request, can be in a pattern too.
 */
#ifndef IAM_GLOB_H
#define IAM_GLOB_H

#include "base/str.h"

#define GLOB_STAR ((char)-1) /* 0xff: any run of bytes */
#define GLOB_ONE ((char)-2)  /* 0xfe: one character */

/* Does the pattern match all of text? Case counts. The time is at most proportional to the length
 * of the pattern times the length of text, whatever they are. */
bool glob_match(struct str pattern, struct str text);
/* Does s hold one of the two bytes? Then it is not UTF-8. */
bool glob_has_wildcard(struct str s);

#endif
