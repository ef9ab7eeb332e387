/*
 * core_keyd: see core_keyd.h.
 */
#include "daemon/core_keyd.h"

#include "base/alloc.h"
#include "base/log.h"
#include "ipc/msg.h"

#define REPLY_MS 2000
#define RESTART_MS 2000
#define MAX_REASON_BYTES 1024
#define MAX_FIELD_BYTES 32768
#define ATTEMPTS 2

struct core_keyd {
	struct ipc *channel;	/* NULL: none at the moment */
	struct keyd_port port;
	struct core_keyd_parent parent;
	bool given_up;		/* a channel comes when it comes: nobody waits for it */
};

static void
drop(struct core_keyd *k, int r)
{
	log_warn("keyd-lost", log_e(r));
	ipc_free(k->channel);
	k->channel = NULL;
	if (r == ERR_CLOSED)
		return;
	k->parent.rejoin(k->parent.ctx);
	k->given_up = r != ERR_SYS;
}

void
core_keyd_attach(struct core_keyd *k, int fd)
{
	ipc_free(k->channel);
	k->channel = ipc_new(fd, false, 0);
	k->given_up = false;
}

void
core_keyd_set_parent(struct core_keyd *k, const struct core_keyd_parent *p)
{
	k->parent = *p;
}

/* Reads the head of a reply: the fields of a success are left in m. */
static int
reply_open(struct ipc_in *m)
{
	struct str reason;
	uint8_t ok;

	if (m->type != MSG_KD_REPLY || ipc_get_u8(m, &ok) != 0 || ok > 1)
		return ERR_PEER;
	if (ok == 1)
		return 0;
	if (ipc_get_str(m, MAX_REASON_BYTES, &reason) != 0 || ipc_get_end(m) != 0)
		return ERR_PEER;
	log_error("keyd", log_s("why", reason));
	return ERR_CRYPTO;
}

static int
exchange(struct core_keyd *k, void (*write)(struct ipc_out *m, const void *v), const void *v,
    struct ipc_in *reply)
{
	struct ipc_out m;
	int r;

	if (k->channel == NULL && !k->given_up && k->parent.wait(k->parent.ctx, RESTART_MS) != 0)
		k->given_up = true;
	if (k->channel == NULL)
		return ERR_UNAVAIL;
	write(&m, v);
	if ((r = ipc_send(k->channel, &m, -1)) != 0)
		return r;
	return ipc_recv_wait(k->channel, reply, REPLY_MS);
}

/*
 * After a success the reply's strings are good until the next question. An
 * answer that comes too late would be taken for that of the next question, so
 * after a timeout the channel is given up.
 */
static int
ask(struct core_keyd *k, void (*write)(struct ipc_out *m, const void *v), const void *v,
    struct ipc_in *reply)
{
	int attempt, r = ERR_UNAVAIL;

	for (attempt = 0; attempt < ATTEMPTS; attempt++) {
		if ((r = exchange(k, write, v, reply)) == 0)
			r = reply_open(reply);
		if (r == 0 || r == ERR_CRYPTO || r == ERR_UNAVAIL)
			return r;
		drop(k, r);
		if (r != ERR_CLOSED && r != ERR_SYS)
			return r;
	}
	return ERR_UNAVAIL;
}

/* The only field of a reply that is left, to its end. */
static int
take_str(struct core_keyd *k, struct ipc_in *m, struct buf *ret)
{
	struct str s;

	if (ipc_get_str(m, MAX_FIELD_BYTES, &s) != 0 || ipc_get_end(m) != 0) {
		drop(k, ERR_PEER);
		return ERR_PEER;
	}
	buf_str(ret, s);
	return buf_err(ret);
}

/* The only two fields of a reply. */
static int
take_two(struct core_keyd *k, struct ipc_in *m, struct buf *ret_first, struct buf *ret_second)
{
	struct str s;
	int r;

	if (ipc_get_str(m, MAX_FIELD_BYTES, &s) != 0) {
		drop(k, ERR_PEER);
		return ERR_PEER;
	}
	buf_str(ret_first, s);
	if ((r = buf_err(ret_first)) != 0)
		return r;
	return take_str(k, m, ret_second);
}

/* A field that is yes or no. */
static int
take_bool(struct core_keyd *k, struct ipc_in *m, bool *ret)
{
	uint8_t v;

	if (ipc_get_u8(m, &v) != 0 || v > 1) {
		drop(k, ERR_PEER);
		return ERR_PEER;
	}
	*ret = v == 1;
	return 0;
}

static int
take_end(struct core_keyd *k, struct ipc_in *m)
{
	if (ipc_get_end(m) == 0)
		return 0;
	drop(k, ERR_PEER);
	return ERR_PEER;
}

/* ---- the questions ---- */

/* A question without fields. */
static void
bare_write(struct ipc_out *m, const void *p)
{
	ipc_begin(m, *(const uint16_t *)p);
}

/* A question of one string. */
struct one {
	uint16_t type;
	struct str v;
};

static void
one_write(struct ipc_out *m, const void *p)
{
	const struct one *v = p;

	ipc_begin(m, v->type);
	ipc_put_str(m, v->v);
}

