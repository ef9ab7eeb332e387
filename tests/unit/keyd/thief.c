/*
 * thief: see thief.h.
 */
#include "thief.h"

/* ---- the authorities, as eicd init makes them ---- */

void
made_release(struct made *m)
{
	privkey_free(m->key);
	buf_release(&m->sealed);
	buf_release(&m->cert);
}

static void
seal_key(struct rig *rig, enum seal_purpose purpose, const struct privkey *key, struct buf *out)
{
	struct secret *plain;

	buf_init(out, MAX_FIELD);
	assert_int_equal(privkey_write(key, &plain), 0);
	assert_int_equal(seal_wrap(rig->secrets.seal, purpose,
			     str_of_n(secret_bytes(plain), secret_len(plain)), rand_system(), out),
	    0);
	secret_free(plain);
}

/* The key of a root is not kept in the store; here it is sealed as an earlier version did it. */
void
authority(struct rig *rig, enum cert_profile profile, const struct made *issuer, int64_t end_s,
    struct made *ret)
{
	struct cert_request rq = { .profile = profile,
		.common_name = STR("openeic-ca"),
		.not_before_s = NOW - 400 * DAY,
		.not_after_s = end_s };
	struct buf public;

	*ret = (struct made){ .key = NULL };
	buf_init(&public, MAX_FIELD);
	buf_init(&ret->cert, MAX_FIELD);
	assert_int_equal(privkey_generate(PRIVKEY_RSA2048, &ret->key), 0);
	assert_int_equal(privkey_public_write(ret->key, &public), 0);
	rq.public_key = buf_view(&public);
	assert_int_equal(cert_issue(issuer == NULL ? ret->key : issuer->key,
			     issuer == NULL ? STR("") : buf_view(&issuer->cert), &rq, rand_system(),
			     &ret->cert),
	    0);
	seal_key(rig, profile == CERT_ROOT ? SEAL_PRIVATE_KEY : SEAL_ISSUER_KEY, ret->key,
	    &ret->sealed);
	buf_release(&public);
}

void
authorities(struct rig *rig, struct made *root, struct made *inter)
{
	authority(rig, CERT_ROOT, NULL, NOW + 7000 * DAY, root);
	authority(rig, CERT_INTERMEDIATE, root, NOW + 3000 * DAY, inter);
}

/* ---- questions ---- */

bool
ask_key(struct rig *rig, uint8_t profile, uint8_t kind, const struct made *issuer,
    const char *place)
{
	struct ipc_out m;

	ipc_begin(&m, MSG_CK_NEW_KEY);
	ipc_put_u8(&m, profile);
	ipc_put_u8(&m, kind);
	ipc_put_str(&m, buf_view(&issuer->sealed));
	ipc_put_str(&m, buf_view(&issuer->cert));
	ipc_put_str(&m, str_of(place));
	return ask(rig, &keyd_hasher, &m);
}

void
make_key(struct rig *rig, uint8_t profile, uint8_t kind, const struct made *issuer,
    struct made *ret)
{
	*ret = (struct made){ .key = NULL };
	assert_true(ask_key(rig, profile, kind, issuer, PLACE));
	take(rig, &ret->sealed);
	assert_int_equal(ipc_get_u64(&rig->reply, &ret->not_before), 0);
	assert_int_equal(ipc_get_u64(&rig->reply, &ret->not_after), 0);
	take(rig, &ret->cert);
	take_end(rig);
}

bool
ask_ocsp(struct rig *rig, const struct made *issuer, const struct made *subject)
{
	struct ipc_out m;

	ipc_begin(&m, MSG_CK_OCSP);
	ipc_put_str(&m, buf_view(&issuer->sealed));
	ipc_put_str(&m, buf_view(&issuer->cert));
	ipc_put_str(&m, buf_view(&subject->cert));
	return ask(rig, &keyd_signer, &m);
}

bool
ask_entry(struct rig *rig, const struct made *signer, struct str text)
{
	struct ipc_out m;

	ipc_begin(&m, MSG_CK_SIGN_ENTRY);
	ipc_put_str(&m, buf_view(&signer->sealed));
	ipc_put_str(&m, text);
	return ask(rig, &keyd_signer, &m);
}

bool
ask_digest(struct rig *rig, const struct made *key, struct str certificate, const struct digest *d)
{
	struct ipc_out m;

	ipc_begin(&m, MSG_CK_SIGN_DIGEST);
	ipc_put_str(&m, buf_view(&key->sealed));
	ipc_put_str(&m, certificate);
	ipc_put_str(&m, d->account_id);
	ipc_put_str(&m, d->region);
	ipc_put_u64(&m, (uint64_t)d->seq);
	ipc_put_u64(&m, (uint64_t)d->start_at);
	ipc_put_u64(&m, (uint64_t)d->first_seq);
	ipc_put_u64(&m, (uint64_t)d->last_seq);
	ipc_put_str(&m, str_of_n(d->first_previous, 32));
	ipc_put_str(&m, str_of_n(d->last_hash, 32));
	ipc_put_str(&m, d->previous_signature);
	return ask(rig, &keyd_hasher, &m);
}

struct digest
digest_of(int64_t seq, int64_t first, int64_t last, uint8_t before, uint8_t hash,
    struct str previous)
{
	struct digest d = { .account_id = STR("123456789012"),
		.region = STR("eu-lab-1"),
		.seq = seq,
		.start_at = NOW - 3600,
		.end_at = NOW,
		.interval_s = 3600,
		.first_seq = first,
		.last_seq = last,
		.previous_signature = previous };

	memset(d.first_previous, before, sizeof(d.first_previous));
	memset(d.last_hash, hash, sizeof(d.last_hash));
	return d;
}
