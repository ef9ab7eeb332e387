/*
 * core_keyd: see core_keyd.h.
 */
#include "daemon/core_keyd.h"

#include "base/alloc.h"
#include "trail/digest.h"

#define MAX_FIELD_BYTES 32768
/* How long eicd-keyd-hash may work on a question. Finding the primes of an RSA key is a matter of
 * luck. */
#define HASH_MS 2000
#define NEW_KEY_MS 10000

struct core_keyd {
	struct keyd_pool *signers; /* ROLE_KEYD */
	struct keyd_pool *hashers; /* ROLE_KEYD_HASH */
	struct keyd_port port;
	struct core_keyd_parent parent;
};

/* ---- the shapes of questions and replies ---- */

/* Reads a field that is 0 or 1. */
static int
take_bool(struct ipc_in *m, bool *ret)
{
	uint8_t v;

	if (ipc_get_u8(m, &v) != 0 || v > 1)
		return ERR_PEER;
	*ret = v == 1;
	return 0;
}

/* Reads a field that is a time in seconds. */
static int
take_time(struct ipc_in *m, int64_t *ret)
{
	uint64_t v;

	if (ipc_get_u64(m, &v) != 0 || v > INT64_MAX)
		return ERR_PEER;
	*ret = (int64_t)v;
	return 0;
}

/* Reads a field of bytes and appends it to ret. */
static int
take_str(struct ipc_in *m, struct buf *ret)
{
	struct str s;

	if (ipc_get_str(m, MAX_FIELD_BYTES, &s) != 0)
		return ERR_PEER;
	buf_str(ret, s);
	return buf_err(ret);
}

/* The same for the last field: nothing is appended if something follows it. */
static int
take_last_str(struct ipc_in *m, struct buf *ret)
{
	struct str s;

	if (ipc_get_str(m, MAX_FIELD_BYTES, &s) != 0 || ipc_get_end(m) != 0)
		return ERR_PEER;
	buf_str(ret, s);
	return buf_err(ret);
}

/* Ends reading a reply with result r. If it was nonsense, its channel is given up. */
static int
reply_end(struct keyd_pool *p, int r)
{
	return r == ERR_PEER ? keyd_pool_refuse(p) : r;
}

/* A question whose fields are all strings. */
struct strings {
	uint16_t type;
	size_t n;
	struct str v[6];
};

static struct keyd_question *
begin(struct keyd_pool *p, const struct strings *v)
{
	struct ipc_out m;
	size_t i;

	ipc_begin(&m, v->type);
	for (i = 0; i < v->n; i++)
		ipc_put_str(&m, v->v[i]);
	return keyd_pool_begin(p, &m);
}

/* Waits for a reply of one string. */
static int
finish_one(struct keyd_pool *p, struct keyd_question *q, struct buf *ret)
{
	struct ipc_in m;
	int r;

	if ((r = keyd_pool_finish(p, q, &m)) != 0)
		return r;
	return reply_end(p, take_last_str(&m, ret));
}

/* Waits for a reply of two strings. */
static int
finish_two(struct keyd_pool *p, struct keyd_question *q, struct buf *ret_first,
    struct buf *ret_second)
{
	struct ipc_in m;
	int r;

	if ((r = keyd_pool_finish(p, q, &m)) != 0)
		return r;
	if ((r = take_str(&m, ret_first)) == 0)
		r = take_last_str(&m, ret_second);
	return reply_end(p, r);
}

/* Waits for a reply of one field that is 0 or 1. */
static int
finish_bool(struct keyd_pool *p, struct keyd_question *q, bool *ret)
{
	bool yes = false;
	struct ipc_in m;
	int r;

	if ((r = keyd_pool_finish(p, q, &m)) != 0)
		return r;
	if ((r = take_bool(&m, &yes)) == 0)
		r = ipc_get_end(&m);
	if ((r = reply_end(p, r)) == 0)
		*ret = yes;
	return r;
}

/* ---- the questions that signers are asked ---- */

static struct keyd_question *
verify_begin(void *ctx, const struct keyd_verify *v)
{
	const struct strings q = { MSG_CK_VERIFY, 6,
		{ v->sealed_secret, v->date, v->region, v->service, v->string_to_sign,
		    str_of_n(v->signature, 32) } };

	return begin(((struct core_keyd *)ctx)->signers, &q);
}

