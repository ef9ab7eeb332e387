/*
 * totp: the codes of an authenticator app (RFC 6238), with the parameters that these apps use:
 * HMAC-SHA-1, 6 digits, steps of 30 seconds counted from 1970. It is pure: the caller decides which
 * steps are good, and sees to it that each counts once.
 */
#ifndef PKI_TOTP_H
#define PKI_TOTP_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define TOTP_SEED_BYTES 20 /* RFC 4226 section 4, R6: 160 bits */
#define TOTP_DIGITS 6
#define TOTP_STEP_S 30
#define TOTP_MAX_STEPS 2880 /* the largest range of one totp_find: a day */

/* The code of a step, and a NUL. ERR_CRYPTO: OpenSSL failed. */
int totp_code(struct str seed, uint64_t step, char ret[static TOTP_DIGITS + 1]) MUST_CHECK;

/*
 * *ret is the first step from first to last that has this code, or 0 if none has. Every step is
 * computed and compared, so that the time tells nothing about which it was. ERR_RANGE (first is 0
 * or after last, or there are more than TOTP_MAX_STEPS), ERR_CRYPTO (OpenSSL failed).
 */
int totp_find(struct str seed, const char code[static TOTP_DIGITS], uint64_t first, uint64_t last,
    uint64_t *ret) MUST_CHECK;

#endif
