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
	struct ipc *channel; /* NULL: none at the moment */
	struct keyd_port port;
	struct core_keyd_parent parent;
	bool given_up; /* a channel comes when it comes: nobody waits for it */
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

static int
bad_reply(struct core_keyd *k)
{
	drop(k, ERR_PEER);
	return ERR_PEER;
}

/* The only field of a reply that is left, to its end. */
static int
take_str(struct core_keyd *k, struct ipc_in *m, struct buf *ret)
{
	struct str s;

	if (ipc_get_str(m, MAX_FIELD_BYTES, &s) != 0 || ipc_get_end(m) != 0)
		return bad_reply(k);
	buf_str(ret, s);
	return buf_err(ret);
}

/* A field that is yes or no. */
static int
take_bool(struct core_keyd *k, struct ipc_in *m, bool *ret)
{
	uint8_t v;

	if (ipc_get_u8(m, &v) != 0 || v > 1)
		return bad_reply(k);
	*ret = v == 1;
	return 0;
}

/* ---- the shapes of questions and replies ---- */

/* A question of strings alone. */
struct strings {
	uint16_t type;
	size_t n;
	struct str v[6];
};

static void
strings_write(struct ipc_out *m, const void *p)
{
	const struct strings *v = p;
	size_t i;

	ipc_begin(m, v->type);
	for (i = 0; i < v->n; i++)
		ipc_put_str(m, v->v[i]);
}

/* A reply of one string. */
static int
ask_one(struct core_keyd *k, void (*write)(struct ipc_out *m, const void *v), const void *v,
    struct buf *ret)
{
	struct ipc_in m;
	int r;

	if ((r = ask(k, write, v, &m)) != 0)
		return r;
	return take_str(k, &m, ret);
}

/* A reply of two strings. */
static int
ask_two(struct core_keyd *k, void (*write)(struct ipc_out *m, const void *v), const void *v,
    struct buf *ret_first, struct buf *ret_second)
{
	struct ipc_in m;
	struct str s;
	int r;

	if ((r = ask(k, write, v, &m)) != 0)
		return r;
	if (ipc_get_str(&m, MAX_FIELD_BYTES, &s) != 0)
		return bad_reply(k);
	buf_str(ret_first, s);
	if ((r = buf_err(ret_first)) != 0)
		return r;
	return take_str(k, &m, ret_second);
}

/* A reply of yes or no. */
static int
ask_bool(struct core_keyd *k, const struct strings *v, bool *ret)
{
	bool yes = false;
	struct ipc_in m;
	int r;

	if ((r = ask(k, strings_write, v, &m)) != 0 || (r = take_bool(k, &m, &yes)) != 0)
		return r;
	if (ipc_get_end(&m) != 0)
		return bad_reply(k);
	*ret = yes;
	return 0;
}

/* ---- the questions ---- */

static int
verify(void *ctx, const struct keyd_verify *v, bool *ret_valid)
{
	const struct strings q = { MSG_CK_VERIFY, 6,
		{ v->sealed_secret, v->date, v->region, v->service, v->string_to_sign,
		    str_of_n(v->signature, 32) } };

	return ask_bool(ctx, &q, ret_valid);
}

static int
sign_blob(void *ctx, struct str sealed_key, struct str bytes, struct buf *ret_signature)
{
	const struct strings q = { MSG_CK_SIGN_BLOB, 2, { sealed_key, bytes } };

	return ask_one(ctx, strings_write, &q, ret_signature);
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
	return ask_two(ctx, new_key_write, &kind, ret_sealed, ret_public);
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
	return ask_one(ctx, issue_write, v, ret_der);
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
	return ask_one(ctx, ocsp_write, v, ret_der);
}

static int
new_secret(void *ctx, struct buf *ret_secret, struct buf *ret_sealed)
{
	const struct strings q = { .type = MSG_CK_NEW_SECRET };

	return ask_two(ctx, strings_write, &q, ret_secret, ret_sealed);
}

static int
new_session(void *ctx, struct str claims, struct buf *ret_secret, struct buf *ret_token)
{
	const struct strings q = { MSG_CK_NEW_SESSION, 1, { claims } };

	return ask_two(ctx, strings_write, &q, ret_secret, ret_token);
}

static int
verify_session(void *ctx, const struct keyd_verify_session *v, bool *ret_opened, bool *ret_valid,
    struct buf *ret_claims)
{
	const struct strings q = { MSG_CK_VERIFY_SESSION, 6,
		{ v->token, v->date, v->region, v->service, v->string_to_sign,
		    str_of_n(v->signature, 32) } };
	bool opened = false, valid = false;
	struct core_keyd *k = ctx;
	struct ipc_in m;
	int r;

	if ((r = ask(k, strings_write, &q, &m)) != 0 || (r = take_bool(k, &m, &opened)) != 0 ||
	    (r = take_bool(k, &m, &valid)) != 0 || (r = take_str(k, &m, ret_claims)) != 0)
		return r;
	*ret_opened = opened;
	*ret_valid = opened && valid;
	return 0;
}

static int
message_seal(void *ctx, struct str plain, struct buf *ret_sealed)
{
	const struct strings q = { MSG_CK_SEAL_MESSAGE, 1, { plain } };

	return ask_one(ctx, strings_write, &q, ret_sealed);
}

static int
message_open(void *ctx, struct str sealed, struct buf *ret_plain)
{
	const struct strings q = { MSG_CK_OPEN_MESSAGE, 1, { sealed } };
	struct core_keyd *k = ctx;
	bool opened = false;
	struct ipc_in m;
	int r;

	if ((r = ask(k, strings_write, &q, &m)) != 0 || (r = take_bool(k, &m, &opened)) != 0 ||
	    (r = take_str(k, &m, ret_plain)) != 0)
		return r;
	return opened ? 0 : ERR_CRYPTO;
}

static int
new_totp(void *ctx, struct buf *ret_base32, struct buf *ret_sealed)
{
	const struct strings q = { .type = MSG_CK_NEW_TOTP };

	return ask_two(ctx, strings_write, &q, ret_base32, ret_sealed);
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
	    (step != 0 && (step < v->first_step || step > v->last_step)))
		return bad_reply(k);
	*ret_step = step;
	return 0;
}

static int
new_password(void *ctx, struct str password, struct buf *ret_sealed)
{
	const struct strings q = { MSG_CK_NEW_PASSWORD, 1, { password } };

	return ask_one(ctx, strings_write, &q, ret_sealed);
}

static int
check_password(void *ctx, struct str sealed, struct str password, bool *ret_right)
{
	const struct strings q = { MSG_CK_CHECK_PASSWORD, 2, { sealed, password } };

	return ask_bool(ctx, &q, ret_right);
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
