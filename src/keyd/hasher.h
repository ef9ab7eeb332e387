/*
 * hasher: what core may ask that takes long, or may: hashes of passwords, codes looked
 * for within a day, new private keys. A keyd of its own answers this, so that no
 * signature and no handshake stands behind it. Core waits for it within the act.
 */
#ifndef KEYD_HASHER_H
#define KEYD_HASHER_H

#include "keyd/ops.h"

extern const struct keyd_kind keyd_hasher;

#endif
