/*
 * cert_name: see cert_name.h.
 */
#include "pki/cert_name.h"

#include <openssl/evp.h>

#include "base/hex.h"

/* Writes the digest of der in hex, by the function write, and a NUL. */
static void
name_write(struct str der, const EVP_MD *md, void (*write)(struct buf *, const void *, size_t),
    char *ret)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	struct buf b;
	unsigned n;

	if (EVP_Digest(der.p, der.n, digest, &n, md, NULL) != 1)
		abort();
	buf_init(&b, sizeof(digest) * 2);
	write(&b, digest, n);
	memcpy(ret, b.p, b.n);
	ret[b.n] = '\0';
	buf_release(&b);
}

void
cert_name_sha1(struct str der, char ret[static 41])
{
	name_write(der, EVP_sha1(), hex_write_upper, ret);
}

void
cert_name_sha256(struct str der, char ret[static 65])
{
	name_write(der, EVP_sha256(), hex_write, ret);
}
