/*
 * form_fuzz: parameters that are parsed and encoded again must parse to the same. The first byte
 * is the flags.
 */
#include <assert.h>
#include <stdint.h>

#include "codec/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct uri_param *v, *w;
	size_t i, n, m;
	struct arena *a;
	struct buf b;
	unsigned flags;

	if (size < 1 || size > 65536)
		return 0;
	flags = data[0] & 3;
	a = arena_new(8 << 20);
	buf_init(&b, 1 << 20);
	if (uri_params_parse(a, str_of_n(data + 1, size - 1), flags, 200, &v, &n) == 0) {
		for (i = 0; i < n; i++) {
			buf_ch(&b, '&');
			uri_encode(&b, v[i].name);
			buf_ch(&b, '=');
			uri_encode(&b, v[i].value);
		}
		assert(uri_params_parse(a, buf_view(&b), flags, 200, &w, &m) == 0 && m == n);
		for (i = 0; i < n; i++)
			assert(str_eq(v[i].name, w[i].name) && str_eq(v[i].value, w[i].value));
	}
	buf_release(&b);
	arena_free(a);
	return 0;
}
