/*
 * array: arrays on the heap that grow by doubling.
 */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <stddef.h>

/*
 * Makes sure that an array v with *cap places of size bytes, the first n of them
 * taken, has room for one more: returns v, or where it has moved to, and sets *cap.
 * New places are not zeroed. v may be NULL with *cap 0; free it with xfree.
 */
void *array_room(void *v, size_t n, size_t *cap, size_t size);

#endif
