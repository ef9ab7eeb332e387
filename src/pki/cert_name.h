/*
 * cert_name: what a certificate is called. Apart from cert, so that programs that
 * only name certificates (core, the sshd helper) bring no private key along.
 */
#ifndef PKI_CERT_NAME_H
#define PKI_CERT_NAME_H

#include "base/str.h"

/* SHA-1 of the DER, 40 upper-case hex digits and a NUL: the name of its staple
 * and, of a signer, its id (wire.md 5.5). */
void cert_name_sha1(struct str der, char ret[static 41]);
/* SHA-256 of the DER, 64 lower-case hex digits and a NUL: how agents are known. */
void cert_name_sha256(struct str der, char ret[static 65]);

#endif
