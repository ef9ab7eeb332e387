/* arn_fuzz: what is read as an ARN is written back byte for byte. */
#include <assert.h>

#include "aws/arn.h"
#include "aws/ids.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = str_of_n(data, size);
	enum ids_type t;
	struct arn arn;
	struct buf b;

	if (arn_parse(s, &arn) == 0) {
		buf_init(&b, ARN_MAX_BYTES);
		arn_write(&b, &arn);
		assert(buf_err(&b) == 0 && str_eq(buf_view(&b), s));
		buf_release(&b);
	}
	if (ids_type_of(s, &t) == 0)
		assert(ids_valid(t, s) && s.n < IDS_MAX);
	return 0;
}
