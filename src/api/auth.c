/*
 * auth: see auth.h.
 */
#include "api/auth.h"

#include "api/last_use.h"
#include "aws/sigv4.h"
#include "base/b64.h"
#include "base/log.h"
#include "store/store_access_key.h"
#include "store/store_role.h"

/* What key ids of temporary credentials begin with. */
#define TEMPORARY STR("ASIA")

/* Says to the journal what the client is not told; there is no principal to
 * put into the audit trail (wire.md 8.3). */
static enum awserr
refuse(struct call *c, enum sigv4_fault fault, struct str key, const char *why)
{
	enum awserr e = awserr_of_sigv4(fault);

	log_info("unauthentic", log_s("req", c->req->request_id), log_s("peer", c->req->peer_ip),
	    log_s("key", str_head(key, 128)), log_c("why", why));
	return e;
}

static enum iam_principal_type
principal_type(enum store_principal_type t)
{
	switch (t) {
	case STORE_PRINCIPAL_ROOT:
		return IAM_ROOT;
	case STORE_PRINCIPAL_USER:
		return IAM_USER;
	}
	return IAM_USER;
}

/* What of it is right, and what not; the first that is not is what is told. */
struct verdict {
	enum sigv4_fault fault; /* SIGV4_OK: all is */
	const char *why;        /* for the journal */
};

static void
principal_set(struct call *c, const struct store_access_key *key)
{
	c->principal = (struct iam_principal){
		.type = principal_type(key->principal_type),
		.arn = key->principal_arn,
		.account_id = key->account_id,
		.user_id = key->principal_id,
		.name = key->principal_name,
	};
}

/* ---- long-term keys ---- */

/* The key, usable or not: v says which. */
static int
key_get(struct call *c, const struct sigv4 *sig, struct store_access_key *ret, struct verdict *v)
{
	int r;

	r = store_access_key_get(c->region->store, c->arena, sig->access_key_id, ret);
	if (r != 0 && r != ERR_NOTFOUND)
		return r;
	if (r == ERR_NOTFOUND || ret->status != STORE_ACCESS_KEY_ACTIVE) {
		*v = (struct verdict){ SIGV4_UNKNOWN_KEY, "unknown or inactive access key" };
		ret->sealed_secret = c->api->decoy_secret;
	} else if (sig->session_token.n > 0) {
		/* Keys that are stored are long-term keys: they have no token. */
		*v = (struct verdict){ SIGV4_BAD_TOKEN, "unexpected session token" };
	}
	return 0;
}

static enum awserr
long_term_check(struct call *c, const struct sigv4 *sig, struct verdict *ret)
{
	struct store_access_key key = { .account_id = { NULL, 0 } };
	struct verdict v = { SIGV4_OK, NULL };
	struct keyd_verify q;
	bool valid = false;
	int r;

	if ((r = key_get(c, sig, &key, &v)) != 0)
		return call_internal(c, "access key", r);
	q = (struct keyd_verify){
		.sealed_secret = key.sealed_secret,
		.date = sig->date,
		.region = sig->region,
		.service = sig->service,
		.string_to_sign = sig->string_to_sign,
		.signature = sig->signature,
	};
	if ((r = c->region->keyd->verify(c->region->keyd->ctx, &q, &valid)) != 0)
		return call_internal(c, "keyd verify", r);
	if (!valid && v.fault != SIGV4_UNKNOWN_KEY)
		v = (struct verdict){ SIGV4_WRONG_SIGNATURE, "wrong signature" };
	principal_set(c, &key);
	*ret = v;
	if (v.fault == SIGV4_OK && (r = last_use_key(c, &key, sig->region, sig->service)) != 0)
		return call_internal(c, "key use", r);
	return AWSERR_NONE;
}

/* ---- temporary credentials ---- */

/* Asks keyd; what it opens is in c->session. */
static int
token_verify(struct call *c, const struct sigv4 *sig, struct verdict *ret)
{
	struct keyd_verify_session q = {
		.date = sig->date,
		.region = sig->region,
		.service = sig->service,
		.string_to_sign = sig->string_to_sign,
		.signature = sig->signature,
	};
	bool opened = false, valid = false;
	struct buf token, claims;
	int r;

	buf_init(&token, PORTS_MAX_TOKEN_BYTES);
	buf_init(&claims, SESSION_MAX_CLAIMS_BYTES);
	/* One that cannot be a token is verified all the same: it costs as much. */
	if (b64_parse(sig->session_token, &token) == 0)
		q.token = buf_view(&token);
	r = c->region->keyd->verify_session(c->region->keyd->ctx, &q, &opened, &valid, &claims);
	*ret = (struct verdict){ SIGV4_OK, NULL };
	if (r == 0 &&
	    (!opened || session_read(buf_view(&claims), c->arena, &c->session) != 0 ||
		!str_eq(c->session.access_key_id, sig->access_key_id)))
		*ret = (struct verdict){ SIGV4_BAD_TOKEN, "not a token of this key" };
	else if (r == 0 && !valid)
		*ret = (struct verdict){ SIGV4_WRONG_SIGNATURE, "wrong signature" };
	buf_release(&token);
	buf_release(&claims);
	return r;
}

