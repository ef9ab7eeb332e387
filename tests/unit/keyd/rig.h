/* rig: the operations of all kinds of keyd with one channel to them, for their tests. */
#ifndef RIG_H
#define RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "keyd/cache.h"
#include "keyd/hasher.h"
#include "keyd/notary.h"
#include "keyd/signer.h"
#include "keyd/tls.h"
#include "pki/privkey.h"
#include "pki/seal.h"

#define MAX_FIELD 65536
#define NOW INT64_C(1790000000)
#define DAY INT64_C(86400)
#define SIGNER_LIFETIME_S (7 * DAY)
#define OCSP_LIFETIME_S INT64_C(43200)
#define DIGEST_INTERVAL_S INT64_C(3600)

/* What all kinds of keyd hold together, and one channel. */
struct rig {
	struct keyd_secrets secrets;
	struct eicd_settings settings;
	struct clock clock;
	int64_t now_s;
	struct ipc *here, *there;
	struct ipc_in reply;
	int keep_fd; /* questions are also written there, as the fuzzer takes them; -1: nowhere */
};

static inline struct seal *
new_seal(void)
{
	uint8_t kek[SEAL_KEK_BYTES] = { 7 };

	return seal_new(kek);
}

static inline void
rig_connect(struct rig *rig)
{
	int fds[2];

	assert_int_equal(ipc_pair(fds), 0);
	rig->here = ipc_new(fds[0], false, 0);
	rig->there = ipc_new(fds[1], true, 1u << 20);
}

static inline void
rig_disconnect(struct rig *rig)
{
	ipc_free(rig->here);
	ipc_free(rig->there);
}

static inline int64_t
rig_wall_ms(void *ctx)
{
	return ((const struct rig *)ctx)->now_s * 1000;
}

static inline int
setup(void **state)
{
	struct rig *rig = test_malloc(sizeof(*rig));

	rig->now_s = NOW;
	rig->keep_fd = -1;
	rig->clock = (struct clock){ rig_wall_ms, rig_wall_ms, rig };
	rig->settings = (struct eicd_settings){ .signer_lifetime_s = SIGNER_LIFETIME_S,
		.ocsp_lifetime_s = OCSP_LIFETIME_S,
		.audit_digest_interval_s = DIGEST_INTERVAL_S };
	rig->secrets = (struct keyd_secrets){ .seal = new_seal(),
		.notary = keyd_notary_new(),
		.rng = rand_system(),
		.clock = &rig->clock,
		.settings = &rig->settings };
	rig->secrets.cache = keyd_cache_new(rig->secrets.seal);
	assert_int_equal(privkey_generate(PRIVKEY_P256, &rig->secrets.tls_key), 0);
	rig_connect(rig);
	*state = rig;
	return 0;
}

static inline int
teardown(void **state)
{
	struct rig *rig = *state;

	rig_disconnect(rig);
	keyd_cache_free(rig->secrets.cache);
	keyd_notary_free(rig->secrets.notary);
	seal_free(rig->secrets.seal);
	privkey_free(rig->secrets.tls_key);
	test_free(rig);
	return 0;
}

/* The kind that core asks this of. */
static inline const struct keyd_kind *
core_kind(uint16_t type)
{
	return type == MSG_CK_NEW_KEY || type == MSG_CK_SIGN_DIGEST ||
		(type >= MSG_CK_NEW_TOTP && type <= MSG_CK_CERTIFY_AGENT)
	    ? &keyd_hasher
	    : &keyd_signer;
}

/* As in tests/fuzz/keyd_fuzz.c. */
static inline void
keep(int fd, const struct ipc_out *m)
{
	const uint8_t head[3] = { m->type == MSG_FK_TLS_SIGN, (uint8_t)(m->type >> 8),
		(uint8_t)m->type };

	assert_int_equal(write(fd, head, 3), 3);
	assert_int_equal(write(fd, m->body.p, m->body.n), (ssize_t)m->body.n);
}

/* Sends m and lets this kind handle it. */
static inline int
send_to(struct rig *rig, const struct keyd_kind *kind, struct ipc_out *m, int fd)
{
	struct ipc_in in;

	if (rig->keep_fd != -1)
		keep(rig->keep_fd, m);
	assert_int_equal(ipc_send(rig->here, m, fd), 0);
	assert_int_equal(ipc_recv(rig->there, &in), 0);
	return keyd_ops_answer(kind, &rig->secrets, rig->there, &in);
}

/* The same for a message that is in order: the reply is in rig->reply. Returns its ok. */
static inline bool
ask(struct rig *rig, const struct keyd_kind *kind, struct ipc_out *m)
{
	uint8_t ok = 9;

	assert_int_equal(send_to(rig, kind, m, -1), 0);
	assert_int_equal(ipc_recv(rig->here, &rig->reply), 0);
	assert_int_equal(rig->reply.type, MSG_KD_REPLY);
	assert_int_equal(ipc_get_u8(&rig->reply, &ok), 0);
	assert_true(ok <= 1);
	return ok == 1;
}

/* The next field of the reply, appended to out. */
static inline void
take(struct rig *rig, struct buf *out)
{
	struct str s;

	assert_int_equal(ipc_get_str(&rig->reply, MAX_FIELD, &s), 0);
	buf_init(out, MAX_FIELD);
	buf_str(out, s);
}

static inline void
take_end(struct rig *rig)
{
	assert_int_equal(ipc_get_end(&rig->reply), 0);
}

static inline void
take_reason(struct rig *rig, int want)
{
	struct buf reason;

	take(rig, &reason);
	take_end(rig);
	if (!str_eq_c(buf_view(&reason), err_text(want)))
		fail_msg("%.*s, not %s", STR_FMT(buf_view(&reason)), err_text(want));
	buf_release(&reason);
}

#endif
