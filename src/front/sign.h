/*
 * sign: the signature of a TLS handshake, made by keyd, docs/PROTOCOL.md 1.3.
 * Blocks for the answer; while keyd is being restarted, for the new one. After an
 * answer that was late or nonsense, and after one wait in vain, handshakes fail at
 * once until sign_attach: front has others to serve.
 */
#ifndef FRONT_SIGN_H
#define FRONT_SIGN_H

#include "net/tls.h"
#include "proc/control.h"

struct sign;

/* The control channel brings a new keyd. */
struct sign *sign_new(struct control *control);
void sign_free(struct sign *s); /* NULL is fine */

void sign_attach(struct sign *s, uint16_t number, int fd);

/* A tls_sign_fn; ctx is the struct sign. ERR_UNAVAIL. */
int sign_digest(void *ctx, const uint8_t digest[static 32],
    uint8_t ret_sig[static TLS_SIGNATURE_MAX], size_t *ret_n) MUST_CHECK;

#endif
