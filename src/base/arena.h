/*
 * arena: memory that lives as long as one request and is freed in one call. Allocating never
 * fails: when memory runs out, or more than the maximum is asked for, the process aborts. So
 * callers bound what they ask for. What was handed out is wiped before it goes back to the heap, as
 * a request may hold what should not be there, such as a private key that was sent by mistake.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct arena;

struct arena *arena_new(size_t max_bytes); /* at least 16 KiB, whatever max_bytes is */
void arena_free(struct arena *a);          /* NULL is fine */
void arena_reset(struct arena *a);         /* takes back everything that was handed out */

/*
 * Is there room for n bytes more, with an eighth of the maximum still left for others? Who copies
 * what nobody has bounded (the store does) asks before it copies, and fails with ERR_TOOBIG: what
 * lies in a database must not end a process.
 */
bool arena_has_room(const struct arena *a, size_t n);

void *arena_alloc(struct arena *a, size_t n);                  /* zeroed, aligned for any type */
void *arena_array(struct arena *a, size_t count, size_t size); /* the same; overflow aborts */
char *arena_cstr(struct arena *a, struct str s);               /* a copy with a NUL behind */
struct str arena_str(struct arena *a, struct str s);           /* a copy */
struct str arena_fmt(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3), nonnull(2)));

#endif
