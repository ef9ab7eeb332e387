/*
 * possession: see possession.h.
 */
#include "pki/possession.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "pki/x509.h"

/* What is signed begins with this, so that it cannot be taken for anything else. */
#define PURPOSE "openeic-agent-key-1\n"
#define MAX_TEXT_BYTES 256

/* All that stands before the two numbers of the point: both algorithms, and that the point is not
 * compressed (RFC 5480 2.1.1, SEC 1 2.3.3). */
static const char prefix[] = "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86"
			     "\x48\xce\x3d\x03\x01\x07\x03\x42\x00\x04";

static int
text_write(struct buf *text, struct str present, struct str public_key)
{
	buf_init(text, MAX_TEXT_BYTES);
	buf_c(text, PURPOSE);
	buf_str(text, present);
	buf_ch(text, '\n');
	buf_str(text, public_key);
	return buf_err(text);
}

int
possession_prove(struct privkey *key, struct str present, struct buf *ret_public,
    struct buf *ret_proof)
{
	struct buf text;
	int r;

	if ((r = privkey_public_write(key, ret_public)) != 0)
		return r;
	if ((r = text_write(&text, present, buf_view(ret_public))) == 0)
		r = privkey_sign(key, buf_view(&text), ret_proof);
	buf_release(&text);
	return r;
}

/* NULL: it has another form, or the point is not on the curve. */
static EVP_PKEY *
key_parse(struct str der)
{
	const unsigned char *p = (const unsigned char *)der.p;

	if (der.n != POSSESSION_KEY_BYTES || memcmp(der.p, prefix, sizeof(prefix) - 1) != 0)
		return NULL;
	return d2i_PUBKEY(NULL, &p, (long)der.n);
}

int
possession_verify(struct str public_key, struct str present, struct str proof)
{
	EVP_PKEY *key = key_parse(public_key);
	struct buf text;
	int r = ERR_SYNTAX;

	if (key != NULL) {
		if ((r = text_write(&text, present, public_key)) == 0)
			r = x509_ecdsa_verify(key, buf_view(&text), proof);
		buf_release(&text);
	}
	ERR_clear_error();
	EVP_PKEY_free(key);
	return r;
}
