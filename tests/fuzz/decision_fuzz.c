/*
 * decision_fuzz: makes policies and a request of the input. The engine and the naive evaluator
 * must decide alike, and the properties in tests/unit/iam/agree.h must hold.
 */
#include <stdint.h>
#include <stdlib.h>

#include "agree.h"

#define REQUESTS 32 /* by the policies of one input */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct agree_count count = { .cases = 0 };
	struct arena *a = arena_new(4 << 20);
	struct buf report;

	buf_init(&report, 1 << 16);
	if (!agree_check(a, data, size, REQUESTS, &count, &report)) {
		fprintf(stderr, "%.*s\n", STR_FMT(buf_view(&report)));
		abort();
	}
	buf_release(&report);
	arena_free(a);
	return 0;
}
