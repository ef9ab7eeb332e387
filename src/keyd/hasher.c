/*
 * hasher: see hasher.h. The operations on passwords and codes are in access.c.
 */
#include "keyd/hasher.h"

#include "keyd/access.h"
#include "keyd/request.h"
#include "pki/privkey.h"
#include "pki/seal.h"

#define MAX_SEALED_KEY (PRIVKEY_MAX_DER_BYTES + SEAL_OVERHEAD_BYTES)

static int
new_key(void *ctx, struct ipc_in *m)
{
	struct keyd_request *q = ctx;
	struct secret *plain = NULL;
	struct privkey *key = NULL;
	struct buf sealed, public;
	uint8_t kind;
	int r;

	if ((r = ipc_get_u8(m, &kind)) != 0 || (r = ipc_get_end(m)) != 0)
		return r;
	buf_init(&sealed, MAX_SEALED_KEY);
	buf_init(&public, PRIVKEY_MAX_DER_BYTES);
	if ((r = privkey_generate((enum privkey_kind)kind, &key)) != 0 ||
	    (r = privkey_write(key, &plain)) != 0 ||
	    (r = privkey_public_write(key, &public)) != 0 ||
	    (r = seal_wrap(q->secrets->seal, SEAL_PRIVATE_KEY,
		 str_of_n(secret_bytes(plain), secret_len(plain)), q->secrets->rng, &sealed)) != 0)
		goto out;
	ipc_put_str(&q->reply, buf_view(&sealed));
out:
	buf_release(&sealed);
	keyd_request_finish(q, r, &public);
	secret_free(plain);
	privkey_free(key);
	return 0;
}

static const struct ipc_rule rules[] = {
	{ .type = MSG_CK_NEW_KEY, .fn = new_key },
	{ .type = MSG_CK_NEW_TOTP, .fn = keyd_access_new_totp },
	{ .type = MSG_CK_CHECK_TOTP, .fn = keyd_access_check_totp },
	{ .type = MSG_CK_NEW_PASSWORD, .fn = keyd_access_new_password },
	{ .type = MSG_CK_CHECK_PASSWORD, .fn = keyd_access_check_password },
};
const struct keyd_kind keyd_hasher = { ROLE_CORE, rules, sizeof(rules) / sizeof(rules[0]) };