static int
verify_finish(void *ctx, struct keyd_question *q, bool *ret_valid)
{
	return finish_bool(((struct core_keyd *)ctx)->signers, q, ret_valid);
}

static struct keyd_question *
verify_session_begin(void *ctx, const struct keyd_verify_session *v)
{
	const struct strings q = { MSG_CK_VERIFY_SESSION, 6,
		{ v->token, v->date, v->region, v->service, v->string_to_sign,
		    str_of_n(v->signature, 32) } };

	return begin(((struct core_keyd *)ctx)->signers, &q);
}

static int
verify_session_finish(void *ctx, struct keyd_question *q, bool *ret_opened, bool *ret_valid,
    struct buf *ret_claims)
{
	struct keyd_pool *p = ((struct core_keyd *)ctx)->signers;
	bool opened = false, valid = false;
	struct ipc_in m;
	int r;

	if ((r = keyd_pool_finish(p, q, &m)) != 0)
		return r;
	if ((r = take_bool(&m, &opened)) == 0 && (r = take_bool(&m, &valid)) == 0)
		r = take_last_str(&m, ret_claims);
	if ((r = reply_end(p, r)) != 0)
		return r;
	*ret_opened = opened;
	*ret_valid = opened && valid;
	return 0;
}

static struct keyd_question *
sign_entry_begin(void *ctx, struct str sealed_key, struct str bytes)
{
	const struct strings q = { MSG_CK_SIGN_ENTRY, 2, { sealed_key, bytes } };

	return begin(((struct core_keyd *)ctx)->signers, &q);
}

static int
sign_entry_finish(void *ctx, struct keyd_question *q, struct buf *ret_signature)
{
	return finish_one(((struct core_keyd *)ctx)->signers, q, ret_signature);
}

static int
ocsp(void *ctx, const struct keyd_ocsp *v, struct keyd_staple *ret)
{
	const struct strings q = { MSG_CK_OCSP, 3,
		{ v->sealed_issuer_key, v->issuer_der, v->subject_der } };
	struct keyd_pool *p = ((struct core_keyd *)ctx)->signers;
	struct ipc_in m;
	int r;

	if ((r = keyd_pool_finish(p, begin(p, &q), &m)) != 0)
		return r;
	if ((r = take_time(&m, &ret->this_update_s)) == 0 &&
	    (r = take_time(&m, &ret->next_update_s)) == 0)
		r = take_last_str(&m, &ret->der);
	return reply_end(p, r);
}

static int
new_secret(void *ctx, struct buf *ret_secret, struct buf *ret_sealed)
{
	const struct strings q = { .type = MSG_CK_NEW_SECRET };
	struct keyd_pool *p = ((struct core_keyd *)ctx)->signers;

	return finish_two(p, begin(p, &q), ret_secret, ret_sealed);
}

static int
new_session(void *ctx, struct str claims, struct buf *ret_secret, struct buf *ret_token)
{
	const struct strings q = { MSG_CK_NEW_SESSION, 1, { claims } };
	struct keyd_pool *p = ((struct core_keyd *)ctx)->signers;

	return finish_two(p, begin(p, &q), ret_secret, ret_token);
}

static int
message_seal(void *ctx, struct str plain, struct buf *ret_sealed)
{
	const struct strings q = { MSG_CK_SEAL_MESSAGE, 1, { plain } };
	struct keyd_pool *p = ((struct core_keyd *)ctx)->signers;

	return finish_one(p, begin(p, &q), ret_sealed);
}

static int
message_open(void *ctx, struct str sealed, struct buf *ret_plain)
{
	const struct strings q = { MSG_CK_OPEN_MESSAGE, 1, { sealed } };
	struct keyd_pool *p = ((struct core_keyd *)ctx)->signers;
	bool opened = false;
	struct ipc_in m;
	int r;

	if ((r = keyd_pool_finish(p, begin(p, &q), &m)) != 0)
		return r;
	if ((r = take_bool(&m, &opened)) == 0)
		r = take_last_str(&m, ret_plain);
	if ((r = reply_end(p, r)) != 0)
		return r;
	return opened ? 0 : ERR_CRYPTO;
}

