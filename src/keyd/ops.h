/*
 * ops: the kinds of keyd, what each holds and may be asked (docs/PROTOCOL.md 1.3).
 * A kind is a row of its own object, so that a program brings along only what its
 * kind can do. No I/O but the answer.
 */
#ifndef KEYD_OPS_H
#define KEYD_OPS_H

#include "base/rand.h"
#include "ipc/ipc.h"
#include "ipc/msg.h"

struct keyd_cache;
struct privkey;
struct seal;

/* What a keyd holds. NULL: this kind does not hold it. */
struct keyd_secrets {
	struct seal *seal;        /* the key-encryption key */
	struct keyd_cache *cache; /* what was opened or derived with it */
	struct privkey *tls_key;  /* of the server's certificate: P-256 */
	const struct rng *rng;
};

struct keyd_kind {
	enum msg_role peer;           /* who may ask */
	const struct ipc_rule *rules; /* what */
	size_t n_rules;
};

/*
 * Answers one message with one MSG_KD_REPLY on c. An error is about the channel,
 * which the caller closes: ERR_PEER (not in the permit table, malformed, or with a
 * descriptor), or as ipc_send. That an operation fails is no error here, but the
 * answer.
 */
int keyd_ops_answer(const struct keyd_kind *kind, const struct keyd_secrets *secrets, struct ipc *c,
    struct ipc_in *m) MUST_CHECK;

#endif
