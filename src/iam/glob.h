/*
 * glob: patterns with "*" and "?", in the form in which they are kept. That is UTF-8, in which two
 * bytes that UTF-8 never uses stand for the wildcards. So a literal star, and a value from the
 * request, can be in a pattern too.
 */
#ifndef IAM_GLOB_H
#define IAM_GLOB_H

#include "base/str.h"
#include "iam/steps.h"

#define GLOB_STAR ((char)-1) /* 0xff: any run of bytes */
#define GLOB_ONE ((char)-2)  /* 0xfe: one character */

/* The longest run of literal bytes between two stars that is searched for. */
#define GLOB_MAX_SEGMENT 4096

/*
 * Does the pattern match all of text? Case counts.
 *
 * It takes at most 4 * (pattern.n + text.n + 1) steps if no "?" stands behind a star. With one, the
 * piece of the pattern that has it takes at most its length times the length of text. If the steps
 * do not suffice, or if a longer segment than GLOB_MAX_SEGMENT would have to be searched for, they
 * are used up and the result is false.
 */
bool glob_match(struct str pattern, struct str text, struct steps *steps);
/* Does s hold one of the two bytes? Then it is not UTF-8. */
bool glob_has_wildcard(struct str s);

#endif
