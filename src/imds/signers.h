/*
 * signers: the signers of key entries, with their certificate chains: the current one, and
 * the one before, which lookups under way still need (wire.md 5.4, 5.5; docs/PROTOCOL.md 2).
 * now_ms is the boot clock everywhere here.
 */
#ifndef IMDS_SIGNERS_H
#define IMDS_SIGNERS_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "link/link.h"

#define SIGNERS_KEEP_MS 60000 /* how long the one before is kept */

struct signer {
	struct link_signer desc;
	uint32_t generation; /* 1, 2, ...: never used twice by one struct signers */
};

struct signers;

struct signers *signers_new(void);
void signers_free(struct signers *s); /* NULL is fine */

/*
 * Makes a copy of d the current signer. If d has the id of the current one, it only replaces
 * its chain and staples, and the generation stays. Errors as link_check.
 */
int signers_put(struct signers *s, const struct link_signer *d, int64_t now_ms) MUST_CHECK;

/* All three return a signer that is borrowed until the next signers_put, or NULL when there
 * is none. signers_previous gives the one before while it is kept, signers_find the one of
 * the two that has this generation. */
const struct signer *signers_current(const struct signers *s);
const struct signer *signers_previous(const struct signers *s, int64_t now_ms);
const struct signer *signers_find(const struct signers *s, uint32_t generation, int64_t now_ms);

#endif
