/*
 * denial: what a caller is told who is denied: AWS's sentence (wire.md 7.6), and behind it an
 * encoded message that says why. Only keyd can open that message, and callers of
 * sts:DecodeAuthorizationMessage are told what it says (docs/decisions/0011).
 */
#ifndef API_DENIAL_H
#define API_DENIAL_H

#include "api/call.h"

/*
 * Sets c->message to the sentence and c->encoded to the encoded message, logs the reason, and
 * returns AWSERR_ACCESS_DENIED. rq is what was decided on; shown has all condition keys, not only
 * those that a policy asked for. Never fails: what does not fit into the encoded message is left
 * out of it, and if keyd does not answer there is none.
 */
enum awserr denial_answer(struct call *c, const struct iam_request *rq,
    const struct iam_context *shown, const struct iam_attached_policy *policies, size_t n_policies,
    const struct iam_decision *d);

/* The text of an error's answer: the message and, if there is one, the encoded message behind it.
 * In the call's arena. */
struct str denial_message(const struct call *c);

/*
 * Opens an encoded message: what it says is JSON (iam/explain.h), in the call's arena. ERR_SYNTAX
 * (not base64, or too long), ERR_CRYPTO (not one of ours), ERR_DENIED (of another account), or an
 * error of keyd_port (region/ports.h).
 */
int denial_open(struct call *c, struct str encoded, struct str *ret_json) MUST_CHECK;

#endif
