/*
 * totp: the codes of an authenticator app, RFC 6238 as these apps have it:
 * HMAC-SHA-1, 6 digits, steps of 30 seconds counted from 1970. Pure: which steps
 * are good, and that each counts once, is the caller's business.
 */
#ifndef PKI_TOTP_H
#define PKI_TOTP_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define TOTP_SEED_BYTES 20 /* RFC 4226 section 4, R6: 160 bits */
#define TOTP_DIGITS 6
#define TOTP_STEP_S 30
#define TOTP_MAX_STEPS 2880 /* that one question may range over: a day */

/* The code of a step, and a NUL. ERR_CRYPTO. */
int totp_code(struct str seed, uint64_t step, char ret[static TOTP_DIGITS + 1]) MUST_CHECK;

/*
 * *ret: the first step of first..last whose code it is, 0 when it is of none. Every
 * step is looked at and compared, so that the time tells nothing about which.
 * ERR_RANGE (first is 0 or after last, or more than TOTP_MAX_STEPS), ERR_CRYPTO.
 */
int totp_find(struct str seed, const char code[static TOTP_DIGITS], uint64_t first, uint64_t last,
    uint64_t *ret) MUST_CHECK;

#endif
