/*
 * signer: what core may ask for each of its requests: is this signature right, sign
 * this entry, certificate or response, seal or open this. Each question is answered
 * within a millisecond or so; of the keyds that do, there may be several.
 */
#ifndef KEYD_SIGNER_H
#define KEYD_SIGNER_H

#include "keyd/ops.h"

extern const struct keyd_kind keyd_signer;

#endif
