/*
 * alloc: heap memory that never fails. All input is bounded, so running out of memory is a
 * fault of the machine: the process aborts, and its parent starts it again. malloc and its kin
 * are banned outside this room (base/banned.h).
 */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

#include <stddef.h>

/* All three return memory that is freed with xfree; it is never NULL. An overflow aborts. */
void *xalloc(size_t n);                            /* zeroed */
void *xarray(size_t count, size_t size);           /* zeroed */
void *xregrow(void *p, size_t count, size_t size); /* as realloc: new bytes are not zeroed */
void xfree(void *p);                               /* NULL is fine */
void xfree_wiped(void *p);                         /* overwrites all of it first; NULL is fine */

#endif
