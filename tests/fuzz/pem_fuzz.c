/* pem_fuzz: blocks that are read and written again must read the same. */
#include <assert.h>
#include <stdint.h>

#include "codec/pem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pem_block first[8], again[8];
	size_t i, n, m;
	struct arena *a;
	struct buf b;

	if (size > 65536)
		return 0;
	a = arena_new(1 << 22);
	buf_init(&b, 1 << 20);
	if (pem_parse(a, str_of_n(data, size), first, 8, &n) == 0) {
		for (i = 0; i < n; i++)
			pem_write(&b, arena_cstr(a, first[i].label), first[i].der);
		assert(pem_parse(a, buf_view(&b), again, 8, &m) == 0 && m == n);
		for (i = 0; i < n; i++)
			assert(str_eq(first[i].label, again[i].label) &&
			    str_eq(first[i].der, again[i].der));
	}
	buf_release(&b);
	arena_free(a);
	return 0;
}
