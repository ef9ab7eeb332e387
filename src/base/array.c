/*
 * array: see array.h.
 */
#include "base/array.h"

#include <string.h>

#include "base/alloc.h"

#define FIRST 8

void *
array_room(void *v, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return v;
	*cap = *cap == 0 ? FIRST : 2 * *cap;
	return xregrow(v, *cap, size);
}

void *
array_room_arena(struct arena *a, void *v, size_t n, size_t *cap, size_t size)
{
	void *grown;

	if (n < *cap)
		return v;
	*cap = *cap == 0 ? FIRST : 2 * *cap;
	grown = arena_array(a, *cap, size);
	if (n > 0)
		memcpy(grown, v, n * size);
	return grown;
}
