/*
 * ops: the kinds of keyd: what each holds, and what it may be asked (docs/PROTOCOL.md 1.3).
 * Each kind is defined in a file of its own, so that its program is linked with nothing but
 * its own operations. No I/O but the reply.
 */
#ifndef KEYD_OPS_H
#define KEYD_OPS_H

#include "base/clock.h"
#include "base/rand.h"
#include "ipc/ipc.h"
#include "ipc/msg.h"
#include "settings/eicd.h"

struct keyd_cache;
struct keyd_notary;
struct privkey;
struct seal;

/* What a keyd holds. A member is NULL when this kind does not hold it. */
struct keyd_secrets {
	struct seal *seal;          /* the key-encryption key */
	struct keyd_cache *cache;   /* keys opened or derived with it */
	struct privkey *tls_key;    /* the P-256 key of the server's certificate */
	struct keyd_notary *notary; /* the digest that was signed last */
	const struct rng *rng;
	const struct clock *clock;
	const struct eicd_settings *settings; /* for lifetimes; may change between two questions */
};

struct keyd_kind {
	enum msg_role peer;           /* the role that may ask */
	const struct ipc_rule *rules; /* what it may ask */
	size_t n_rules;
};

/*
 * Answers one message with one MSG_KD_REPLY on c. An error means that the caller must close
 * the channel: ERR_PEER (the message is not in the permit table, is malformed, or has a
 * descriptor), or as ipc_send. When the operation itself fails, the reply says so and 0 is
 * returned.
 */
int keyd_ops_answer(const struct keyd_kind *kind, const struct keyd_secrets *secrets, struct ipc *c,
    struct ipc_in *m) MUST_CHECK;

#endif
