/*
 * uri_fuzz: any bytes that are encoded must decode to themselves. A normalised path must begin
 * with '/', have neither empty nor dot segments, and not change when it is normalised again.
 */
#include <assert.h>
#include <stdint.h>

#include "codec/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_path(struct str path)
{
	struct buf once, twice;
	struct str seg, rest;
	size_t at;

	buf_init(&once, path.n + 1);
	buf_init(&twice, path.n + 2);
	uri_path_normalise(&once, path);
	uri_path_normalise(&twice, buf_view(&once));
	assert(once.err == 0 && str_eq(buf_view(&once), buf_view(&twice)));
	assert(once.p[0] == '/');
	for (rest = str_from(buf_view(&once), 1); rest.n > 0; rest = str_from(rest, at + 1)) {
		at = str_index(rest, '/');
		seg = str_head(rest, at);
		assert(seg.n > 0 && !str_eq_c(seg, ".") && !str_eq_c(seg, ".."));
	}
	buf_release(&once);
	buf_release(&twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = str_of_n(data, size), path, query;
	struct buf b, back;

	buf_init(&b, 3 * size);
	buf_init(&back, size);
	uri_encode(&b, in);
	assert(uri_decode(&back, buf_view(&b)) == 0 && str_eq(buf_view(&back), in));
	buf_clear(&b);
	if (uri_decode(&b, in) == 0)
		assert(b.n <= size);
	check_path(in);
	if (uri_target_split(in, &path, &query) == 0) {
		assert(path.n + query.n + 1 >= size && path.p[0] == '/');
		check_path(path);
	}
	buf_release(&b);
	buf_release(&back);
	return 0;
}
