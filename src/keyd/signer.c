/*
 * signer: see signer.h. The operations on sessions and messages are in access.c.
 */
#include "keyd/signer.h"

#include "aws/ids.h"
#include "aws/sigv4_key.h"
#include "base/arena.h"
#include "codec/blob.h"
#include "codec/sshkey.h"
#include "keyd/access.h"
#include "keyd/cache.h"
#include "keyd/request.h"
#include "pki/cert.h"
#include "pki/ocsp.h"

#define MAX_SEALED_SECRET (128 + SEAL_OVERHEAD_BYTES)
#define MAX_ENTRY (4 * BLOB_MAX_LINE)
#define ENTRY_ARENA_BYTES 65536
/* By how much the clock may have been set back since core looked at it. An entry lives for
 * BLOB_MAX_LIFE_S at most, whatever the setting key_lifetime says. */
#define ENTRY_SLACK_S 1

static int
verify(void *ctx, struct ipc_in *m)
{
	struct keyd_request *q = ctx;
	struct str string_to_sign, signature;
	struct keyd_scope scope = { .purpose = SEAL_ACCESS_KEY };
	const uint8_t *key;
	int r;

	if ((r = ipc_get_str(m, MAX_SEALED_SECRET, &scope.sealed)) != 0 ||
	    (r = ipc_get_str(m, KEYD_MAX_SCOPE_PART, &scope.date)) != 0 ||
	    (r = ipc_get_str(m, KEYD_MAX_SCOPE_PART, &scope.region)) != 0 ||
	    (r = ipc_get_str(m, KEYD_MAX_SCOPE_PART, &scope.service)) != 0 ||
	    (r = ipc_get_str(m, KEYD_MAX_STRING_TO_SIGN, &string_to_sign)) != 0 ||
	    (r = ipc_get_str(m, 32, &signature)) != 0 || (r = ipc_get_end(m)) != 0)
		return r;
	if (signature.n != 32)
		return ERR_PEER;
	if ((q->result = keyd_cache_signing_key(q->secrets->cache, &scope, &key)) == 0)
		ipc_put_u8(&q->reply,
		    sigv4_key_verify(key, string_to_sign, (const uint8_t *)signature.p));
	return 0;
}

static int
new_secret(void *ctx, struct ipc_in *m)
{
	struct keyd_request *q = ctx;
	char secret[IDS_SECRET_BYTES];
	struct buf sealed;
	int r;

	if ((r = ipc_get_end(m)) != 0)
		return r;
	ids_secret_new(q->secrets->rng, secret);
	buf_init(&sealed, MAX_SEALED_SECRET);
	r = seal_wrap(q->secrets->seal, SEAL_ACCESS_KEY, str_of(secret), q->secrets->rng, &sealed);
	ipc_put_str(&q->reply, str_of(secret));
	secret_wipe(secret, sizeof(secret));
	keyd_request_finish(q, r, &sealed);
	return 0;
}

/* A response that begins now: core does not say for how long. */
static int
ocsp(void *ctx, struct ipc_in *m)
{
	struct keyd_request *q = ctx;
	struct str sealed, issuer, subject;
	int64_t now = clock_wall_s(q->secrets->clock);
	int64_t until = now + q->secrets->settings->ocsp_lifetime_s;
	struct privkey *key;
	struct buf der;
	int r;

	if ((r = ipc_get_str(m, KEYD_MAX_SEALED_KEY, &sealed)) != 0 ||
	    (r = ipc_get_str(m, CERT_MAX_DER_BYTES, &issuer)) != 0 ||
	    (r = ipc_get_str(m, CERT_MAX_DER_BYTES, &subject)) != 0 || (r = ipc_get_end(m)) != 0)
		return r;
	if ((q->result =
		    keyd_cache_private_key(q->secrets->cache, SEAL_ISSUER_KEY, sealed, &key)) != 0)
		return 0;
	buf_init(&der, OCSP_MAX_DER_BYTES);
	if ((r = ocsp_write(key, issuer, subject, now, until, &der)) == 0) {
		ipc_put_u64(&q->reply, (uint64_t)now);
		ipc_put_u64(&q->reply, (uint64_t)until);
	}
	keyd_request_finish(q, r, &der);
	return 0;
}

/* Is it a public key as core writes it: no options before it, which sshd would obey? */
static bool
is_public_key(struct str line)
{
	struct arena *a = arena_new(ENTRY_ARENA_BYTES);
	struct sshkey key;
	struct buf again;
	bool is;

	buf_init(&again, BLOB_MAX_LINE);
	if ((is = sshkey_parse(a, line, &key) == 0)) {
		sshkey_write(&again, &key);
		is = str_eq(buf_view(&again), line);
	}
	buf_release(&again);
	arena_free(a);
	return is;
}

/* Is it an entry (wire.md 5.3) that nobody can keep? */
static int
entry_check(const struct keyd_secrets *v, struct str text)
{
	struct blob_entry e;
	int r;

	if ((r = blob_parse_signed(text, &e)) != 0)
		return r;
	if (!ids_valid(IDS_INSTANCE, e.instance) || !str_starts(e.caller, STR("arn:")) ||
	    !is_public_key(e.key))
		return ERR_SYNTAX;
	return e.timestamp_s > clock_wall_s(v->clock) + BLOB_MAX_LIFE_S + ENTRY_SLACK_S ? ERR_RANGE
											: 0;
}

static int
sign_entry(void *ctx, struct ipc_in *m)
{
	struct keyd_request *q = ctx;
	struct str sealed, text;
	struct buf signature;
	struct privkey *key;
	int r;

	if ((r = ipc_get_str(m, KEYD_MAX_SEALED_KEY, &sealed)) != 0 ||
	    (r = ipc_get_str(m, MAX_ENTRY, &text)) != 0 || (r = ipc_get_end(m)) != 0)
		return r;
	if ((q->result = entry_check(q->secrets, text)) != 0 ||
	    (q->result =
		    keyd_cache_private_key(q->secrets->cache, SEAL_SIGNER_KEY, sealed, &key)) != 0)
		return 0;
	buf_init(&signature, PRIVKEY_MAX_SIGNATURE_BYTES);
	keyd_request_finish(q, privkey_sign(key, text, &signature), &signature);
	return 0;
}

static const struct ipc_rule rules[] = {
	{ .type = MSG_CK_VERIFY, .fn = verify },
	{ .type = MSG_CK_NEW_SECRET, .fn = new_secret },
	{ .type = MSG_CK_OCSP, .fn = ocsp },
	{ .type = MSG_CK_SIGN_ENTRY, .fn = sign_entry },
	{ .type = MSG_CK_NEW_SESSION, .fn = keyd_access_new_session },
	{ .type = MSG_CK_VERIFY_SESSION, .fn = keyd_access_verify_session },
	{ .type = MSG_CK_SEAL_MESSAGE, .fn = keyd_access_seal_message },
	{ .type = MSG_CK_OPEN_MESSAGE, .fn = keyd_access_open_message },
};
const struct keyd_kind keyd_signer = { ROLE_CORE, rules, sizeof(rules) / sizeof(rules[0]) };
