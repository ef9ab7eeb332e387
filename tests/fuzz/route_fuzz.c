/*
 * route_fuzz: reads scope, method, target and X-Amz-Target, each on a line, and then the body. The
 * name of an operation that is found must have only letters and digits.
 */
#include <assert.h>

#include "aws/route.h"

#define ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str
line(struct str *rest)
{
	struct str s = str_head(*rest, str_index(*rest, '\n'));

	*rest = str_from(*rest, s.n + 1);
	return s;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = str_of_n(data, size);
	struct http_header h = { .name = STR("X-Amz-Target") };
	struct route_input in = { .headers = &h, .n_headers = 1 };
	struct arena *a = arena_new(64 << 20);
	enum service guess;
	struct route got;

	in.scope_service = line(&rest);
	in.method = line(&rest);
	in.target = line(&rest);
	h.value = line(&rest);
	in.body = rest;
	if (route_find(&in, a, &got, NULL) == AWSERR_NONE) {
		assert(got.operation.n > 0 && str_all_in(got.operation, ALNUM));
		assert((got.params == NULL) ==
		    (service_info(got.service)->protocol == SERVICE_JSON11));
	}
	guess = service_guess(&h, 1);
	assert(guess < SERVICE_COUNT);
	h.name = STR("Authorization");
	guess = service_guess(&h, 1);
	assert(guess < SERVICE_COUNT);
	arena_free(a);
	return 0;
}
