/*
 * thief: what a stolen core can ask of keyd, for the tests that play one: authorities as eicd init
 * makes them, and a question of each kind.
 */
#ifndef THIEF_H
#define THIEF_H

#include "rig.h"

#include "pki/cert.h"
#include "trail/digest.h"

#define PLACE "eu-lab-1.amazonaws.com"
#define ED25519 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGDFlf5L4Yxuc2NIVv3Q4AHsV3k7BOjKFIrxbM5NQKBo"

/* A key with its certificate. */
struct made {
	struct privkey *key; /* of authorities only */
	struct buf sealed, cert;
	uint64_t not_before, not_after;
};

void made_release(struct made *m);

/* An authority of the issuer, or a root when that is NULL. */
void authority(struct rig *rig, enum cert_profile profile, const struct made *issuer, int64_t end_s,
    struct made *ret);
void authorities(struct rig *rig, struct made *root, struct made *inter);

/* Each asks, and tells whether keyd did it; the reply stands behind its ok. */
bool ask_key(struct rig *rig, uint8_t profile, uint8_t kind, const struct made *issuer,
    const char *place);
bool ask_ocsp(struct rig *rig, const struct made *issuer, const struct made *subject);
bool ask_entry(struct rig *rig, const struct made *signer, struct str text);
bool ask_digest(struct rig *rig, const struct made *key, struct str certificate,
    const struct digest *d);

/* A digest of an hour that ends now, of these records; before and hash fill the two hashes. */
struct digest digest_of(int64_t seq, int64_t first, int64_t last, uint8_t before, uint8_t hash,
    struct str previous);

/* A key of core, which keyd makes and certifies. */
void make_key(struct rig *rig, uint8_t profile, uint8_t kind, const struct made *issuer,
    struct made *ret);

#endif
