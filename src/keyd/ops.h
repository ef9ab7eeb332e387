/*
 * ops: the operations of keyd, docs/PROTOCOL.md 1.3: what core may ask and
 * what front may ask. No I/O but the answer.
 */
#ifndef KEYD_OPS_H
#define KEYD_OPS_H

#include "base/rand.h"
#include "ipc/ipc.h"
#include "ipc/msg.h"
#include "pki/privkey.h"
#include "pki/seal.h"

struct keyd_ops;

/* Takes seal over. */
struct keyd_ops *keyd_ops_new(struct seal *seal, const struct rng *rng);
void keyd_ops_free(struct keyd_ops *o); /* NULL is fine */

/*
 * The private key of the TLS certificate, taken over, in the place of the one
 * before. ERR_UNSUPPORTED: not P-256, still the caller's.
 */
int keyd_ops_set_tls_key(struct keyd_ops *o, struct privkey *key) MUST_CHECK;

/*
 * Answers one message from peer with one MSG_KD_REPLY on c. An error is about the
 * channel, which the caller closes: ERR_PEER (not in the peer's permit table,
 * malformed, or with a descriptor), or as ipc_send. That an operation fails is
 * no error here, but the answer.
 */
int keyd_ops_answer(struct keyd_ops *o, enum msg_role peer, struct ipc *c,
    struct ipc_in *m) MUST_CHECK;

#endif