static void
role_set(struct call *c, const struct store_role *role)
{
	const struct session *s = &c->session;

	c->principal = (struct iam_principal){
		.type = IAM_ASSUMED_ROLE,
		.arn = arena_fmt(c->arena, "arn:aws:sts::%.*s:assumed-role/%.*s/%.*s",
		    STR_FMT(role->account_id), STR_FMT(role->name), STR_FMT(s->session_name)),
		.account_id = role->account_id,
		.user_id = arena_fmt(c->arena, "%.*s:%.*s", STR_FMT(role->role_id),
		    STR_FMT(s->session_name)),
		.name = s->session_name,
		.role_arn = role->arn,
	};
}

/* What the session rests on, as it is now: a key that was asked with, and the
 * role, or the user that the key is of. ERR_NOTFOUND: it is not there any more. */
static int
session_ground(struct call *c)
{
	const struct session *s = &c->session;
	struct store_access_key key;
	struct store_role role;
	int r;

	if ((r = store_access_key_get(c->region->store, c->arena, s->issuer_key_id, &key)) != 0)
		return r;
	if (key.status != STORE_ACCESS_KEY_ACTIVE || !str_eq(key.account_id, s->account_id))
		return ERR_NOTFOUND;
	if (s->type != IAM_ASSUMED_ROLE) {
		principal_set(c, &key);
		return c->principal.type == s->type && str_eq(key.principal_id, s->entity_id)
		    ? 0
		    : ERR_NOTFOUND;
	}
	if ((r = store_role_get_id(c->region->store, c->arena, s->entity_id, &role)) != 0)
		return r;
	role_set(c, &role);
	if (!str_eq(role.account_id, s->account_id))
		return ERR_NOTFOUND;
	return last_use_role(c, &role);
}

static enum awserr
temporary_check(struct call *c, const struct sigv4 *sig, struct verdict *ret)
{
	int r;

	if ((r = token_verify(c, sig, ret)) != 0)
		return call_internal(c, "keyd verify session", r);
	if (ret->fault != SIGV4_OK)
		return AWSERR_NONE;
	if (c->now_s >= c->session.expires_at) {
		*ret = (struct verdict){ SIGV4_EXPIRED_TOKEN, "expired" };
		return AWSERR_NONE;
	}
	if ((r = session_ground(c)) == ERR_NOTFOUND)
		*ret = (struct verdict){ SIGV4_BAD_TOKEN, "its key, user or role is gone" };
	else if (r != 0)
		return call_internal(c, "session", r);
	return AWSERR_NONE;
}

/* ---- all ---- */

enum awserr
auth_check(struct call *c)
{
	const struct eicd_settings *s = c->region->settings;
	const struct sigv4_input in = {
		.method = c->req->method,
		.target = c->req->target,
		.headers = c->req->headers,
		.n_headers = c->req->n_headers,
		.body = c->req->body,
		.now_s = c->now_s,
		.skew_s = s->clock_skew_s,
		.region = c->region->name,
	};
	struct verdict v;
	struct errinfo ei = { "" };
	enum sigv4_fault fault;
	struct sigv4 sig;
	enum awserr e;

	if ((fault = sigv4_check(&in, c->arena, &sig, &ei)) != SIGV4_OK) {
		c->message = arena_str(c->arena, str_of(ei.text));
		return refuse(c, fault, STR(""), ei.text);
	}
	/* Good for days, and free to be used again all that time: no action here
	 * takes one. */
	if (sig.form != SIGV4_HEADER) {
		c->message = STR("Presigned requests are not accepted: sign the request in the "
				 "Authorization header");
		return refuse(c, SIGV4_MISSING_AUTH, sig.access_key_id, "presigned");
	}
	e = str_starts(sig.access_key_id, TEMPORARY) && sig.session_token.n > 0
	    ? temporary_check(c, &sig, &v)
	    : long_term_check(c, &sig, &v);
	if (e == AWSERR_NONE && v.fault != SIGV4_OK)
		e = refuse(c, v.fault, sig.access_key_id, v.why);
	if (e != AWSERR_NONE) {
		/* Nobody asks: nothing of what was found may count. */
		c->principal = (struct iam_principal){ .type = IAM_USER };
		c->session = (struct session){ .temporary = false };
		return e;
	}
	c->access_key_id = sig.access_key_id;
	c->scope_service = sig.service;
	c->authentic = true;
	return AWSERR_NONE;
}
