/*
 * tls: see tls.h.
 */
#include "keyd/tls.h"

#include "keyd/request.h"
#include "pki/privkey.h"

#define MAX_DIGEST 64

static int
tls_sign(void *ctx, struct ipc_in *m)
{
	struct keyd_request *q = ctx;
	struct buf signature;
	struct str digest;
	uint8_t algorithm;
	int r;

	if ((r = ipc_get_str(m, MAX_DIGEST, &digest)) != 0 ||
	    (r = ipc_get_u8(m, &algorithm)) != 0 || (r = ipc_get_end(m)) != 0)
		return r;
	q->result = ERR_BADSTATE;
	if (q->secrets->tls_key == NULL)
		return 0;
	buf_init(&signature, PRIVKEY_MAX_SIGNATURE_BYTES);
	r = privkey_tls_sign(q->secrets->tls_key, algorithm, digest, &signature);
	keyd_request_finish(q, r, &signature);
	return 0;
}

static const struct ipc_rule rules[] = {
	{ .type = MSG_FK_TLS_SIGN, .fn = tls_sign },
};
const struct keyd_kind keyd_tls = { ROLE_FRONT, rules, sizeof(rules) / sizeof(rules[0]) };
