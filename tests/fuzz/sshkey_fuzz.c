/* sshkey_fuzz: a key that is accepted must be written as one line that reads the same. */
#include <assert.h>
#include <stdint.h>

#include "codec/sshkey.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(1 << 20);
	char fingerprint[SSHKEY_FINGERPRINT_SIZE];
	struct sshkey k, again;
	struct buf b;

	buf_init(&b, 2 * SSHKEY_MAX_TEXT);
	(void)!sshkey_blob_parse(str_of_n(data, size), &k);
	if (sshkey_parse(a, str_of_n(data, size), &k) == 0) {
		sshkey_write(&b, &k);
		assert(buf_err(&b) == 0 && !str_has_ctl(buf_view(&b)));
		assert(sshkey_parse(a, buf_view(&b), &again) == 0);
		assert(again.kind == k.kind && again.bits == k.bits && str_eq(again.blob, k.blob) &&
		    str_eq(again.comment, k.comment));
		assert(sshkey_fingerprint(k.blob, fingerprint) == 0);
		assert(strlen(fingerprint) == SSHKEY_FINGERPRINT_SIZE - 1);
	}
	buf_release(&b);
	arena_free(a);
	return 0;
}
