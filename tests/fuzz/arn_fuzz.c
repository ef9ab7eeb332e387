/*
 * arn_fuzz: an ARN that is parsed must be written back byte for byte, and a decision of iam must
 * see the same parts in it.
 */
#include <assert.h>

#include "aws/arn.h"
#include "aws/ids.h"
#include "iam/arnpattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_parts(struct str s, const struct arn *arn)
{
	const struct arnpattern_subject parts = arnpattern_subject_of(s);

	assert(parts.is_arn);
	assert(str_eq(parts.part[0], arn->partition) && str_eq(parts.part[1], arn->service));
	assert(str_eq(parts.part[2], arn->region));
	assert(str_eq(parts.part[ARNPATTERN_ACCOUNT], arn->account));
	assert(str_eq(parts.part[4], arn->resource));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = str_of_n(data, size);
	enum ids_type t;
	struct arn arn;
	struct buf b;

	if (arn_parse(s, &arn) == 0) {
		check_parts(s, &arn);
		buf_init(&b, ARN_MAX_BYTES);
		arn_write(&b, &arn);
		assert(buf_err(&b) == 0 && str_eq(buf_view(&b), s));
		buf_release(&b);
	}
	if (ids_type_of(s, &t) == 0)
		assert(ids_valid(t, s) && s.n < IDS_MAX);
	return 0;
}
