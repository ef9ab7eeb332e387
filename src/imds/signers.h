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
#include "link/link.h"

#define SIGNERS_KEEP_MS 60000 /* how long the one before stays */

/* What is kept of a signer. */
struct signer {
	struct link_signer desc;
	uint32_t generation; /* 1, 2, ...: never used twice in a process */
};

struct signers;

struct signers *signers_new(void);
void signers_free(struct signers *s); /* NULL is fine */

/*
 * Copies d and makes it the current signer. Under the id of the current one it
 * only replaces chain and staples. As link_check.
 */
int signers_put(struct signers *s, const struct link_signer *d, int64_t now_ms) MUST_CHECK;

/* Borrowed until the next signers_put. NULL when there is none. */
const struct signer *signers_current(const struct signers *s);
/* The one before, while it is kept; else NULL. */
const struct signer *signers_previous(const struct signers *s, int64_t now_ms);
/* The one with this generation when it is one of the two; else NULL. */
const struct signer *signers_find(const struct signers *s, uint32_t generation, int64_t now_ms);

#endif
