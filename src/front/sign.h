/*
 * sign: asks keyd-tls for the signature of a TLS handshake (docs/PROTOCOL.md 1.3). It blocks
 * for the reply (2 s) and, while keyd-tls is being restarted, for the new channel (3 s). After
 * a reply that was late or nonsense, and after waiting for a channel in vain, handshakes fail
 * at once until sign_attach, as front has other clients to serve.
 */
#ifndef FRONT_SIGN_H
#define FRONT_SIGN_H

#include "net/tls.h"
#include "proc/control.h"

struct sign;

/* control is used to ask for a new channel, and outlives the sign. */
struct sign *sign_new(struct control *control);
void sign_free(struct sign *s); /* NULL is fine */

/* The parent gave us fd, a channel to the keyd-tls with this number. Takes fd over. */
void sign_attach(struct sign *s, uint16_t number, int fd);

/* A tls_sign_fn; ctx is the struct sign. ERR_UNAVAIL, whatever went wrong; the log says what. */
int sign_digest(void *ctx, const uint8_t digest[static 32],
    uint8_t ret_sig[static TLS_SIGNATURE_MAX], size_t *ret_n) MUST_CHECK;

#endif
