/*
 * hashing: what actions ask eicd-keyd-hash (docs/PROTOCOL.md 1.3). An act or a scope asks before it
 * writes anything. At first there is no answer: the function returns ERR_AGAIN, and the request is
 * run again when there is one. Errors are those of parked_ask (api/parked.h). Secrets are appended
 * to buffers, which the caller wipes.
 */
#ifndef API_HASHING_H
#define API_HASHING_H

#include "api/call.h"

/* The sealed hash of a new password, for the user with this id. */
int hashing_new_password(struct call *c, struct str user_id, struct str password,
    struct buf *ret_sealed) MUST_CHECK;
/* Whether password is the one whose sealed hash is kept for the user with this id. */
int hashing_check_password(struct call *c, struct str user_id, struct str sealed,
    struct str password, bool *ret_right) MUST_CHECK;
/* The seed of a new MFA device in base32, and its sealed form. */
int hashing_new_totp(struct call *c, struct str serial_number, struct buf *ret_base32,
    struct buf *ret_sealed) MUST_CHECK;
/* *ret_step is the first step of the range in q that has the code in q, or 0 if none has. */
int hashing_check_totp(struct call *c, struct str serial_number, const struct keyd_hash *q,
    uint64_t *ret_step) MUST_CHECK;

#endif
