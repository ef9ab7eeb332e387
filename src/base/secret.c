/*
 * secret: bytes in pages of their own; see secret.h. That costs a page for each secret, but no
 * other data is on it, and there are few secrets at a time.
 */
#include "base/secret.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"

#define SECRET_MAX 16384u

struct secret {
	uint8_t *p;
	size_t n, mapped;
};

struct secret *
secret_new(const void *p, size_t n)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct secret *s;

	if (n > SECRET_MAX)
		abort();
	s = xalloc(sizeof(*s));
	s->mapped = (n / page + 1) * page;
	s->p = mmap(NULL, s->mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (s->p == MAP_FAILED)
		abort();
	/* Failures are ignored, as a low RLIMIT_MEMLOCK must not stop the service. */
	(void)!mlock(s->p, s->mapped);
	(void)!madvise(s->p, s->mapped, MADV_DONTDUMP);
	(void)!madvise(s->p, s->mapped, MADV_WIPEONFORK);
	if (n > 0)
		memcpy(s->p, p, n);
	s->n = n;
	return s;
}

void
secret_free(struct secret *s)
{
	if (s == NULL)
		return;
	secret_wipe(s->p, s->mapped);
	munmap(s->p, s->mapped);
	xfree(s);
}

const uint8_t *
secret_bytes(const struct secret *s)
{
	return s->p;
}

size_t
secret_len(const struct secret *s)
{
	return s->n;
}

void
secret_wipe(void *p, size_t n)
{
	explicit_bzero(p, n);
}

bool
secret_equal(const void *a, const void *b, size_t n)
{
	const volatile uint8_t *x = a, *y = b;
	uint8_t diff = 0;
	size_t i;

	for (i = 0; i < n; i++)
		diff |= (uint8_t)(x[i] ^ y[i]);
	return diff == 0;
}
