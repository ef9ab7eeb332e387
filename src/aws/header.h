/*
 * header: the header fields of a request as values, in the order and the
 * spelling in which they came. Who parses HTTP is codec/http; who gets them
 * from another process is api.
 */
#ifndef AWS_HEADER_H
#define AWS_HEADER_H

#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct header {
	struct str name;	/* any case */
	struct str value;	/* without the line end; blanks around it are kept */
};

/* How many fields have this name (ASCII case does not matter). */
size_t header_count(const struct header *h, size_t n, struct str name);
/*
 * The value of the one field with this name, trimmed; empty when there is none.
 * ERR_NOTFOUND, ERR_DUP when there are several.
 */
int header_get(const struct header *h, size_t n, struct str name, struct str *ret) MUST_CHECK;

#endif
