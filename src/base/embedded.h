/*
 * embedded: a text that is part of the program, as tools/embed makes it of a file.
 */
#ifndef BASE_EMBEDDED_H
#define BASE_EMBEDDED_H

#include <stddef.h>

struct embedded {
	const char *name; /* of the file, without its ending */
	const char *text; /* ends in a NUL */
};

#endif
