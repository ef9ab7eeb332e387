/*
 * buf: a growing byte buffer with a hard maximum and a sticky error.
 *
 * Append as often as you like and check once: an append that would pass the maximum is ignored,
 * and so are all later ones, and buf_err returns ERR_TOOBIG.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct buf {
	char *p;
	size_t n;   /* bytes used */
	size_t cap; /* bytes allocated, at most max + 1 */
	size_t max; /* bytes allowed */
	int err;    /* 0 or ERR_TOOBIG */
};

void buf_init(struct buf *b, size_t max_bytes);
void buf_release(struct buf *b); /* wipes and frees; b is empty then, with the same maximum */
void buf_wipe(struct buf *b);    /* the same, where the bytes are known to be secret */
void buf_clear(struct buf *b);   /* length 0, no error; keeps the memory */

/* All of these append. */
void buf_add(struct buf *b, const void *p, size_t n);
void buf_str(struct buf *b, struct str s);
void buf_c(struct buf *b, const char *cstr);
void buf_ch(struct buf *b, char c);
void buf_u64(struct buf *b, uint64_t v); /* decimal */
void buf_i64(struct buf *b, int64_t v);  /* decimal */
void buf_fmt(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* buf_reserve makes room for n more bytes and returns where to write them, or NULL with the
 * error set. buf_commit then says how many were written (at most n). */
char *buf_reserve(struct buf *b, size_t n);
void buf_commit(struct buf *b, size_t n);

/* Removes n bytes from the front; n is at most the length. */
void buf_drop(struct buf *b, size_t n);

struct str buf_view(const struct buf *b);    /* valid until the next change */
int buf_err(const struct buf *b) MUST_CHECK; /* 0 or ERR_TOOBIG */

/* Hands the bytes over with a NUL behind; the caller frees them with xfree, and b is empty.
 * Returns NULL when b has an error. ret_n (the length) may be NULL. */
char *buf_take(struct buf *b, size_t *ret_n);

#endif
