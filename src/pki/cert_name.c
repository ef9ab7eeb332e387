/*
 * cert_name: fingerprints of certificates; see cert_name.h.
 */
#include "pki/cert_name.h"

#include <openssl/evp.h>

#include "base/hex.h"

void
cert_name_sha1(struct str der, char ret[static 41])
{
	uint8_t digest[20];
	struct buf b;

	if (EVP_Digest(der.p, der.n, digest, NULL, EVP_sha1(), NULL) != 1)
		abort();
	buf_init(&b, 40);
	hex_write_upper(&b, digest, sizeof(digest));
	memcpy(ret, b.p, 40);
	ret[40] = '\0';
	buf_release(&b);
}

void
cert_name_sha256(struct str der, char ret[static 65])
{
	uint8_t digest[32];
	struct buf b;

	if (EVP_Digest(der.p, der.n, digest, NULL, EVP_sha256(), NULL) != 1)
		abort();
	buf_init(&b, 64);
	hex_write(&b, digest, sizeof(digest));
	memcpy(ret, b.p, 64);
	ret[64] = '\0';
	buf_release(&b);
}
