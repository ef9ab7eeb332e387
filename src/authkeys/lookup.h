/*
 * lookup: from what metadata says to the keys that may log in. Everything is
 * proven or nothing is given: one entry that does not verify, and the whole
 * answer is not to be trusted. Pure: no files, no sockets, no clock.
 */
#ifndef AUTHKEYS_LOOKUP_H
#define AUTHKEYS_LOOKUP_H

#include "base/arena.h"
#include "base/err.h"
#include "codec/bundle.h"

#define LOOKUP_MAX_KEYS 256

struct lookup_input {
	const struct bundle *bundle; /* as metadata gave it */
	struct str fingerprint;      /* "SHA256:..."; only keys with it. Empty: all */
	/* The instance that this machine is, from a source that is not metadata;
	 * empty only when metadata itself came from such a source. */
	struct str instance_id;
	struct str root; /* the pinned root, PEM */
	int64_t now_s;   /* UTC */
};

struct lookup_key {
	struct str line;        /* as it stands in the entry */
	struct str fingerprint; /* "SHA256:..." */
	struct str request;
	struct str caller;
};

struct lookup_output {
	struct lookup_key keys[LOOKUP_MAX_KEYS]; /* views into input and arena */
	size_t n;                                /* 0: no key that fits is live */
};

/*
 * ERR_SYNTAX (metadata is malformed), ERR_DENIED (metadata is another machine's),
 * ERR_CRYPTO (chain or signature not proven), ERR_TOOBIG; ei says what exactly.
 * ret->n is 0 then.
 */
int lookup_run(struct arena *a, const struct lookup_input *in, struct lookup_output *ret,
    struct errinfo *ei) MUST_CHECK;

#endif
