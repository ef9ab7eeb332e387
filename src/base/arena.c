/*
 * arena: memory for one request; see arena.h. It is a list of blocks. A reset keeps the first
 * block, so that small requests need no allocation.
 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/secret.h"

#define BLOCK_BYTES 16384u

struct block {
	struct block *next;
	size_t used, cap;
	alignas(max_align_t) char bytes[];
};

struct arena {
	struct block *first, *last;
	size_t total, max;
};

static struct block *
block_new(struct arena *a, size_t n)
{
	struct block *b;
	size_t cap = n > BLOCK_BYTES ? n : BLOCK_BYTES;

	if (n > a->max || a->total > a->max - n)
		abort();
	b = xalloc(sizeof(*b) + cap);
	b->cap = cap;
	a->total += cap;
	return b;
}

struct arena *
arena_new(size_t max_bytes)
{
	struct arena *a = xalloc(sizeof(*a));

	a->max = max_bytes < BLOCK_BYTES ? BLOCK_BYTES : max_bytes;
	a->first = a->last = block_new(a, 1);
	return a;
}

static void
free_from(struct block *b)
{
	struct block *next;

	for (; b != NULL; b = next) {
		next = b->next;
		secret_wipe(b->bytes, b->used);
		xfree(b);
	}
}

void
arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	free_from(a->first);
	xfree(a);
}

void
arena_reset(struct arena *a)
{
	free_from(a->first->next);
	secret_wipe(a->first->bytes, a->first->used);
	a->first->next = NULL;
	a->first->used = 0;
	a->total = a->first->cap;
	a->last = a->first;
}

bool
arena_has_room(const struct arena *a, size_t n)
{
	size_t used = a->total - (a->last->cap - a->last->used), most = a->max - a->max / 8;

	return used <= most && n <= most - used;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	const size_t align = alignof(max_align_t);
	void *p;

	if (n > SIZE_MAX - align)
		abort();
	n = n == 0 ? align : (n + align - 1) / align * align;
	if (n > a->last->cap - a->last->used) {
		a->last->next = block_new(a, n);
		a->last = a->last->next;
	}
	p = a->last->bytes + a->last->used;
	a->last->used += n;
	return p;
}

void *
arena_array(struct arena *a, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size)
		abort();
	return arena_alloc(a, count * size);
}

char *
arena_cstr(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);

	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return p;
}

struct str
arena_str(struct arena *a, struct str s)
{
	return (struct str){ arena_cstr(a, s), s.n };
}

struct str
arena_fmt(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	p = arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return (struct str){ p, (size_t)n };
}
