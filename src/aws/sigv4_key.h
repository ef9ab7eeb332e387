/*
 * sigv4_key: the chain from a secret access key to a signature. Only what holds secrets uses it:
 * keyd, and sigv4_sign.
 */
#ifndef AWS_SIGV4_KEY_H
#define AWS_SIGV4_KEY_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define SIGV4_KEY_BYTES 32

/*
 * Derives a signing key by HMACs: "AWS4"+secret -> date -> region -> service -> "aws4_request".
 * The key is a secret too, good for one day, region and service; the caller wipes it. ERR_RANGE
 * when the secret is empty or longer than 128 bytes; ERR_CRYPTO.
 */
int sigv4_key_derive(struct str secret, struct str date, struct str region, struct str service,
    uint8_t ret[static SIGV4_KEY_BYTES]) MUST_CHECK;

/* Makes the signature of a string. ERR_CRYPTO. */
int sigv4_key_sign(const uint8_t key[static SIGV4_KEY_BYTES], struct str string_to_sign,
    uint8_t ret[static 32]) MUST_CHECK;

/* True when this is the signature of the string. The time that it takes does not depend on where
 * they differ. False also when the library fails. */
bool sigv4_key_verify(const uint8_t key[static SIGV4_KEY_BYTES], struct str string_to_sign,
    const uint8_t signature[static 32]);

#endif
