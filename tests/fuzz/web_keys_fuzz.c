/* web_keys_fuzz: the file of issuers' keys; with what it reads, no signature of zeros is right. */
#include <assert.h>
#include <stdint.h>

#include "region/web_identity.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char zeros[256];
	struct web_identity *w = NULL;

	if (web_identity_parse(str_of_n((const char *)data, size), &w, NULL) == 0) {
		assert(web_identity_verify(w, STR("https://a"), STR("RS256"), STR(""), STR("x"),
			   str_of_n(zeros, sizeof(zeros))) != 0);
		assert(web_identity_verify(w, STR("https://a"), STR("ES256"), STR("k"), STR("x"),
			   str_of_n(zeros, 64)) != 0);
	}
	web_identity_free(w);
	return 0;
}
