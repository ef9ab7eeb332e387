/*
 * totp: see totp.h.
 */
#include "pki/totp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/secret.h"

#define SHA1_BYTES 20

/* RFC 4226 section 5.3: takes 31 bits of the MAC, from the place that its last byte names. */
static void
truncate_mac(const uint8_t mac[SHA1_BYTES], char ret[static TOTP_DIGITS])
{
	const uint8_t *p = mac + (mac[SHA1_BYTES - 1] & 15);
	uint32_t v =
	    (uint32_t)(p[0] & 0x7f) << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	size_t i;

	for (i = TOTP_DIGITS; i-- > 0; v /= 10)
		ret[i] = (char)('0' + v % 10);
}

int
totp_code(struct str seed, uint64_t step, char ret[static TOTP_DIGITS + 1])
{
	uint8_t counter[8], mac[SHA1_BYTES];
	size_t i;

	for (i = 0; i < sizeof(counter); i++)
		counter[i] = (uint8_t)(step >> (56 - 8 * i));
	if (HMAC(EVP_sha1(), seed.p, (int)seed.n, counter, sizeof(counter), mac, NULL) == NULL)
		return ERR_CRYPTO;
	truncate_mac(mac, ret);
	ret[TOTP_DIGITS] = '\0';
	secret_wipe(mac, sizeof(mac));
	return 0;
}

int
totp_find(struct str seed, const char code[static TOTP_DIGITS], uint64_t first, uint64_t last,
    uint64_t *ret)
{
	char want[TOTP_DIGITS + 1];
	uint64_t step, found = 0, hit;
	int r;

	if (first == 0 || first > last || last - first >= TOTP_MAX_STEPS)
		return ERR_RANGE;
	/* It counts backwards, so that the first match stays, and does not branch on the
	 * outcome. */
	for (step = last; step >= first; step--) {
		if ((r = totp_code(seed, step, want)) != 0)
			return r;
		hit = -(uint64_t)secret_equal(want, code, TOTP_DIGITS);
		found = (found & ~hit) | (step & hit);
	}
	secret_wipe(want, sizeof(want));
	*ret = found;
	return 0;
}
