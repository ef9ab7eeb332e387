/*
 * lookup_fuzz: a bundle comes from a hostile metadata service, which has no key that the pinned
 * root vouches for. So no key may come out.
 */
#include <assert.h>
#include <stdint.h>

#include "authkeys/lookup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lookup_input in = { .instance_id = STR("i-0123456789abcdef0"),
		.root = STR("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"),
		.user = STR("ec2-user"),
		.now_s = 1795228800 };
	static struct lookup_output out;
	struct arena *a = arena_new(32 << 20);
	struct errinfo ei;
	struct bundle b;

	if (bundle_parse(str_of_n(data, size), &b) == 0) {
		in.bundle = &b;
		(void)!lookup_run(a, &in, &out, &ei);
		assert(out.n == 0);
	}
	arena_free(a);
	return 0;
}
