/*
 * auditchain: see auditchain.h. The store makes the chain with it, and eic-validate-logs
 * verifies an exported trail with it.
 */
#include "codec/auditchain.h"

#include <assert.h>
#include <openssl/evp.h>

void
auditchain_hash(const uint8_t prev[static AUDITCHAIN_BYTES], uint64_t seq, struct str event_id,
    struct str record, uint8_t ret[static AUDITCHAIN_BYTES])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t number[8];
	int ok;

	for (int i = 0; i < 8; i++)
		number[i] = (uint8_t)(seq >> (56 - 8 * i));
	ok = ctx != NULL && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1 &&
	    EVP_DigestUpdate(ctx, prev, AUDITCHAIN_BYTES) == 1 &&
	    EVP_DigestUpdate(ctx, number, sizeof(number)) == 1 &&
	    EVP_DigestUpdate(ctx, event_id.p, event_id.n) == 1 &&
	    EVP_DigestUpdate(ctx, record.p, record.n) == 1 &&
	    EVP_DigestFinal_ex(ctx, ret, NULL) == 1;
	EVP_MD_CTX_free(ctx);
	/* Without SHA-256 the machine is broken, and nothing could be proved. */
	assert(ok);
}
