/*
 * token: the session tokens of one guest (IMDSv2, wire.md 5.2). A token is a
 * place in the guest's table and 31 random bytes: it cannot be guessed, is worth
 * nothing to another guest, and needs no key to check.
 *
 * When the table has reached its maximum, an old token gives way to a new one.
 */
#ifndef IMDS_TOKEN_H
#define IMDS_TOKEN_H

#include <stdint.h>

#include "base/err.h"
#include "base/rand.h"
#include "base/str.h"

#define TOKEN_LEN 44 /* characters */
#define TOKEN_MAX_TTL_S 21600
#define TOKEN_MAX 1024 /* of one guest */

/* Zeroed is empty. Fields are token.c's own. */
struct tokens {
	struct token *v;
	size_t n; /* places in use or used once */
	size_t cap;
	size_t at; /* where the next one goes */
};

void token_release(struct tokens *t);

/*
 * A new token, good for ttl_s seconds from now_ms (boot clock). generation: the
 * signer that its lookup is to see. ret: TOKEN_LEN characters and a NUL.
 */
void token_issue(struct tokens *t, const struct rng *rng, uint32_t ttl_s, uint32_t generation,
    int64_t now_ms, char ret[static TOKEN_LEN + 1]);

/* Is text a token of this guest that is still good? ERR_DENIED when not. */
int token_check(const struct tokens *t, struct str text, int64_t now_ms,
    uint32_t *ret_generation) MUST_CHECK;

#endif