static void
verify_write(struct ipc_out *m, const void *p)
{
	const struct keyd_verify *v = p;

	ipc_begin(m, MSG_CK_VERIFY);
	ipc_put_str(m, v->sealed_secret);
	ipc_put_str(m, v->date);
	ipc_put_str(m, v->region);
	ipc_put_str(m, v->service);
	ipc_put_str(m, v->string_to_sign);
	ipc_put_str(m, str_of_n(v->signature, 32));
}

static int
verify(void *ctx, const struct keyd_verify *v, bool *ret_valid)
{
	struct core_keyd *k = ctx;
	struct ipc_in m;
	uint8_t valid;
	int r;

	if ((r = ask(k, verify_write, v, &m)) != 0)
		return r;
	if (ipc_get_u8(&m, &valid) != 0 || ipc_get_end(&m) != 0 || valid > 1) {
		drop(k, ERR_PEER);
		return ERR_PEER;
	}
	*ret_valid = valid == 1;
	return 0;
}

struct sign_blob {
	struct str sealed_key;
	struct str bytes;
};

static void
sign_blob_write(struct ipc_out *m, const void *p)
{
	const struct sign_blob *v = p;

	ipc_begin(m, MSG_CK_SIGN_BLOB);
	ipc_put_str(m, v->sealed_key);
	ipc_put_str(m, v->bytes);
}

static int
sign_blob(void *ctx, struct str sealed_key, struct str bytes, struct buf *ret_signature)
{
	const struct sign_blob v = { sealed_key, bytes };
	struct core_keyd *k = ctx;
	struct ipc_in m;
	int r;

	if ((r = ask(k, sign_blob_write, &v, &m)) != 0)
		return r;
	return take_str(k, &m, ret_signature);
}

static void
new_key_write(struct ipc_out *m, const void *p)
{
	ipc_begin(m, MSG_CK_NEW_KEY);
	ipc_put_u8(m, *(const uint8_t *)p);
}

static int
new_key(void *ctx, uint8_t kind, struct buf *ret_sealed, struct buf *ret_public)
{
	struct core_keyd *k = ctx;
	struct ipc_in m;
	int r;

	if ((r = ask(k, new_key_write, &kind, &m)) != 0)
		return r;
	return take_two(k, &m, ret_sealed, ret_public);
}

static void
issue_write(struct ipc_out *m, const void *p)
{
	const struct keyd_issue *v = p;

	ipc_begin(m, MSG_CK_ISSUE);
	ipc_put_str(m, v->sealed_issuer_key);
	ipc_put_str(m, v->issuer_der);
	ipc_put_u8(m, v->profile);
	ipc_put_str(m, v->common_name);
	ipc_put_str(m, v->sans);
	ipc_put_str(m, v->public_key);
	ipc_put_u64(m, (uint64_t)v->not_before_s);
	ipc_put_u64(m, (uint64_t)v->not_after_s);
}

static int
issue(void *ctx, const struct keyd_issue *v, struct buf *ret_der)
{
	struct core_keyd *k = ctx;
	struct ipc_in m;
	int r;

	if ((r = ask(k, issue_write, v, &m)) != 0)
		return r;
	return take_str(k, &m, ret_der);
}

static void
ocsp_write(struct ipc_out *m, const void *p)
{
	const struct keyd_ocsp *v = p;

	ipc_begin(m, MSG_CK_OCSP);
	ipc_put_str(m, v->sealed_issuer_key);
	ipc_put_str(m, v->issuer_der);
	ipc_put_str(m, v->subject_der);
	ipc_put_u64(m, (uint64_t)v->this_update_s);
	ipc_put_u64(m, (uint64_t)v->next_update_s);
}

static int
ocsp(void *ctx, const struct keyd_ocsp *v, struct buf *ret_der)
{
	struct core_keyd *k = ctx;
	struct ipc_in m;
	int r;

	if ((r = ask(k, ocsp_write, v, &m)) != 0)
		return r;
	return take_str(k, &m, ret_der);
}

static int
new_secret(void *ctx, struct buf *ret_secret, struct buf *ret_sealed)
{
	const uint16_t type = MSG_CK_NEW_SECRET;
	struct core_keyd *k = ctx;
	struct ipc_in m;
	int r;

	if ((r = ask(k, bare_write, &type, &m)) != 0)
		return r;
	return take_two(k, &m, ret_secret, ret_sealed);
}

static int
new_session(void *ctx, struct str claims, struct buf *ret_secret, struct buf *ret_token)
{
	const struct one v = { MSG_CK_NEW_SESSION, claims };
	struct core_keyd *k = ctx;
	struct ipc_in m;
	int r;

	if ((r = ask(k, one_write, &v, &m)) != 0)
		return r;
	return take_two(k, &m, ret_secret, ret_token);
}

static void
verify_session_write(struct ipc_out *m, const void *p)
{
	const struct keyd_verify_session *v = p;

	ipc_begin(m, MSG_CK_VERIFY_SESSION);
	ipc_put_str(m, v->token);
	ipc_put_str(m, v->date);
	ipc_put_str(m, v->region);
	ipc_put_str(m, v->service);
	ipc_put_str(m, v->string_to_sign);
	ipc_put_str(m, str_of_n(v->signature, 32));
}

