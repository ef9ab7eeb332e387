/*
 * alloc: heap memory that never fails; see alloc.h. Our code asks the system for memory only
 * here and in secret.c.
 */
#include "base/alloc.h"

#include <malloc.h>

#include "base/secret.h"

static void *
or_abort(void *p)
{
	if (p == NULL)
		abort();
	return p;
}

void *
xalloc(size_t n)
{
	return or_abort(calloc(1, n == 0 ? 1 : n));
}

void *
xarray(size_t count, size_t size)
{
	if (count == 0 || size == 0)
		return xalloc(1);
	return or_abort(calloc(count, size));
}

void *
xregrow(void *p, size_t count, size_t size)
{
	if (count == 0 || size == 0)
		count = size = 1;
	return or_abort(reallocarray(p, count, size));
}

void
xfree(void *p)
{
	free(p);
}

void
xfree_wiped(void *p)
{
	/* The size is what malloc gave, which may be more than was asked for. */
	if (p != NULL)
		secret_wipe(p, malloc_usable_size(p));
	free(p);
}
