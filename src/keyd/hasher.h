/*
 * hasher: the kind of eicd-keyd-hash: what core may ask that takes long or may do so: to hash
 * and check passwords, to find the step of a code within a day, to make private keys and certify
 * them, to certify the next key of an agent. It is a process of its own, so that no signature has
 * to wait for it. It also signs the digests of the audit trail, because there is only one of it,
 * which remembers the last one (notary.h). Core does not wait for its reply (api/parked.h,
 * region/later.h).
 */
#ifndef KEYD_HASHER_H
#define KEYD_HASHER_H

#include "keyd/ops.h"

extern const struct keyd_kind keyd_hasher;

#endif
