/*
 * arena: memory that lives as long as one request and goes in one call.
 * Never fails: memory out, or more than the maximum, aborts the process,
 * so callers bound what they ask for.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/str.h"

struct arena;

struct arena *arena_new(size_t max_bytes);
void arena_free(struct arena *a);  /* NULL is fine */
void arena_reset(struct arena *a); /* everything handed out is gone */

void *arena_alloc(struct arena *a, size_t n);                  /* zeroed, aligned for anything */
void *arena_array(struct arena *a, size_t count, size_t size); /* overflow aborts */
char *arena_cstr(struct arena *a, struct str s);               /* copy with a NUL behind */
struct str arena_str(struct arena *a, struct str s);           /* copy */
struct str arena_fmt(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3), nonnull(2)));

#endif
