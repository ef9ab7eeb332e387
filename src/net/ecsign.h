/*
 * ecsign: a private key that is not here: an EVP_PKEY made of a certificate's
 * public P-256 key whose signatures come from a callback. The one file that
 * uses OpenSSL's deprecated EC_KEY_METHOD, since 3.0 has no other way to do
 * this without writing a provider. For net/tls only.
 */
#ifndef NET_ECSIGN_H
#define NET_ECSIGN_H

#include <openssl/evp.h>

#include "net/tls.h"

struct ecsign;

/*
 * public: borrowed; must be a P-256 key, else ERR_UNSUPPORTED. ret_key is the
 * caller's (EVP_PKEY_free) and must go before the ecsign. ERR_CRYPTO.
 */
int ecsign_new(EVP_PKEY *public, tls_sign_fn sign, void *sign_ctx, struct ecsign **ret,
    EVP_PKEY **ret_key) MUST_CHECK;
void ecsign_free(struct ecsign *e); /* NULL is fine */

#endif
