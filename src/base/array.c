/*
 * array: see array.h.
 */
#include "base/array.h"

#include <string.h>

#include "base/alloc.h"

void *
array_room(void *v, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return v;
	*cap = ARRAY_NEXT(*cap);
	return xregrow(v, *cap, size);
}

void *
array_room_arena(struct arena *a, void *v, size_t n, size_t *cap, size_t size)
{
	void *grown;

	if (n < *cap)
		return v;
	*cap = ARRAY_NEXT(*cap);
	grown = arena_array(a, *cap, size);
	if (n > 0)
		memcpy(grown, v, n * size);
	return grown;
}
