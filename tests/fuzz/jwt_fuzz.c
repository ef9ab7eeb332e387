/* jwt_fuzz: a token that is taken apart names only its own bytes, and has an object of claims. */
#include <assert.h>
#include <stdint.h>

#include "codec/jwt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str token = str_of_n((const char *)data, size);
	struct arena *a = arena_new(1 << 20);
	struct jwt t = { .claims = NULL };

	if (jwt_parse(token, a, &t) == 0) {
		assert(t.signed_bytes.p == token.p && t.signed_bytes.n < token.n);
		assert(token.p[t.signed_bytes.n] == '.');
		assert(json_kind(t.claims) == JSON_KIND_OBJECT);
	}
	json_free(t.claims);
	arena_free(a);
	return 0;
}
