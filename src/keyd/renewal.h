/*
 * renewal: certifies the next key of an agent (docs/PROTOCOL.md 2). Core says for which agent; what
 * a certificate says beyond its name is decided here, and it lasts as long as the setting says.
 */
#ifndef KEYD_RENEWAL_H
#define KEYD_RENEWAL_H

#include "keyd/ops.h"

/* Answers MSG_CK_CERTIFY_AGENT: a function of an ipc_rule, as those in keyd/access.h. */
int keyd_renewal_certify(void *ctx, struct ipc_in *m) MUST_CHECK;

#endif
