/*
 * signer: the kind of eicd-keyd: what core asks in the course of any request: to check a
 * signature, to make a secret, to sign an entry or an OCSP response, to seal or open a text. Each
 * takes a millisecond or so. Several of these processes may run.
 */
#ifndef KEYD_SIGNER_H
#define KEYD_SIGNER_H

#include "keyd/ops.h"

extern const struct keyd_kind keyd_signer;

#endif
