/*
 * sigv4_fuzz: checks a request whose method, target and headers are lines of the input, and whose
 * body is the rest. A request that is accepted must be accepted again with the same string to
 * sign.
 */
#include <assert.h>

#include "aws/sigv4.h"

#define MAX_HEADERS 40

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
	struct str rest = str_of_n(data, size), s;
	struct http_header headers[MAX_HEADERS];
	struct sigv4_input in = { .headers = headers, .now_s = 1722518687, .skew_s = 300 };
	struct arena *a = arena_new(8 << 20);
	struct sigv4 first, again;
	struct errinfo ei = { "" };

	in.method = line(&rest);
	in.target = line(&rest);
	while (in.n_headers < MAX_HEADERS && rest.n > 0) {
		s = line(&rest);
		if (s.n == 0)
			break;
		headers[in.n_headers].name = str_head(s, str_index(s, ':'));
		headers[in.n_headers].value = str_from(s, headers[in.n_headers].name.n + 1);
		in.n_headers++;
	}
	in.body = rest;
	if (sigv4_check(&in, a, &first, &ei) == SIGV4_OK) {
		assert(sigv4_check(&in, a, &again, NULL) == SIGV4_OK);
		assert(str_eq(first.string_to_sign, again.string_to_sign));
		assert(first.access_key_id.n >= 16 && first.date.n == 8);
	} else {
		assert(ei.text[0] != '\0');
	}
	arena_free(a);
	return 0;
}
