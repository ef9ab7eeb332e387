/*
 * buf: growing buffers with a maximum and a sticky error; see buf.h.
 */
#include "base/buf.h"

#include <assert.h>

#include "base/alloc.h"
#include "base/secret.h"

void
buf_init(struct buf *b, size_t max_bytes)
{
	*b = (struct buf){ .max = max_bytes };
}

void
buf_release(struct buf *b)
{
	xfree_wiped(b->p);
	buf_init(b, b->max);
}

void
buf_wipe(struct buf *b)
{
	buf_release(b);
}

void
buf_clear(struct buf *b)
{
	b->n = 0;
	b->err = 0;
}

/* Grows to hold at least n more bytes and a NUL. The old memory is wiped, as a buf may hold a
 * secret that its user will remove with buf_wipe. */
static void
grow(struct buf *b, size_t n)
{
	size_t want = b->n + n + 1, cap = b->cap == 0 ? 64 : b->cap;
	char *p;

	if (want <= b->cap)
		return;
	while (cap < want)
		cap *= 2;
	if (cap > b->max + 1)
		cap = b->max + 1;
	p = xalloc(cap);
	if (b->n > 0) {
		memcpy(p, b->p, b->n);
		secret_wipe(b->p, b->n);
	}
	xfree(b->p);
	b->p = p;
	b->cap = cap;
}

char *
buf_reserve(struct buf *b, size_t n)
{
	if (b->err != 0)
		return NULL;
	if (n > b->max - b->n) {
		b->err = ERR_TOOBIG;
		return NULL;
	}
	grow(b, n);
	return b->p + b->n;
}

void
buf_commit(struct buf *b, size_t n)
{
	assert(n < b->cap - b->n || (n == 0 && b->cap == b->n));
	b->n += n;
}

void
buf_add(struct buf *b, const void *p, size_t n)
{
	char *at = buf_reserve(b, n);

	if (at == NULL || n == 0)
		return;
	memcpy(at, p, n);
	buf_commit(b, n);
}

void
buf_str(struct buf *b, struct str s)
{
	buf_add(b, s.p, s.n);
}

void
buf_c(struct buf *b, const char *cstr)
{
	buf_add(b, cstr, strlen(cstr));
}

void
buf_ch(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_u64(struct buf *b, uint64_t v)
{
	char digits[20];
	size_t i = sizeof(digits);

	do {
		digits[--i] = (char)('0' + v % 10);
		v /= 10;
	} while (v != 0);
	buf_add(b, digits + i, sizeof(digits) - i);
}

void
buf_i64(struct buf *b, int64_t v)
{
	if (v < 0)
		buf_ch(b, '-');
	buf_u64(b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void
buf_fmt(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	char *at;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	assert(n >= 0);
	if ((at = buf_reserve(b, (size_t)n)) == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(at, (size_t)n + 1, fmt, ap);
	va_end(ap);
	buf_commit(b, (size_t)n);
}

void
buf_drop(struct buf *b, size_t n)
{
	assert(n <= b->n);
	if (n == 0)
		return;
	memmove(b->p, b->p + n, b->n - n);
	b->n -= n;
}

struct str
buf_view(const struct buf *b)
{
	return (struct str){ b->p, b->n };
}

int
buf_err(const struct buf *b)
{
	return b->err;
}

char *
buf_take(struct buf *b, size_t *ret_n)
{
	char *p;

	if (b->err != 0)
		return NULL;
	grow(b, 0);
	p = b->p;
	p[b->n] = '\0';
	if (ret_n != NULL)
		*ret_n = b->n;
	buf_init(b, b->max);
	return p;
}
