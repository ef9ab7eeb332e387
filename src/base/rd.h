/*
 * rd: a cursor for reading bytes in order. A getter that fails does not move it.
 *
 * A parser is a chain of getters that ends in rd_end, as bytes that are left over are an error.
 * The views that getters return point into the input.
 */
#ifndef BASE_RD_H
#define BASE_RD_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct rd {
	struct str rest;
};

struct rd rd_of(struct str s);

/* Reads exactly n bytes. ERR_SYNTAX when there are fewer. */
int rd_bytes(struct rd *r, size_t n, struct str *ret) MUST_CHECK;
/* Reads up to the byte `end`, which is skipped and not returned. ERR_SYNTAX when it does not
 * come; ERR_TOOBIG when more than max bytes come before it or without it. */
int rd_until(struct rd *r, char end, size_t max, struct str *ret) MUST_CHECK;
/* Skips lit. ERR_SYNTAX when it is not there. */
int rd_lit(struct rd *r, struct str lit) MUST_CHECK;
/* Reads the longest run of bytes that are in set. ERR_SYNTAX when there is none, ERR_TOOBIG when
 * it is longer than max. */
int rd_span(struct rd *r, const char *set, size_t max, struct str *ret) MUST_CHECK;

/* Each reads a big-endian integer. ERR_SYNTAX when too few bytes are left. */
int rd_u8(struct rd *r, uint8_t *ret) MUST_CHECK;
int rd_u16(struct rd *r, uint16_t *ret) MUST_CHECK;
int rd_u32(struct rd *r, uint32_t *ret) MUST_CHECK;
int rd_u64(struct rd *r, uint64_t *ret) MUST_CHECK;

/* 0 when nothing is left, else ERR_SYNTAX. */
int rd_end(const struct rd *r) MUST_CHECK;

#endif
