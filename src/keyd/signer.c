/*
 * signer: see signer.h. The operations on sessions and messages are in access.c.
 */
#include "keyd/signer.h"

#include "aws/ids.h"
#include "aws/sigv4_key.h"
#include "keyd/access.h"
#include "keyd/cache.h"
#include "keyd/request.h"
#include "pki/cert.h"
#include "pki/ocsp.h"

#define MAX_SEALED_SECRET (128 + SEAL_OVERHEAD_BYTES)
#define MAX_SEALED_KEY (PRIVKEY_MAX_DER_BYTES + SEAL_OVERHEAD_BYTES)
#define MAX_NAME 256
#define MAX_SANS 1024
#define MAX_BLOB 65536

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

static int
issue(void *ctx, struct ipc_in *m)
{
	struct keyd_request *q = ctx;
	struct cert_request rq = { 0 };
	struct str sealed, issuer;
	uint64_t not_before, not_after;
	struct privkey *key;
	struct buf der;
	uint8_t profile;
	int r;

	if ((r = ipc_get_str(m, MAX_SEALED_KEY, &sealed)) != 0 ||
	    (r = ipc_get_str(m, CERT_MAX_DER_BYTES, &issuer)) != 0 ||
	    (r = ipc_get_u8(m, &profile)) != 0 ||
	    (r = ipc_get_str(m, MAX_NAME, &rq.common_name)) != 0 ||
	    (r = ipc_get_str(m, MAX_SANS, &rq.sans)) != 0 ||
	    (r = ipc_get_str(m, PRIVKEY_MAX_DER_BYTES, &rq.public_key)) != 0 ||
	    (r = ipc_get_u64(m, &not_before)) != 0 || (r = ipc_get_u64(m, &not_after)) != 0 ||
	    (r = ipc_get_end(m)) != 0)
		return r;
	rq.profile = (enum cert_profile)profile;
	rq.not_before_s = (int64_t)not_before;
	rq.not_after_s = (int64_t)not_after;
	if ((q->result = keyd_cache_private_key(q->secrets->cache, sealed, &key)) != 0)
		return 0;
	buf_init(&der, CERT_MAX_DER_BYTES);
	keyd_request_finish(q, cert_issue(key, issuer, &rq, q->secrets->rng, &der), &der);
	return 0;
}

static int
ocsp(void *ctx, struct ipc_in *m)
{
	struct keyd_request *q = ctx;
	struct str sealed, issuer, subject;
	uint64_t this_update, next_update;
	struct privkey *key;
	struct buf der;
	int r;

	if ((r = ipc_get_str(m, MAX_SEALED_KEY, &sealed)) != 0 ||
	    (r = ipc_get_str(m, CERT_MAX_DER_BYTES, &issuer)) != 0 ||
	    (r = ipc_get_str(m, CERT_MAX_DER_BYTES, &subject)) != 0 ||
	    (r = ipc_get_u64(m, &this_update)) != 0 || (r = ipc_get_u64(m, &next_update)) != 0 ||
	    (r = ipc_get_end(m)) != 0)
		return r;
	if ((q->result = keyd_cache_private_key(q->secrets->cache, sealed, &key)) != 0)
		return 0;
	buf_init(&der, OCSP_MAX_DER_BYTES);
	r = ocsp_write(key, issuer, subject, (int64_t)this_update, (int64_t)next_update, &der);
	keyd_request_finish(q, r, &der);
	return 0;
}

/*
 * What is signed is text: entries (wire.md 5.3) and digests of the trail. A certificate, a
 * response and what is signed in a TLS handshake are not: each holds a byte below 0x20. So
 * nobody can have an authority's key sign here what issue and ocsp refuse.
 */
static bool
is_text(struct str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 && s.p[i] != '\n')
			return false;
	return s.n > 0;
}

static int
sign_blob(void *ctx, struct ipc_in *m)
{
	struct keyd_request *q = ctx;
	struct str sealed, bytes;
	struct buf signature;
	struct privkey *key;
	int r;

	if ((r = ipc_get_str(m, MAX_SEALED_KEY, &sealed)) != 0 ||
	    (r = ipc_get_str(m, MAX_BLOB, &bytes)) != 0 || (r = ipc_get_end(m)) != 0)
		return r;
	if (!is_text(bytes)) {
		q->result = ERR_SYNTAX;
		return 0;
	}
	if ((q->result = keyd_cache_private_key(q->secrets->cache, sealed, &key)) != 0)
		return 0;
	buf_init(&signature, PRIVKEY_MAX_SIGNATURE_BYTES);
	keyd_request_finish(q, privkey_sign(key, bytes, &signature), &signature);
	return 0;
}

static const struct ipc_rule rules[] = {
	{ .type = MSG_CK_VERIFY, .fn = verify },
	{ .type = MSG_CK_NEW_SECRET, .fn = new_secret },
	{ .type = MSG_CK_ISSUE, .fn = issue },
	{ .type = MSG_CK_OCSP, .fn = ocsp },
	{ .type = MSG_CK_SIGN_BLOB, .fn = sign_blob },
	{ .type = MSG_CK_NEW_SESSION, .fn = keyd_access_new_session },
	{ .type = MSG_CK_VERIFY_SESSION, .fn = keyd_access_verify_session },
	{ .type = MSG_CK_SEAL_MESSAGE, .fn = keyd_access_seal_message },
	{ .type = MSG_CK_OPEN_MESSAGE, .fn = keyd_access_open_message },
};
const struct keyd_kind keyd_signer = { ROLE_CORE, rules, sizeof(rules) / sizeof(rules[0]) };
