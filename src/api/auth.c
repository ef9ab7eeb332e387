/*
 * auth: see auth.h.
 */
#include "api/auth.h"

#include "aws/sigv4.h"
#include "base/log.h"
#include "store/store_access_key.h"

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
	c->access_key_id = key->access_key_id;
	c->authentic = true;
}

/* The key, usable or not: *ret_fault says which. */
static int
key_get(struct call *c, const struct sigv4 *sig, struct store_access_key *ret,
    enum sigv4_fault *ret_fault)
{
	int r;

	*ret_fault = SIGV4_OK;
	r = store_access_key_get(c->api->o.store, c->arena, sig->access_key_id, ret);
	if (r != 0 && r != ERR_NOTFOUND)
		return r;
	if (r == ERR_NOTFOUND || ret->status != STORE_ACCESS_KEY_ACTIVE) {
		*ret_fault = SIGV4_UNKNOWN_KEY;
		ret->sealed_secret = c->api->decoy_secret;
	} else if (sig->session_token.n > 0) {
		/* Keys that are stored are long-term keys: they have no token. */
		*ret_fault = SIGV4_BAD_TOKEN;
	}
	return 0;
}

enum awserr
auth_check(struct call *c)
{
	const struct eicd_settings *s = c->api->o.settings;
	const struct sigv4_input in = {
		.method = c->req->method,
		.target = c->req->target,
		.headers = c->req->headers,
		.n_headers = c->req->n_headers,
		.body = c->req->body,
		.now_s = c->now_s,
		.skew_s = s->clock_skew_s,
		.region = c->api->region,
	};
	struct store_access_key key = { .account_id = { NULL, 0 } };
	struct keyd_verify v;
	struct errinfo ei = { "" };
	enum sigv4_fault fault;
	struct sigv4 sig;
	bool valid = false;
	int r;

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
	if ((r = key_get(c, &sig, &key, &fault)) != 0)
		return call_internal(c, "access key", r);
	v = (struct keyd_verify){
		.sealed_secret = key.sealed_secret,
		.date = sig.date,
		.region = sig.region,
		.service = sig.service,
		.string_to_sign = sig.string_to_sign,
		.signature = sig.signature,
	};
	if ((r = c->api->o.keyd->verify(c->api->o.keyd->ctx, &v, &valid)) != 0)
		return call_internal(c, "keyd verify", r);
	if (fault == SIGV4_UNKNOWN_KEY)
		return refuse(c, fault, sig.access_key_id, "unknown or inactive access key");
	if (!valid)
		return refuse(c, SIGV4_WRONG_SIGNATURE, sig.access_key_id, "wrong signature");
	if (fault != SIGV4_OK)
		return refuse(c, fault, sig.access_key_id, "unexpected session token");
	principal_set(c, &key);
	c->scope_service = sig.service;
	return AWSERR_NONE;
}
