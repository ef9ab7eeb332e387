/*
 * token: the table of a guest's session tokens; see token.h.
 */
#include "imds/token.h"

#include "base/alloc.h"
#include "base/b64.h"
#include "base/buf.h"
#include "base/secret.h"

#define SECRET_BYTES 31 /* with 2 bytes for the place: 44 characters without padding */
#define FIRST_CAP 8
#define LOOK_AHEAD 8 /* places tried before the table grows */

struct token {
	int64_t until_ms;
	uint32_t generation;
	uint8_t secret[SECRET_BYTES];
};

void
token_release(struct tokens *t)
{
	if (t->v != NULL)
		secret_wipe(t->v, t->cap * sizeof(*t->v));
	xfree(t->v);
	*t = (struct tokens){ 0 };
}

/* Adds a place at the end and returns its index. Does not use base/array, which would leave a
 * copy of the secrets in the memory that the table had before. */
static size_t
append(struct tokens *t)
{
	if (t->n == t->cap) {
		size_t cap = t->cap == 0 ? FIRST_CAP : t->cap * 2;
		struct token *v = xarray(cap, sizeof(*v));

		if (t->n > 0) {
			memcpy(v, t->v, t->n * sizeof(*v));
			secret_wipe(t->v, t->n * sizeof(*v));
		}
		xfree(t->v);
		t->v = v;
		t->cap = cap;
	}
	return t->n++;
}

/* Finds a place for a new token: one whose token has expired, else a new one, else, when the
 * table is full, one whose token is still good. */
static size_t
place(struct tokens *t, int64_t now_ms)
{
	size_t i, at;

	for (i = 0; i < LOOK_AHEAD && i < t->n; i++) {
		at = (t->at + i) % t->n;
		if (t->v[at].until_ms <= now_ms) {
			t->at = at + 1;
			return at;
		}
	}
	if (t->n < TOKEN_MAX)
		return append(t);
	at = t->at % t->n;
	t->at = at + 1;
	return at;
}

void
token_issue(struct tokens *t, const struct rng *rng, uint32_t ttl_s, uint32_t generation,
    int64_t now_ms, char ret[static TOKEN_LEN + 1])
{
	size_t at = place(t, now_ms);
	struct token *token = &t->v[at];
	uint8_t raw[2 + SECRET_BYTES];
	struct buf text;

	rand_fill(rng, token->secret, sizeof(token->secret));
	token->until_ms = now_ms + (int64_t)ttl_s * 1000;
	token->generation = generation;
	raw[0] = (uint8_t)(at >> 8);
	raw[1] = (uint8_t)at;
	memcpy(raw + 2, token->secret, SECRET_BYTES);
	buf_init(&text, TOKEN_LEN);
	b64_write(&text, raw, sizeof(raw));
	memcpy(ret, text.p, TOKEN_LEN);
	ret[TOKEN_LEN] = '\0';
	buf_wipe(&text);
	secret_wipe(raw, sizeof(raw));
}

int
token_check(const struct tokens *t, struct str text, int64_t now_ms, uint32_t *ret_generation)
{
	const struct token *token;
	struct buf raw;
	size_t at;
	int r = ERR_DENIED;

	if (text.n != TOKEN_LEN)
		return ERR_DENIED;
	buf_init(&raw, 2 + SECRET_BYTES);
	if (b64_parse(text, &raw) != 0 || raw.n != 2 + SECRET_BYTES)
		goto out;
	at = (size_t)((uint8_t)raw.p[0] << 8 | (uint8_t)raw.p[1]);
	if (at >= t->n)
		goto out;
	token = &t->v[at];
	if (!secret_equal(token->secret, raw.p + 2, SECRET_BYTES) || now_ms >= token->until_ms)
		goto out;
	*ret_generation = token->generation;
	r = 0;
out:
	buf_wipe(&raw);
	return r;
}
