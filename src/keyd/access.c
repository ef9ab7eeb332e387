/*
 * access: see access.h. A session token is the secret access key (40 characters) followed by
 * the claims, sealed. Only a holder of the key-encryption key can read it, so any keyd can
 * verify signatures with it, and nobody else can read or change it.
 */
#include "keyd/access.h"

#include "aws/claims.h"
#include "aws/ids.h"
#include "aws/sigv4_key.h"
#include "base/b32.h"
#include "keyd/cache.h"
#include "keyd/request.h"
#include "pki/password.h"
#include "pki/totp.h"

#define SECRET_BYTES (IDS_SECRET_BYTES - 1)
#define MAX_TOKEN (SECRET_BYTES + KEYD_MAX_CLAIMS + SEAL_OVERHEAD_BYTES)
#define MAX_SEALED_SEED (TOTP_SEED_BYTES + SEAL_OVERHEAD_BYTES)
#define MAX_SEALED_PASSWORD (PASSWORD_HASH_BYTES + SEAL_OVERHEAD_BYTES)

/* How many steps from keyd's own one a code may be asked about: the clock of a device may be half a
 * day off (svc/identity/mfa.c), a person may be a step late, and core may have looked at the clock
 * a moment ago. */
#define REACH_STEPS (TOTP_MAX_STEPS / 2 + 1 + KEYD_NEAR_S / TOTP_STEP_S)

/* The secret that a token which does not open is verified with, so that it takes as long. */
#define DECOY STR("0000000000000000000000000000000000000000")

static struct str
secret_view(const struct secret *s)
{
	return str_of_n(secret_bytes(s), secret_len(s));
}

/* Opens sealed and appends the plain text. */
static int
unwrap(const struct keyd_request *q, enum seal_purpose purpose, struct str sealed, struct buf *out)
{
	struct secret *secret = NULL;
	int r;

	if ((r = seal_unwrap(q->secrets->seal, purpose, sealed, &secret)) == 0) {
		buf_str(out, secret_view(secret));
		r = buf_err(out);
	}
	secret_free(secret);
	return r;
}

/* ---- sessions ---- */

/* A session begins now, and lasts no longer than one of AWS may. */
static int
claims_check(const struct keyd_secrets *v, struct str claims)
{
	int64_t now = clock_wall_s(v->clock);
	struct claims_head head;
	struct rd r = rd_of(claims);
	int e;

	if ((e = claims_head_read(&r, &head)) != 0)
		return e;
	if (head.issued_at < now - KEYD_NEAR_S || head.issued_at > now + KEYD_NEAR_S ||
	    head.expires_at <= head.issued_at ||
	    head.expires_at - head.issued_at > CLAIMS_MAX_LIFETIME_S)
		return ERR_RANGE;
	return 0;
}

int
keyd_access_new_session(void *ctx, struct ipc_in *m)
{
	struct keyd_request *q = ctx;
	char secret[IDS_SECRET_BYTES];
	struct buf plain, token;
	struct str claims;
	int r;

	if ((r = ipc_get_str(m, KEYD_MAX_CLAIMS, &claims)) != 0 || (r = ipc_get_end(m)) != 0)
		return r;
	if ((q->result = claims_check(q->secrets, claims)) != 0)
		return 0;
	ids_secret_new(q->secrets->rng, secret);
	buf_init(&plain, SECRET_BYTES + KEYD_MAX_CLAIMS);
	buf_init(&token, MAX_TOKEN);
	buf_c(&plain, secret);
	buf_str(&plain, claims);
	r = seal_wrap(q->secrets->seal, SEAL_SESSION, buf_view(&plain), q->secrets->rng, &token);
	ipc_put_str(&q->reply, str_of(secret));
	secret_wipe(secret, sizeof(secret));
	buf_wipe(&plain);
	keyd_request_finish(q, r, &token);
	return 0;
}

/* Checks the signature with the secret in opened. If that is NULL, as the token did not open, a
 * check against the decoy takes about the time of a real one, and *ret_valid is false. */
