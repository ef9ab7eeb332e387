/*
 * alloc: heap memory that never fails. All input is bounded, so memory that
 * runs out is a fault of the machine: the process aborts, the parent restarts
 * it. malloc and its kin are banned outside this room.
 */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

#include <stddef.h>

void *xalloc(size_t n);                            /* zeroed */
void *xarray(size_t count, size_t size);           /* zeroed; overflow aborts */
void *xregrow(void *p, size_t count, size_t size); /* realloc; new bytes not zeroed */
void xfree(void *p);                               /* NULL is fine */

#endif
