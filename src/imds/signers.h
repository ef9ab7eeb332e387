/*
 * signers: the certificate chains that key entries are signed with: the one
 * in use and the one before it, which lookups under way still need
 * (wire.md 5.4, 5.5; docs/PROTOCOL.md 2).
 */
#ifndef IMDS_SIGNERS_H
#define IMDS_SIGNERS_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define SIGNERS_ID_LEN 40
#define SIGNERS_MAX_CHAIN_BYTES 32768
#define SIGNERS_MAX_STAPLES 8
#define SIGNERS_MAX_STAPLE_BYTES 8192
#define SIGNERS_KEEP_MS 60000 /* how long the one before stays */

struct signer_staple {
	struct str name;   /* SHA-1 of a certificate, 40 upper-case hex digits */
	struct str base64; /* OCSPResponse */
};

/* What eicd says about a signer; and what is kept of it. */
struct signer_desc {
	struct str id;    /* SHA-1 of the leaf, 40 upper-case hex digits */
	struct str chain; /* PEM */
	const struct signer_staple *staples;
	size_t n_staples;
};

struct signer {
	struct signer_desc desc;
	uint32_t generation; /* 1, 2, ...: never used twice in a process */
};

struct signers;

struct signers *signers_new(void);
void signers_free(struct signers *s); /* NULL is fine */

/* ERR_SYNTAX (id or a name is not 40 upper-case hex digits, something is empty),
 * ERR_TOOBIG (a maximum above). */
int signers_desc_check(const struct signer_desc *d) MUST_CHECK;

/*
 * Copies d and makes it the current signer. Under the id of the current one it
 * only replaces chain and staples. As signers_desc_check.
 */
int signers_put(struct signers *s, const struct signer_desc *d, int64_t now_ms) MUST_CHECK;

/* Borrowed until the next signers_put. NULL when there is none. */
const struct signer *signers_current(const struct signers *s);
/* The one before, while it is kept; else NULL. */
const struct signer *signers_previous(const struct signers *s, int64_t now_ms);
/* The one with this generation when it is one of the two; else NULL. */
const struct signer *signers_find(const struct signers *s, uint32_t generation, int64_t now_ms);

#endif