/* ---- the questions that eicd-keyd-hash is asked ---- */

static void
put_digest(struct ipc_out *m, const struct digest *d)
{
	ipc_put_str(m, d->account_id);
	ipc_put_str(m, d->region);
	ipc_put_u64(m, (uint64_t)d->seq);
	ipc_put_u64(m, (uint64_t)d->start_at);
	ipc_put_u64(m, (uint64_t)d->first_seq);
	ipc_put_u64(m, (uint64_t)d->last_seq);
	ipc_put_str(m, str_of_n(d->first_previous, sizeof(d->first_previous)));
	ipc_put_str(m, str_of_n(d->last_hash, sizeof(d->last_hash)));
	ipc_put_str(m, d->previous_signature);
}

static struct keyd_question *
hash_begin(void *ctx, const struct keyd_hash *v)
{
	static const uint16_t types[] = {
		[KEYD_NEW_KEY] = MSG_CK_NEW_KEY,
		[KEYD_SIGN_DIGEST] = MSG_CK_SIGN_DIGEST,
		[KEYD_NEW_TOTP] = MSG_CK_NEW_TOTP,
		[KEYD_CHECK_TOTP] = MSG_CK_CHECK_TOTP,
		[KEYD_NEW_PASSWORD] = MSG_CK_NEW_PASSWORD,
		[KEYD_CHECK_PASSWORD] = MSG_CK_CHECK_PASSWORD,
		[KEYD_CERTIFY_AGENT] = MSG_CK_CERTIFY_AGENT,
	};
	struct core_keyd *k = ctx;
	struct ipc_out m;

	ipc_begin(&m, types[v->kind]);
	switch (v->kind) {
	case KEYD_NEW_KEY:
		ipc_put_u8(&m, v->profile);
		ipc_put_u8(&m, v->key_kind);
		ipc_put_str(&m, v->sealed);
		ipc_put_str(&m, v->certificate);
		ipc_put_str(&m, v->text);
		break;
	case KEYD_SIGN_DIGEST:
		ipc_put_str(&m, v->sealed);
		ipc_put_str(&m, v->certificate);
		put_digest(&m, v->digest);
		break;
	case KEYD_NEW_TOTP:
		break;
	case KEYD_CHECK_TOTP:
		ipc_put_str(&m, v->sealed);
		ipc_put_str(&m, v->text);
		ipc_put_u64(&m, v->first_step);
		ipc_put_u64(&m, v->last_step);
		break;
	case KEYD_NEW_PASSWORD:
		ipc_put_str(&m, v->text);
		break;
	case KEYD_CHECK_PASSWORD:
		ipc_put_str(&m, v->sealed);
		ipc_put_str(&m, v->text);
		break;
	case KEYD_CERTIFY_AGENT:
		ipc_put_str(&m, v->sealed);
		ipc_put_str(&m, v->certificate);
		ipc_put_str(&m, v->text);
		ipc_put_str(&m, v->present);
		ipc_put_str(&m, v->public_key);
		ipc_put_str(&m, v->proof);
		break;
	}
	return keyd_pool_begin_long(k->hashers, &m, v->kind == KEYD_NEW_KEY ? NEW_KEY_MS : HASH_MS);
}

static bool
hash_ready(void *ctx, struct keyd_question *q)
{
	return keyd_pool_ready(((struct core_keyd *)ctx)->hashers, q);
}

static int
hash_take(struct ipc_in *m, const struct keyd_hash *asked, struct keyd_hash_answer *ret)
{
	int r = 0;

	switch (asked->kind) {
	case KEYD_NEW_KEY:
		if ((r = take_str(m, &ret->first)) == 0 &&
		    (r = take_time(m, &ret->not_before_s)) == 0 &&
		    (r = take_time(m, &ret->not_after_s)) == 0)
			r = take_last_str(m, &ret->second);
		break;
	case KEYD_SIGN_DIGEST:
	case KEYD_NEW_TOTP:
		if ((r = take_str(m, &ret->first)) == 0)
			r = take_last_str(m, &ret->second);
		break;
	case KEYD_CHECK_TOTP:
		if ((r = ipc_get_u64(m, &ret->step)) == 0 && ret->step != 0 &&
		    (ret->step < asked->first_step || ret->step > asked->last_step))
			r = ERR_PEER;
		if (r == 0)
			r = ipc_get_end(m);
		break;
	case KEYD_NEW_PASSWORD:
		r = take_last_str(m, &ret->first);
		break;
	case KEYD_CHECK_PASSWORD:
		if ((r = take_bool(m, &ret->right)) == 0)
			r = ipc_get_end(m);
		break;
	case KEYD_CERTIFY_AGENT:
		if ((r = take_time(m, &ret->not_after_s)) == 0)
			r = take_last_str(m, &ret->first);
		break;
	}
	return r;
}

