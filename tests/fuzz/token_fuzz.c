/*
 * token_fuzz: reads the text of a session token (first byte even) or the claims in one (odd). A
 * text that was not sealed here must open for no purpose; claims that are read must be written
 * back alike.
 */
#include "api/session.h"
#include "base/b64.h"
#include "pki/seal.h"

#define MAX_TOKEN 12365

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
token_check(struct str text)
{
	const uint8_t kek[SEAL_KEK_BYTES] = { 1 };
	struct seal *seal = seal_new(kek);
	struct secret *secret;
	struct buf token;
	int purpose;

	buf_init(&token, MAX_TOKEN);
	if (b64_parse(text, &token) == 0) {
		for (purpose = SEAL_ACCESS_KEY; purpose <= SEAL_PASSWORD; purpose++) {
			if (seal_unwrap(seal, (enum seal_purpose)purpose, buf_view(&token),
				&secret) != ERR_CRYPTO)
				abort();
		}
	}
	buf_release(&token);
	seal_free(seal);
}

static void
claims_check(struct str claims)
{
	struct arena *a = arena_new(1u << 20);
	struct session s;
	struct buf b;

	buf_init(&b, SESSION_MAX_CLAIMS_BYTES);
	if (session_read(claims, a, &s) == 0 &&
	    (session_write(&b, &s) != 0 || !str_eq(buf_view(&b), claims)))
		abort();
	buf_release(&b);
	arena_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = str_of_n(data, size);

	if (size == 0)
		return 0;
	if ((data[0] & 1) == 0)
		token_check(str_from(in, 1));
	else
		claims_check(str_from(in, 1));
	return 0;
}