static int
session_verify(const struct keyd_request *q, struct keyd_scope *scope, const struct secret *opened,
    struct str string_to_sign, const uint8_t *signature, bool *ret_valid)
{
	uint8_t decoy[SIGV4_KEY_BYTES];
	const uint8_t *key;
	int r;

	if (opened == NULL) {
		r = sigv4_key_derive(DECOY, scope->date, scope->region, scope->service, decoy);
		if (r == 0)
			(void)sigv4_key_verify(decoy, string_to_sign, signature);
		*ret_valid = false;
		return r;
	}
	scope->secret = str_head(secret_view(opened), SECRET_BYTES);
	if ((r = keyd_cache_signing_key(q->secrets->cache, scope, &key)) == 0)
		*ret_valid = sigv4_key_verify(key, string_to_sign, signature);
	return r;
}

int
keyd_access_verify_session(void *ctx, struct ipc_in *m)
{
	struct keyd_scope scope = { .purpose = SEAL_SESSION };
	struct keyd_request *q = ctx;
	struct str string_to_sign, signature;
	struct secret *opened = NULL;
	bool valid = false;
	int r;

	if ((r = ipc_get_str(m, MAX_TOKEN, &scope.sealed)) != 0 ||
	    (r = ipc_get_str(m, KEYD_MAX_SCOPE_PART, &scope.date)) != 0 ||
	    (r = ipc_get_str(m, KEYD_MAX_SCOPE_PART, &scope.region)) != 0 ||
	    (r = ipc_get_str(m, KEYD_MAX_SCOPE_PART, &scope.service)) != 0 ||
	    (r = ipc_get_str(m, KEYD_MAX_STRING_TO_SIGN, &string_to_sign)) != 0 ||
	    (r = ipc_get_str(m, 32, &signature)) != 0 || (r = ipc_get_end(m)) != 0)
		return r;
	if (signature.n != 32)
		return ERR_PEER;
	/* keyd seals no session shorter than a secret; this makes sure. */
	if (seal_unwrap(q->secrets->seal, SEAL_SESSION, scope.sealed, &opened) == 0 &&
	    secret_len(opened) < SECRET_BYTES) {
		secret_free(opened);
		opened = NULL;
	}
	q->result =
	    session_verify(q, &scope, opened, string_to_sign, (const uint8_t *)signature.p, &valid);
	ipc_put_u8(&q->reply, opened != NULL);
	ipc_put_u8(&q->reply, valid);
	ipc_put_str(&q->reply,
	    opened == NULL ? STR("") : str_from(secret_view(opened), SECRET_BYTES));
	secret_free(opened);
	return 0;
}

/* ---- messages ---- */

int
keyd_access_seal_message(void *ctx, struct ipc_in *m)
{
	struct keyd_request *q = ctx;
	struct buf sealed;
	struct str plain;
	int r;

	if ((r = ipc_get_str(m, KEYD_MAX_MESSAGE, &plain)) != 0 || (r = ipc_get_end(m)) != 0)
		return r;
	buf_init(&sealed, KEYD_MAX_MESSAGE + SEAL_OVERHEAD_BYTES);
	keyd_request_finish(q,
	    seal_wrap(q->secrets->seal, SEAL_MESSAGE, plain, q->secrets->rng, &sealed), &sealed);
	return 0;
}

/* A message that was not sealed by us is no failure, but is answered with opened = 0: clients
 * may send any text. */
int
keyd_access_open_message(void *ctx, struct ipc_in *m)
{
	struct keyd_request *q = ctx;
	struct str sealed;
	struct buf plain;
	bool opened;
	int r;

	if ((r = ipc_get_str(m, KEYD_MAX_MESSAGE + SEAL_OVERHEAD_BYTES, &sealed)) != 0 ||
	    (r = ipc_get_end(m)) != 0)
		return r;
	buf_init(&plain, KEYD_MAX_MESSAGE);
	opened = unwrap(q, SEAL_MESSAGE, sealed, &plain) == 0;
	ipc_put_u8(&q->reply, opened);
	keyd_request_finish(q, 0, &plain);
	return 0;
}

/* ---- one-time codes ---- */

