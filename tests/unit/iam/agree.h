/*
 * agree: puts generated policies and requests to the engine and to the naive evaluator, and checks
 * what must hold for every case.
 */
#ifndef TESTS_IAM_AGREE_H
#define TESTS_IAM_AGREE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"

/* How the cases went: a generator whose cases all end alike tests nothing. */
struct agree_count {
	size_t cases, reason[16];
};

/*
 * Makes policies from the bytes, and n_requests requests. True when all holds; else
 * what does not, with the whole case, is in report. The arena is not reset.
 */
bool agree_check(struct arena *a, const uint8_t *bytes, size_t n, unsigned n_requests,
    struct agree_count *count, struct buf *report);

#endif
