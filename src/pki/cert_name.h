/*
 * cert_name: the names of certificates. It is apart from cert, so that programs that only name
 * certificates (core, the sshd helper) do not link what handles private keys.
 */
#ifndef PKI_CERT_NAME_H
#define PKI_CERT_NAME_H

#include "base/str.h"

/* The SHA-1 of the DER as 40 upper-case hex digits and a NUL. It names a certificate's staple, and
 * is the id of a signer (wire.md 5.5). */
void cert_name_sha1(struct str der, char ret[static 41]);
/* The SHA-256 of the DER as 64 lower-case hex digits and a NUL. Agents, and the signers of digests,
 * are known by it. */
void cert_name_sha256(struct str der, char ret[static 65]);

#endif
