/*
 * possession: how an agent shows that it has the private half of a new key on P-256, whose public
 * half it wants certified (docs/PROTOCOL.md 2, "renewal"). It signs the public half and the name of
 * the certificate that the new one is to follow: so a proof is good for one step of one agent.
 */
#ifndef PKI_POSSESSION_H
#define PKI_POSSESSION_H

#include "base/buf.h"
#include "pki/privkey.h"

/* A SubjectPublicKeyInfo (RFC 5480 2) with an uncompressed point on P-256 has one length. */
#define POSSESSION_KEY_BYTES 91
/* The longest ECDSA-Sig-Value of P-256 in DER (RFC 3279 2.2.3). */
#define POSSESSION_PROOF_MAX_BYTES 72

/* Appends the public half of a key on P-256 and the proof for it. present is the
 * cert_name_sha256 of the agent's present certificate. ERR_CRYPTO, ERR_TOOBIG (a buf is full). */
int possession_prove(struct privkey *key, struct str present, struct buf *ret_public,
    struct buf *ret_proof) MUST_CHECK;

/* Is the proof one for this public key and this present certificate? ERR_SYNTAX (the key is none on
 * P-256 in the one form that there is), ERR_CRYPTO (the proof is another key's, or of something
 * else). */
int possession_verify(struct str public_key, struct str present, struct str proof) MUST_CHECK;

#endif
