/*
 * notary: signs the digests of the audit trail (trail/digest.h). A keyd signs digests of one
 * sequence only, each for the present moment, and remembers the last one. Asked for any digest but
 * the next, it signs the last one again, as it was: so core, once stolen, cannot have history
 * signed anew that this process has signed before, and a core that died before it stored the last
 * one gets it back.
 */
#ifndef KEYD_NOTARY_H
#define KEYD_NOTARY_H

#include "keyd/ops.h"

/* The digest that was signed last, for as long as the process runs. */
struct keyd_notary;

struct keyd_notary *keyd_notary_new(void);
void keyd_notary_free(struct keyd_notary *n); /* NULL is fine */

/* Answers MSG_CK_SIGN_DIGEST: a function of an ipc_rule, as those in keyd/access.h. */
int keyd_notary_sign(void *ctx, struct ipc_in *m) MUST_CHECK;

#endif