static int
hash_finish(void *ctx, struct keyd_question *q, const struct keyd_hash *asked,
    struct keyd_hash_answer *ret)
{
	struct keyd_pool *p = ((struct core_keyd *)ctx)->hashers;
	struct ipc_in m;
	int r;

	*ret = (struct keyd_hash_answer){ .right = false };
	buf_init(&ret->first, MAX_FIELD_BYTES);
	buf_init(&ret->second, MAX_FIELD_BYTES);
	if ((r = keyd_pool_finish(p, q, &m)) == 0)
		r = reply_end(p, hash_take(&m, asked, ret));
	keyd_pool_forget(p);
	if (r != 0) {
		ret->right = false;
		ret->step = 0;
	}
	return r;
}

/* ---- the pools ---- */

static int
wait_signer(void *ctx, int timeout_ms)
{
	struct core_keyd *k = ctx;

	return k->parent.wait(k->parent.ctx, ROLE_KEYD, timeout_ms);
}

static int
wait_hasher(void *ctx, int timeout_ms)
{
	struct core_keyd *k = ctx;

	return k->parent.wait(k->parent.ctx, ROLE_KEYD_HASH, timeout_ms);
}

static void
rejoin_signer(void *ctx, uint16_t number)
{
	struct core_keyd *k = ctx;

	k->parent.rejoin(k->parent.ctx, ROLE_KEYD, number);
}

static void
rejoin_hasher(void *ctx, uint16_t number)
{
	struct core_keyd *k = ctx;

	k->parent.rejoin(k->parent.ctx, ROLE_KEYD_HASH, number);
}

void
core_keyd_set_parent(struct core_keyd *k, const struct core_keyd_parent *p)
{
	k->parent = *p;
	keyd_pool_set_parent(k->signers,
	    &(struct keyd_pool_parent){ wait_signer, rejoin_signer, k });
	keyd_pool_set_parent(k->hashers,
	    &(struct keyd_pool_parent){ wait_hasher, rejoin_hasher, k });
}

void
core_keyd_attach(struct core_keyd *k, enum msg_role role, uint16_t number, int fd)
{
	keyd_pool_attach(role == ROLE_KEYD_HASH ? k->hashers : k->signers, number, fd);
}

void
core_keyd_step(struct core_keyd *k)
{
	keyd_pool_step(k->hashers);
}

size_t
core_keyd_poll(const struct core_keyd *k, struct pollfd *ret)
{
	return keyd_pool_poll(k->hashers, ret);
}

struct core_keyd *
core_keyd_new(const struct clock *clock)
{
	struct core_keyd *k = xalloc(sizeof(*k));

	k->signers = keyd_pool_new(clock);
	k->hashers = keyd_pool_new(clock);
	k->port = (struct keyd_port){
		.ctx = k,
		.verify_begin = verify_begin,
		.verify_finish = verify_finish,
		.verify_session_begin = verify_session_begin,
		.verify_session_finish = verify_session_finish,
		.sign_entry_begin = sign_entry_begin,
		.sign_entry_finish = sign_entry_finish,
		.ocsp = ocsp,
		.new_secret = new_secret,
		.new_session = new_session,
		.seal_message = message_seal,
		.open_message = message_open,
		.hash_begin = hash_begin,
		.hash_ready = hash_ready,
		.hash_finish = hash_finish,
	};
	return k;
}

void
core_keyd_free(struct core_keyd *k)
{
	if (k == NULL)
		return;
	keyd_pool_free(k->signers);
	keyd_pool_free(k->hashers);
	xfree(k);
}

const struct keyd_port *
core_keyd_port(const struct core_keyd *k)
{
	return &k->port;
}
