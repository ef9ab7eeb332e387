/*
 * bundle: all that a key lookup needs in one document, so that sshd's helper asks only once:
 * the values of the paths of wire.md 5.1 (docs/PROTOCOL.md 4). It has these fields in this
 * order, each as "NAME LENGTH LF bytes LF":
 *   active-keys, instance-id, availability-zone, domain, signer-cert, signer-ocsp/NAME ...
 * If active-keys has length 0 there is no live key, and no other field follows.
 */
#ifndef CODEC_BUNDLE_H
#define CODEC_BUNDLE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define BUNDLE_MAX_BYTES (1u << 20)
#define BUNDLE_MAX_STAPLES 8

struct bundle_staple {
	struct str name; /* SHA-1 of the certificate, 40 characters */
	struct str base64;
};

struct bundle {
	struct str active_keys; /* a document of codec/blob.h; empty: no live key */
	struct str instance_id;
	struct str availability_zone;
	struct str domain;
	struct str signer_cert; /* PEM */
	struct bundle_staple staples[BUNDLE_MAX_STAPLES];
	size_t n_staples;
};

/* Appends the document; an overfull buffer is told by buf_err. */
void bundle_write(struct buf *out, const struct bundle *b);
/* Reads a document; views point into s. ERR_SYNTAX, also when a field but the first has length
 * 0; ERR_TOOBIG (more than BUNDLE_MAX_STAPLES, or longer than BUNDLE_MAX_BYTES). */
int bundle_parse(struct str s, struct bundle *ret) MUST_CHECK;

#endif
