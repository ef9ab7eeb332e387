/*
 * array: arrays that grow by doubling, on the heap or in an arena. Not for secrets:
 * where an array has been, a copy of it stays.
 */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <stddef.h>

#include "base/arena.h"

/* How many elements an array has room for after it has grown. */
#define ARRAY_NEXT(cap) ((cap) == 0 ? (size_t)8 : 2 * (cap))

/*
 * Makes sure that an array v with *cap elements of size bytes, the first n of them in use, has
 * room for one more. Returns v, or where it was moved to, and sets *cap. New elements are not
 * zeroed. v may be NULL with *cap 0. The caller frees the array with xfree.
 */
void *array_room(void *v, size_t n, size_t *cap, size_t size);

/* The same for an array in a, but new elements are zeroed. */
void *array_room_arena(struct arena *a, void *v, size_t n, size_t *cap, size_t size);

#endif
