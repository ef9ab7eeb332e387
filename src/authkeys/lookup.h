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
/* How far the clock of eicd may be ahead of this machine's. As long as its own life and this, and
 * no longer, may an entry still be valid. */
#define LOOKUP_SKEW_S 300

struct lookup_input {
	const struct bundle *bundle; /* as the metadata service gave it */
	struct str user;             /* who wants to log in */
	struct str fingerprint;      /* "SHA256:...": only the key with it; empty: all */
	struct str instance_id;      /* of this machine, and not from the metadata service */
	struct str root;             /* the pinned roots (pki/chain.h) */
	int64_t now_s;               /* UTC */
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
	/* The end of an entry that fits but for its time, by its #Timestamp; 0: there is none.
	 * Nobody has verified it. */
	int64_t untimely_s;
};

/*
 * Chooses the entries of this instance that are valid now and fit the fingerprint, and
 * verifies the signer's chain and their signatures (wire.md 5.3 to 5.5). ERR_SYNTAX or ERR_DUP
 * (the metadata is malformed), ERR_DENIED (it is of another machine, an entry is for another user
 * or does not say for whom, or it holds a private key), ERR_CRYPTO (chain or signature do not
 * verify), ERR_TOOBIG (more keys fit than LOOKUP_MAX_KEYS, or a limit of codec/blob.h). ei says
 * what exactly; ret->n is 0 then.
 */
int lookup_run(struct arena *a, const struct lookup_input *in, struct lookup_output *ret,
    struct errinfo *ei) MUST_CHECK;

#endif
