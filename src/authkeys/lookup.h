/*
 * lookup: finds the keys that may log in, from what the metadata service answered. If one of
 * the keys that fit does not verify, none is returned, as the whole answer cannot be trusted.
 * Pure: no files, no sockets, no clock.
 */
#ifndef AUTHKEYS_LOOKUP_H
#define AUTHKEYS_LOOKUP_H

#include "base/arena.h"
#include "base/err.h"
#include "codec/bundle.h"

#define LOOKUP_MAX_KEYS 256

struct lookup_input {
	const struct bundle *bundle; /* as the metadata service gave it */
	struct str fingerprint;      /* "SHA256:...": only the key with it; empty: all */
	/* The id of this machine, from a source that is not the metadata service. Empty only
	 * when the metadata came from this host's own agent. */
	struct str instance_id;
	struct str root; /* the pinned root, PEM */
	int64_t now_s;   /* UTC */
};

struct lookup_key {
	struct str line;        /* the OpenSSH line as it is in the entry */
	struct str fingerprint; /* "SHA256:..." */
	struct str request;
	struct str caller;
};

struct lookup_output {
	struct lookup_key keys[LOOKUP_MAX_KEYS]; /* views into input and arena */
	size_t n;                                /* 0: no live key fits */
};

/*
 * Chooses the entries of this instance that have not expired and fit the fingerprint, and
 * verifies the signer's chain and their signatures (wire.md 5.3 to 5.5). ERR_SYNTAX or ERR_DUP
 * (the metadata is malformed), ERR_DENIED (it is of another machine, or an entry holds a
 * private key), ERR_CRYPTO (chain or signature do not verify), ERR_TOOBIG (more keys fit than
 * LOOKUP_MAX_KEYS, or a limit of codec/blob.h). ei says what exactly; ret->n is 0 then.
 */
int lookup_run(struct arena *a, const struct lookup_input *in, struct lookup_output *ret,
    struct errinfo *ei) MUST_CHECK;

#endif
