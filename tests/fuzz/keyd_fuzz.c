/*
 * keyd_fuzz: a stolen core or front talks to keyd. Input: role (0 core, 1 front), type (2 bytes,
 * big-endian), the fields. keyd must answer with a well-formed reply or return ERR_PEER.
 */
#include <unistd.h>

#include "keyd/cache.h"
#include "keyd/hasher.h"
#include "keyd/notary.h"
#include "keyd/signer.h"
#include "keyd/tls.h"
#include "pki/privkey.h"
#include "pki/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Always the same time, and the same key-encryption key: those of tests/unit/keyd/rig.h. So what is
 * in the corpus is in time and opens; tests/unit/keyd/corpus_test.c writes it and says that it
 * does. */
static int64_t
fixed_ms(void *ctx)
{
	(void)ctx;
	return INT64_C(1790000000000);
}

static struct keyd_secrets
secrets_new(void)
{
	const uint8_t kek[SEAL_KEK_BYTES] = { 7 };
	static const struct clock clock = { fixed_ms, fixed_ms, NULL };
	static struct eicd_settings settings = { .signer_lifetime_s = 3600,
		.agent_lifetime_s = 3600,
		.ocsp_lifetime_s = 3600,
		.audit_digest_interval_s = 3600 };
	struct keyd_secrets v = { .seal = seal_new(kek),
		.notary = keyd_notary_new(),
		.rng = rand_system(),
		.clock = &clock,
		.settings = &settings };

	v.cache = keyd_cache_new(v.seal);
	if (privkey_generate(PRIVKEY_P256, &v.tls_key) != 0)
		abort();
	return v;
}

static const struct keyd_kind *
kind_of(bool front, uint16_t type)
{
	if (front)
		return &keyd_tls;
	return type == MSG_CK_NEW_KEY || type == MSG_CK_SIGN_DIGEST ||
		(type >= MSG_CK_NEW_TOTP && type <= MSG_CK_CERTIFY_AGENT)
	    ? &keyd_hasher
	    : &keyd_signer;
}

static void
reply_check(int fd)
{
	struct ipc *c = ipc_new(fd, false, 0);
	struct ipc_in reply;
	uint8_t ok;

	if (ipc_recv(c, &reply) != 0 || reply.type != MSG_KD_REPLY ||
	    ipc_get_u8(&reply, &ok) != 0 || ok > 1)
		abort();
	ipc_free(c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct keyd_secrets secrets;
	struct rd r = rd_of(str_of_n(data, size));
	struct ipc_in m = { .fd = -1 };
	struct ipc *c;
	uint8_t front;
	int fds[2], e;

	if (secrets.seal == NULL)
		secrets = secrets_new();
	if (rd_u8(&r, &front) != 0 || rd_u16(&r, &m.type) != 0)
		return 0;
	/* Making an RSA key or hashing a password takes too long to be tried often. */
	if ((m.type == MSG_CK_NEW_KEY && r.rest.n > 1 && r.rest.p[1] == PRIVKEY_RSA2048) ||
	    m.type == MSG_CK_NEW_PASSWORD)
		return 0;
	m.rd = r;
	if (ipc_pair(fds) != 0)
		abort();
	c = ipc_new(fds[0], true, 1u << 20);
	e = keyd_ops_answer(kind_of((front & 1) != 0, m.type), &secrets, c, &m);
	if (e == 0)
		reply_check(fds[1]);
	else if (e == ERR_PEER)
		close(fds[1]);
	else
		abort();
	ipc_free(c);
	return 0;
}
