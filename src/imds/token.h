/*
 * token: the session tokens of one guest (IMDSv2, wire.md 5.2). A token is the number of a
 * place in the guest's table and 31 random bytes. It cannot be guessed, is worth nothing to
 * another guest, and needs no key to check.
 *
 * When the table has TOKEN_MAX places, a new token may replace one that is still good.
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

/* All zero is empty. The members are private to token.c. */
struct tokens {
	struct token *v;
	size_t n; /* places, whether their tokens are good or expired */
	size_t cap;
	size_t at; /* where the search for the next place begins */
};

/* Wipes and frees all tokens; t is empty then. */
void token_release(struct tokens *t);

/*
 * Makes a new token, good for ttl_s seconds from now_ms (boot clock). generation is that of
 * the signer whose keys its requests get; 0: none was known. ret gets TOKEN_LEN characters
 * and a NUL.
 */
void token_issue(struct tokens *t, const struct rng *rng, uint32_t ttl_s, uint32_t generation,
    int64_t now_ms, char ret[static TOKEN_LEN + 1]);

/* Checks that text is a token of this guest and still good, and returns its generation.
 * ERR_DENIED when it is not. */
int token_check(const struct tokens *t, struct str text, int64_t now_ms,
    uint32_t *ret_generation) MUST_CHECK;

#endif
