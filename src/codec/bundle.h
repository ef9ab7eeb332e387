/*
 * bundle: all that a key lookup needs in one document, so that sshd's helper
 * asks once: what the paths of wire.md 5.1 say, one after the other. Fields
 * in this order, each "name length LF bytes LF":
 *   active-keys [instance-id availability-zone domain signer-cert
 *   {signer-ocsp/NAME}]
 * When active-keys has length 0 there is no live key, and nothing follows.
 */
#ifndef CODEC_BUNDLE_H
#define CODEC_BUNDLE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define BUNDLE_MAX_BYTES (1u << 20)
#define BUNDLE_MAX_STAPLES 8

struct bundle_staple {
	struct str name; /* 40 characters */
	struct str base64;
};

struct bundle {
	struct str active_keys; /* codec/blob; empty: no live key */
	struct str instance_id;
	struct str availability_zone;
	struct str domain;
	struct str signer_cert; /* PEM */
	struct bundle_staple staples[BUNDLE_MAX_STAPLES];
	size_t n_staples;
};

void bundle_write(struct buf *out, const struct bundle *b);
/* Views point into s. ERR_SYNTAX, also for a field of length 0 behind the first;
 * ERR_TOOBIG (more than BUNDLE_MAX_STAPLES, or BUNDLE_MAX_BYTES). */
int bundle_parse(struct str s, struct bundle *ret) MUST_CHECK;

#endif
