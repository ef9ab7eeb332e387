/*
 * blob_fuzz: the entries of a document that is read to its end, put together again, must be the
 * document byte for byte. So nothing in it was skipped.
 */
#include <assert.h>
#include <stdint.h>

#include "codec/blob.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = str_of_n(data, size);
	struct blob_entry e, s;
	struct buf doc, one;
	struct rd r;
	int x;

	if (blob_open(in, &r) != 0)
		return 0;
	buf_init(&doc, BLOB_MAX_BYTES);
	buf_init(&one, BLOB_MAX_BYTES);
	while ((x = blob_next(&r, &e)) == 0) {
		assert(e.timestamp_s > 0 && e.instance.n > 0 && e.key.n > 0);
		/* What keyd would sign is read by hosts as what it is. */
		if (blob_parse_signed(e.signed_bytes, &s) == 0)
			assert(s.timestamp_s == e.timestamp_s && str_eq(s.instance, e.instance) &&
			    str_eq(s.caller, e.caller) && str_eq(s.request, e.request) &&
			    s.user.n > 0 && str_eq(s.user, e.user) && str_eq(s.key, e.key));
		buf_clear(&one);
		assert(blob_write_entry(&one, e.signed_bytes,
			   str_of_n(e.signature, e.signature_n)) == 0);
		blob_append(&doc, buf_view(&one));
	}
	if (x == ERR_NOTFOUND)
		assert(str_eq(buf_view(&doc), in));
	buf_release(&doc);
	buf_release(&one);
	return 0;
}