int
keyd_access_new_totp(void *ctx, struct ipc_in *m)
{
	uint8_t seed[TOTP_SEED_BYTES];
	struct keyd_request *q = ctx;
	struct buf text, sealed;
	int r;

	if ((r = ipc_get_end(m)) != 0)
		return r;
	rand_fill(q->secrets->rng, seed, sizeof(seed));
	buf_init(&text, 2 * sizeof(seed));
	buf_init(&sealed, MAX_SEALED_SEED);
	b32_write(&text, seed, sizeof(seed));
	r = seal_wrap(q->secrets->seal, SEAL_TOTP, str_of_n(seed, sizeof(seed)), q->secrets->rng,
	    &sealed);
	ipc_put_str(&q->reply, buf_view(&text));
	secret_wipe(seed, sizeof(seed));
	buf_wipe(&text);
	keyd_request_finish(q, r, &sealed);
	return 0;
}

/* Codes of other times are not tested: the thief of a core would know them in advance. */
static int
steps_check(const struct keyd_secrets *v, uint64_t first, uint64_t last)
{
	uint64_t now = (uint64_t)(clock_wall_s(v->clock) / TOTP_STEP_S);

	return last > now + REACH_STEPS || (now > REACH_STEPS && first < now - REACH_STEPS)
	    ? ERR_RANGE
	    : 0;
}

int
keyd_access_check_totp(void *ctx, struct ipc_in *m)
{
	struct keyd_request *q = ctx;
	struct secret *seed = NULL;
	struct str sealed, code;
	uint64_t first, last, step;
	int r;

	if ((r = ipc_get_str(m, MAX_SEALED_SEED, &sealed)) != 0 ||
	    (r = ipc_get_str(m, TOTP_DIGITS, &code)) != 0 || (r = ipc_get_u64(m, &first)) != 0 ||
	    (r = ipc_get_u64(m, &last)) != 0 || (r = ipc_get_end(m)) != 0)
		return r;
	if (code.n != TOTP_DIGITS)
		return ERR_PEER;
	if ((q->result = steps_check(q->secrets, first, last)) == 0 &&
	    (q->result = seal_unwrap(q->secrets->seal, SEAL_TOTP, sealed, &seed)) == 0 &&
	    (q->result = totp_find(secret_view(seed), code.p, first, last, &step)) == 0)
		ipc_put_u64(&q->reply, step);
	secret_free(seed);
	return 0;
}

/* ---- passwords ---- */

int
keyd_access_new_password(void *ctx, struct ipc_in *m)
{
	struct keyd_request *q = ctx;
	struct buf hash, sealed;
	struct str password;
	int r;

	if ((r = ipc_get_str(m, PASSWORD_MAX_BYTES, &password)) != 0 || (r = ipc_get_end(m)) != 0)
		return r;
	buf_init(&hash, PASSWORD_HASH_BYTES);
	buf_init(&sealed, MAX_SEALED_PASSWORD);
	if ((r = password_hash(password, q->secrets->rng, &hash)) == 0)
		r = seal_wrap(q->secrets->seal, SEAL_PASSWORD, buf_view(&hash), q->secrets->rng,
		    &sealed);
	buf_wipe(&hash);
	keyd_request_finish(q, r, &sealed);
	return 0;
}

int
keyd_access_check_password(void *ctx, struct ipc_in *m)
{
	struct keyd_request *q = ctx;
	struct str sealed, password;
	struct buf hash;
	bool right;
	int r;

	if ((r = ipc_get_str(m, MAX_SEALED_PASSWORD, &sealed)) != 0 ||
	    (r = ipc_get_str(m, PASSWORD_MAX_BYTES, &password)) != 0 || (r = ipc_get_end(m)) != 0)
		return r;
	buf_init(&hash, PASSWORD_HASH_BYTES);
	if ((q->result = unwrap(q, SEAL_PASSWORD, sealed, &hash)) == 0 &&
	    (q->result = password_check(buf_view(&hash), password, &right)) == 0)
		ipc_put_u8(&q->reply, right);
	buf_wipe(&hash);
	return 0;
}
