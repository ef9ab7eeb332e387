/*
 * denial: what who is denied is told: AWS's sentence (wire.md 7.6), and behind it
 * an encoded message that says why, which only keyd can open: who may call
 * sts:DecodeAuthorizationMessage learns what it says (docs/decisions).
 */
#ifndef API_DENIAL_H
#define API_DENIAL_H

#include "api/call.h"

/*
 * Sets the call's message to the sentence and c->encoded to the message, logs the
 * reason, and gives back AWSERR_ACCESS_DENIED. shown is rq with all the keys that
 * there are, rq what was decided on. Never fails: what does not fit into the
 * message is left out of it, and without keyd there is none.
 */
enum awserr denial_answer(struct call *c, const struct iam_request *rq,
    const struct iam_context *shown, const struct iam_attached_policy *policies, size_t n_policies,
    const struct iam_decision *d);

/* The text of an error's answer: its message, and the encoded message behind it. */
struct str denial_message(const struct call *c);

/*
 * What an encoded message says, as JSON (iam/explain.h). ERR_SYNTAX, ERR_CRYPTO
 * (not one of ours), ERR_DENIED (of another account); as keyd's port.
 */
int denial_open(struct call *c, struct str encoded, struct str *ret_json) MUST_CHECK;

#endif
