/*
 * embedded: a file whose text is part of the program. tools/embed makes these at build time.
 */
#ifndef BASE_EMBEDDED_H
#define BASE_EMBEDDED_H

#include <stddef.h>

struct embedded {
	const char *name; /* the file's name without its ending */
	const char *text; /* ends in a NUL */
};

#endif
