/* bundle_fuzz: a document that is parsed must be written back byte for byte. */
#include <assert.h>
#include <stdint.h>

#include "codec/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = str_of_n(data, size);
	struct bundle b;
	struct buf out;

	if (bundle_parse(in, &b) != 0)
		return 0;
	buf_init(&out, BUNDLE_MAX_BYTES);
	bundle_write(&out, &b);
	assert(str_eq(buf_view(&out), in));
	buf_release(&out);
	return 0;
}
