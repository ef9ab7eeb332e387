/*
 * ecsign: stands in for a private key that another process holds. It makes an EVP_PKEY from
 * the public P-256 key of a certificate, and a callback makes its signatures. ecsign.c is the
 * only file that uses EC_KEY_METHOD, which OpenSSL 3.0 deprecates; the only other way would be
 * to write a provider. For net/tls only.
 */
#ifndef NET_ECSIGN_H
#define NET_ECSIGN_H

#include <openssl/evp.h>

#include "net/tls.h"

struct ecsign;

/*
 * public is borrowed. ret_key is the caller's, who frees it with EVP_PKEY_free before the
 * ecsign. ERR_UNSUPPORTED when public is not a P-256 key; ERR_CRYPTO.
 */
int ecsign_new(EVP_PKEY *public, tls_sign_fn sign, void *sign_ctx, struct ecsign **ret,
    EVP_PKEY **ret_key) MUST_CHECK;
void ecsign_free(struct ecsign *e); /* NULL is fine */

#endif