static int
verify_session(void *ctx, const struct keyd_verify_session *v, bool *ret_opened,
    bool *ret_valid, struct buf *ret_claims)
{
	bool opened = false, valid = false;
	struct core_keyd *k = ctx;
	struct ipc_in m;
	int r;

	if ((r = ask(k, verify_session_write, v, &m)) != 0 ||
	    (r = take_bool(k, &m, &opened)) != 0 || (r = take_bool(k, &m, &valid)) != 0 ||
	    (r = take_str(k, &m, ret_claims)) != 0)
		return r;
	*ret_opened = opened;
	*ret_valid = opened && valid;
	return 0;
}

static int
message_seal(void *ctx, struct str plain, struct buf *ret_sealed)
{
	const struct one v = { MSG_CK_SEAL_MESSAGE, plain };
	struct core_keyd *k = ctx;
	struct ipc_in m;
	int r;

	if ((r = ask(k, one_write, &v, &m)) != 0)
		return r;
	return take_str(k, &m, ret_sealed);
}

static int
message_open(void *ctx, struct str sealed, struct buf *ret_plain)
{
	const struct one v = { MSG_CK_OPEN_MESSAGE, sealed };
	struct core_keyd *k = ctx;
	bool opened = false;
	struct ipc_in m;
	int r;

	if ((r = ask(k, one_write, &v, &m)) != 0 || (r = take_bool(k, &m, &opened)) != 0 ||
	    (r = take_str(k, &m, ret_plain)) != 0)
		return r;
	return opened ? 0 : ERR_CRYPTO;
}

static int
new_totp(void *ctx, struct buf *ret_base32, struct buf *ret_sealed)
{
	const uint16_t type = MSG_CK_NEW_TOTP;
	struct core_keyd *k = ctx;
	struct ipc_in m;
	int r;

	if ((r = ask(k, bare_write, &type, &m)) != 0)
		return r;
	return take_two(k, &m, ret_base32, ret_sealed);
}

static void
check_totp_write(struct ipc_out *m, const void *p)
{
	const struct keyd_check_totp *v = p;

	ipc_begin(m, MSG_CK_CHECK_TOTP);
	ipc_put_str(m, v->sealed_seed);
	ipc_put_str(m, v->code);
	ipc_put_u64(m, v->first_step);
	ipc_put_u64(m, v->last_step);
}

static int
check_totp(void *ctx, const struct keyd_check_totp *v, uint64_t *ret_step)
{
	struct core_keyd *k = ctx;
	struct ipc_in m;
	uint64_t step;
	int r;

	if ((r = ask(k, check_totp_write, v, &m)) != 0)
		return r;
	if (ipc_get_u64(&m, &step) != 0 || ipc_get_end(&m) != 0 ||
	    (step != 0 && (step < v->first_step || step > v->last_step))) {
		drop(k, ERR_PEER);
		return ERR_PEER;
	}
	*ret_step = step;
	return 0;
}

static int
new_password(void *ctx, struct str password, struct buf *ret_sealed)
{
	const struct one v = { MSG_CK_NEW_PASSWORD, password };
	struct core_keyd *k = ctx;
	struct ipc_in m;
	int r;

	if ((r = ask(k, one_write, &v, &m)) != 0)
		return r;
	return take_str(k, &m, ret_sealed);
}

struct check_password {
	struct str sealed;
	struct str password;
};

static void
check_password_write(struct ipc_out *m, const void *p)
{
	const struct check_password *v = p;

	ipc_begin(m, MSG_CK_CHECK_PASSWORD);
	ipc_put_str(m, v->sealed);
	ipc_put_str(m, v->password);
}

static int
check_password(void *ctx, struct str sealed, struct str password, bool *ret_right)
{
	const struct check_password v = { sealed, password };
	struct core_keyd *k = ctx;
	bool right = false;
	struct ipc_in m;
	int r;

	if ((r = ask(k, check_password_write, &v, &m)) != 0 ||
	    (r = take_bool(k, &m, &right)) != 0 || (r = take_end(k, &m)) != 0)
		return r;
	*ret_right = right;
	return 0;
}

struct core_keyd *
core_keyd_new(void)
{
	struct core_keyd *k = xalloc(sizeof(*k));

	k->port = (struct keyd_port){
		.ctx = k,
		.verify = verify,
		.sign_blob = sign_blob,
		.new_key = new_key,
		.issue = issue,
		.ocsp = ocsp,
		.new_secret = new_secret,
		.new_session = new_session,
		.verify_session = verify_session,
		.seal_message = message_seal,
		.open_message = message_open,
		.new_totp = new_totp,
		.check_totp = check_totp,
		.new_password = new_password,
		.check_password = check_password,
	};
	return k;
}

void
core_keyd_free(struct core_keyd *k)
{
	if (k == NULL)
		return;
	ipc_free(k->channel);
	xfree(k);
}

const struct keyd_port *
core_keyd_port(const struct core_keyd *k)
{
	return &k->port;
}
