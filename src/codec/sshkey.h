/*
 * sshkey: parses SSH public keys as people paste them, down to the last byte of their wire form
 * (RFC 4253 section 6.6, RFC 5656, RFC 8709), and writes them as an OpenSSH line. Callers decide
 * which kinds and lengths they accept.
 */
#ifndef CODEC_SSHKEY_H
#define CODEC_SSHKEY_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define SSHKEY_MAX_TEXT 16384
/* "SHA256:", 43 characters, NUL. */
#define SSHKEY_FINGERPRINT_SIZE 51

enum sshkey_kind {
	SSHKEY_RSA,
	SSHKEY_ED25519,
	SSHKEY_ECDSA_P256,
	SSHKEY_ECDSA_P384,
	SSHKEY_ECDSA_P521,
	SSHKEY_SK_ED25519,    /* FIDO: sk-ssh-ed25519@openssh.com */
	SSHKEY_SK_ECDSA_P256, /* FIDO: sk-ecdsa-sha2-nistp256@openssh.com */
};

struct sshkey {
	enum sshkey_kind kind;
	unsigned bits;      /* of the RSA modulus, or of the curve (Ed25519: 256) */
	struct str type;    /* "ssh-ed25519"; lives for ever */
	struct str blob;    /* wire form; in the arena */
	struct str comment; /* in the arena; without control bytes; may be empty */
};

/*
 * Parses one public key: an OpenSSH line (`type base64 [comment]`; spaces and line ends around
 * it are allowed) or an RFC 4716 block. Errors: ERR_DENIED (it looks like a private key, which
 * must not be logged), ERR_UNSUPPORTED (a kind that is not in the enum, such as a certificate),
 * ERR_TOOBIG (longer than SSHKEY_MAX_TEXT), ERR_SYNTAX (anything else: options before the key,
 * NUL, a type in the wire form that differs from the one before it, numbers that are not
 * canonical, bytes left over).
 */
int sshkey_parse(struct arena *a, struct str text, struct sshkey *ret) MUST_CHECK;
/* Parses the wire form alone. comment is empty, and blob is borrowed. ERR_UNSUPPORTED,
 * ERR_SYNTAX. */
int sshkey_blob_parse(struct str blob, struct sshkey *ret) MUST_CHECK;

/* Appends `type base64[ comment]` without a line end. */
void sshkey_write(struct buf *out, const struct sshkey *k);

/* Writes the fingerprint that `ssh-keygen -l` and sshd's %f print, "SHA256:...", and a NUL.
 * ERR_CRYPTO when the digest fails. */
int sshkey_fingerprint(struct str blob, char ret[static SSHKEY_FINGERPRINT_SIZE]) MUST_CHECK;

#endif
