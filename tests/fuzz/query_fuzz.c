/*
 * query_fuzz: makes a tree of a form. Every list in the tree must be in the order of its numbers.
 */
#include <assert.h>

#include "aws/query.h"
#include "base/num.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
walk(const struct query *q, unsigned depth)
{
	const struct query *item, *child;
	uint64_t last = 0, n;
	size_t count, seen = 0;

	assert(depth <= QUERY_MAX_DEPTH);
	if (query_list(q, "", &item, &count) == 0) {
		for (; item != NULL; item = item->next, seen++) {
			assert(num_u64_parse(item->name, 1, QUERY_MAX_NUMBER, &n) == 0);
			assert(n > last);
			last = n;
		}
		assert(seen == count);
	}
	for (child = q->child; child != NULL; child = child->next) {
		assert(child->name.n > 0);
		assert(child->has_value || child->child != NULL);
		walk(child, depth + 1);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(64 << 20);
	struct errinfo ei = { "" };
	const struct query *q;

	if (query_parse(str_of_n(data, size), a, &q, &ei) == 0)
		walk(q, 0);
	else
		assert(ei.text[0] != '\0');
	arena_free(a);
	return 0;
}
