/*
 * trail_fuzz: verifies lines of an exported trail, both records and digests. Each digest that is
 * read must be written back.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/rd.h"
#include "trail/digest.h"
#include "trail/verify.h"

static void
again(struct arena *a, struct str text)
{
	struct digest_line l;
	struct digest d;
	struct buf b;

	if (digest_line_parse(text, a, &l) != 0)
		return;
	buf_init(&b, 4 * DIGEST_MAX_LINE_BYTES);
	if (digest_line_write(&b, &l) != 0)
		abort();
	buf_clear(&b);
	if (digest_parse(l.text, a, &d) == 0 &&
	    (digest_write(&b, &d) != 0 || !str_eq(buf_view(&b), l.text)))
		abort();
	buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct verify *v = verify_new(STR(""), (int64_t)(size % 3));
	struct arena *a = arena_new(16u << 20);
	struct rd rd = rd_of(str_of_n(data, size));
	struct verify_place place = { "input", 1 };
	struct str line;

	for (; rd_until(&rd, '\n', size, &line) == 0; place.line++) {
		again(a, line);
		if (digest_line_is(line))
			verify_digest(v, place, line);
		else
			verify_record(v, place, line);
	}
	verify_end(v);
	if (verify_result(v)->valid_records > verify_result(v)->records)
		abort();
	verify_free(v);
	arena_free(a);
	return 0;
}
