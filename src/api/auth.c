/*
 * auth: see auth.h.
 */
#include "api/auth.h"

#include "api/last_use.h"
#include "api/refusals.h"
#include "aws/sigv4.h"
#include "base/b64.h"
#include "store/store_access_key.h"
#include "store/store_oidc_provider.h"
#include "store/store_role.h"

/* The key ids of temporary credentials begin with this. */
#define TEMPORARY STR("ASIA")

/* Logs or counts the reason, which the client is not told. The audit trail gets no record: it would
 * need a principal, and there is none (wire.md 8.3). */
static enum awserr
refuse(struct call *c, enum sigv4_fault fault, struct str key, const char *why)
{
	refusals_unauthentic(c, str_head(key, 128), why);
	return awserr_of_sigv4(fault);
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

/* The result of checking a key or token: the first fault that was found. */
struct verdict {
	enum sigv4_fault fault; /* SIGV4_OK: no fault */
	const char *why;        /* for the log */
};

/* What is kept of a call between auth_begin and auth_finish. */
struct auth {
	enum awserr refused; /* why keyd was not asked; AWSERR_NONE: it was */
	struct sigv4 sig;
	bool temporary;
	struct keyd_question *question;
	/* For a long-term key: the key and the verdict on it, as looked up when the count of
	 * changes (struct api, api/state.h) was writes. */
	struct store_access_key key;
	struct verdict verdict;
	uint64_t writes;
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

static struct str
owner_of(const struct store_access_key *key)
{
	/* The id of the root would be that of its account. */
	return key->principal_type == STORE_PRINCIPAL_ROOT ? key->principal_arn : key->principal_id;
}

/* ---- long-term keys ---- */

/* Looks the key up. a->verdict says whether it may be used. For one that is unknown or inactive,
 * the signature is checked with a decoy, so that the refusal takes as long. */
static int
key_get(struct call *c, struct auth *a)
{
	struct store_access_key *key = &a->key;
	int r;

	*key = (struct store_access_key){ .account_id = { NULL, 0 } };
	a->verdict = (struct verdict){ SIGV4_OK, NULL };
	a->writes = c->api->writes;
	r = store_access_key_get(c->region->store, c->arena, a->sig.access_key_id, key);
	if (r != 0 && r != ERR_NOTFOUND)
		return r;
	if (r == ERR_NOTFOUND || key->status != STORE_ACCESS_KEY_ACTIVE) {
		a->verdict =
		    (struct verdict){ SIGV4_UNKNOWN_KEY, "unknown or inactive access key" };
		key->sealed_secret = c->api->decoy_secret;
	} else if (a->sig.session_token.n > 0) {
		/* All keys in the store are long-term keys, which have no session token. */
		a->verdict = (struct verdict){ SIGV4_BAD_TOKEN, "unexpected session token" };
	}
	return 0;
}

static void
key_ask(struct call *c, struct auth *a)
{
	const struct keyd_verify q = {
		.sealed_secret = a->key.sealed_secret,
		.date = a->sig.date,
		.region = a->sig.region,
		.service = a->sig.service,
		.string_to_sign = a->sig.string_to_sign,
		.signature = a->sig.signature,
	};

	a->question = c->region->keyd->verify_begin(c->region->keyd->ctx, &q);
}

static int
key_answer(struct call *c, struct auth *a, bool *ret_valid)
{
	return c->region->keyd->verify_finish(c->region->keyd->ctx, a->question, ret_valid);
}

/* An earlier request of the same batch may have changed the key after keyd was asked about it.
 * Then the key is looked up again, and keyd asked again if the secret is another one. */
static int
key_get_again(struct call *c, struct auth *a)
{
	struct str asked = a->key.sealed_secret;
	bool unused;
	int r;

	if (a->writes == c->api->writes)
		return 0;
	if ((r = key_get(c, a)) != 0 || !str_eq(a->key.sealed_secret, asked)) {
		(void)!key_answer(c, a, &unused);
		a->question = NULL;
		if (r == 0)
			key_ask(c, a);
	}
	return r;
}

static enum awserr
long_term_finish(struct call *c, struct auth *a, struct verdict *ret)
{
	bool valid = false;
	int r;

	if ((r = key_get_again(c, a)) != 0)
		return call_internal(c, "access key", r);
	if ((r = key_answer(c, a, &valid)) != 0)
		return call_internal(c, "keyd verify", r);
	if (!valid && a->verdict.fault != SIGV4_UNKNOWN_KEY)
		a->verdict = (struct verdict){ SIGV4_WRONG_SIGNATURE, "wrong signature" };
	principal_set(c, &a->key);
	c->owner = owner_of(&a->key);
	*ret = a->verdict;
	if (ret->fault == SIGV4_OK &&
	    (r = last_use_key(c, &a->key, a->sig.region, a->sig.service)) != 0)
		return call_internal(c, "key use", r);
	return AWSERR_NONE;
}

/* ---- temporary credentials ---- */

static void
token_ask(struct call *c, struct auth *a)
{
	struct keyd_verify_session q = {
		.date = a->sig.date,
		.region = a->sig.region,
		.service = a->sig.service,
		.string_to_sign = a->sig.string_to_sign,
		.signature = a->sig.signature,
	};
	struct buf token;

	buf_init(&token, PORTS_MAX_TOKEN_BYTES);
	/* Text that is not base64 cannot be a token. keyd is asked all the same, with an empty
	 * one, as for every token that does not open. */
	if (b64_parse(a->sig.session_token, &token) == 0)
		q.token = buf_view(&token);
	a->question = c->region->keyd->verify_session_begin(c->region->keyd->ctx, &q);
	buf_release(&token);
}

/* Takes keyd's answer about a session token. The claims in the token become c->session. */
static int
token_answer(struct call *c, const struct auth *a, struct verdict *ret)
{
	bool opened = false, valid = false;
	struct buf claims;
	int r;

	buf_init(&claims, SESSION_MAX_CLAIMS_BYTES);
	r = c->region->keyd->verify_session_finish(c->region->keyd->ctx, a->question, &opened,
	    &valid, &claims);
	*ret = (struct verdict){ SIGV4_OK, NULL };
	if (r == 0 &&
	    (!opened || session_read(buf_view(&claims), c->arena, &c->session) != 0 ||
		!str_eq(c->session.access_key_id, a->sig.access_key_id)))
		*ret = (struct verdict){ SIGV4_BAD_TOKEN, "not a token of this key" };
	else if (r == 0 && !valid)
		*ret = (struct verdict){ SIGV4_WRONG_SIGNATURE, "wrong signature" };
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

/* The principal is the user who got the credentials. It becomes the one for whom it got them. */
static void
federated_set(struct call *c)
{
	const struct iam_principal user = c->principal;
	struct session *s = &c->session;

	s->issuer_arn = user.arn;
	s->issuer_name = user.name;
	c->principal = (struct iam_principal){
		.type = IAM_FEDERATED_USER,
		.arn = arena_fmt(c->arena, "arn:aws:sts::%.*s:federated-user/%.*s",
		    STR_FMT(user.account_id), STR_FMT(s->session_name)),
		.account_id = user.account_id,
		.user_id = arena_fmt(c->arena, "%.*s:%.*s", STR_FMT(user.account_id),
		    STR_FMT(s->session_name)),
		.name = s->session_name,
	};
}

static int
role_ground(struct call *c)
{
	struct store_role role;
	int r;

	r = store_role_get_id(c->region->store, c->arena, c->session.entity_id, &role);
	if (r != 0)
		return r;
	role_set(c, &role);
	if (!str_eq(role.account_id, c->session.account_id))
		return ERR_NOTFOUND;
	return last_use_role(c, &role);
}

/* The same for what was got with the token of an issuer: its provider has to be there. */
static int
provider_ground(struct call *c)
{
	struct session *s = &c->session;
	/* Sessions of an earlier version name the subject behind a slash. */
	struct str id = str_head(s->issuer_key_id, str_index(s->issuer_key_id, '/'));
	struct store_oidc_provider v;
	int r;

	if (s->type != IAM_ASSUMED_ROLE)
		return ERR_NOTFOUND;
	if ((r = store_oidc_provider_get_id(c->region->store, c->arena, id, &v)) != 0)
		return r;
	if (!str_eq(v.account_id, s->account_id))
		return ERR_NOTFOUND;
	c->owner = v.provider_id;
	s->provider_arn = arena_fmt(c->arena, "arn:aws:iam::%.*s:oidc-provider/%.*s",
	    STR_FMT(v.account_id), STR_FMT(v.url));
	return role_ground(c);
}

/* Looks up what the session depends on, as it is now: the access key that asked for it, and
 * the role, or the user whom the key belongs to. ERR_NOTFOUND: one of them is gone or is not
 * usable any more. */
static int
session_ground(struct call *c)
{
	const struct session *s = &c->session;
	struct store_access_key key;
	int r;

	if (str_starts(s->issuer_key_id, SESSION_PROVIDER))
		return provider_ground(c);
	if ((r = store_access_key_get(c->region->store, c->arena, s->issuer_key_id, &key)) != 0)
		return r;
	if (key.status != STORE_ACCESS_KEY_ACTIVE || !str_eq(key.account_id, s->account_id))
		return ERR_NOTFOUND;
	c->owner = owner_of(&key);
	if (s->type != IAM_ASSUMED_ROLE) {
		principal_set(c, &key);
		if (c->principal.type != (s->type == IAM_FEDERATED_USER ? IAM_USER : s->type) ||
		    !str_eq(key.principal_id, s->entity_id))
			return ERR_NOTFOUND;
		if (s->type == IAM_FEDERATED_USER)
			federated_set(c);
		return 0;
	}
	return role_ground(c);
}

static enum awserr
temporary_finish(struct call *c, const struct auth *a, struct verdict *ret)
{
	int r;

	if ((r = token_answer(c, a, ret)) != 0)
		return call_internal(c, "keyd verify session", r);
	if (ret->fault != SIGV4_OK)
		return AWSERR_NONE;
	if (c->now_s >= c->session.expires_at || c->session.issued_at <= c->api->restored_at) {
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

/* Reads the signature and asks keyd about it. AWSERR_NONE: keyd was asked. */
static enum awserr
ask(struct call *c, struct auth *a)
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
	struct errinfo ei = { "" };
	enum sigv4_fault fault;
	int r;

	if ((fault = sigv4_check(&in, c->arena, &a->sig, &ei)) != SIGV4_OK) {
		c->message = arena_str(c->arena, str_of(ei.text));
		return refuse(c, fault, STR(""), ei.text);
	}
	/* A presigned URL can be good for days, and be used by anyone who sees it all that time.
	 * No action here takes one. */
	if (a->sig.form != SIGV4_HEADER) {
		c->message = STR("Presigned requests are not accepted: sign the request in the "
				 "Authorization header");
		return refuse(c, SIGV4_MISSING_AUTH, a->sig.access_key_id, "presigned");
	}
	a->temporary = str_starts(a->sig.access_key_id, TEMPORARY) && a->sig.session_token.n > 0;
	if (a->temporary) {
		token_ask(c, a);
		return AWSERR_NONE;
	}
	if ((r = key_get(c, a)) != 0)
		return call_internal(c, "access key", r);
	key_ask(c, a);
	return AWSERR_NONE;
}

void
auth_begin(struct call *c)
{
	c->auth = arena_alloc(c->arena, sizeof(*c->auth));
	c->auth->refused = ask(c, c->auth);
}

enum awserr
auth_finish(struct call *c)
{
	struct verdict v = { SIGV4_WRONG_SIGNATURE, "not checked" };
	struct auth *a = c->auth;
	enum awserr e;

	if (a->refused != AWSERR_NONE)
		return a->refused;
	e = a->temporary ? temporary_finish(c, a, &v) : long_term_finish(c, a, &v);
	if (e == AWSERR_NONE && v.fault != SIGV4_OK)
		e = refuse(c, v.fault, a->sig.access_key_id, v.why);
	if (e != AWSERR_NONE) {
		/* The request is not authentic: nothing that was found out about the caller
		 * may be used. */
		c->principal = (struct iam_principal){ .type = IAM_USER };
		c->session = (struct session){ .temporary = false };
		return e;
	}
	c->access_key_id = a->sig.access_key_id;
	c->scope_service = a->sig.service;
	c->signature = str_of_n(a->sig.signature, sizeof(a->sig.signature));
	c->signed_at_s = a->sig.signed_at_s;
	c->authentic = true;
	return AWSERR_NONE;
}
