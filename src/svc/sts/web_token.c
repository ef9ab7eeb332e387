/*
 * web_token: see web_token.h. Nothing of the token is believed before its signature is checked but
 * the name of its issuer, which says with which keys.
 */
#include "svc/sts/web_token.h"

#include "codec/jwt.h"
#include "region/web_identity.h"

#define SCHEME STR("https://")
#define MAX_SUBJECT_BYTES 255 /* OpenID Connect Core 1.0, section 2 */
#define MAX_AMR_BYTES 128

static enum awserr
invalid(struct call *c, const char *why)
{
	return call_fail(c, AWSERR_INVALID_IDENTITY_TOKEN, "%s", why);
}

/* Finds the account's provider of the issuer. */
static enum awserr
provider_find(struct call *c, struct str account_id, struct str issuer,
    struct store_oidc_provider *ret)
{
	struct str url = str_from(issuer, SCHEME.n);
	int r = ERR_NOTFOUND;

	if (str_starts(issuer, SCHEME))
		r = store_oidc_provider_get(c->region->store, c->arena, account_id, url, ret);
	if (r == ERR_NOTFOUND)
		return call_fail(c, AWSERR_INVALID_IDENTITY_TOKEN,
		    "No OpenIDConnect provider found in your account for %.*s",
		    STR_FMT(str_head(issuer, MAX_SUBJECT_BYTES)));
	return r == 0 ? AWSERR_NONE : call_internal(c, "provider", r);
}

static enum awserr
signature_check(struct call *c, const struct jwt *t, struct str issuer)
{
	int r = web_identity_verify(c->region->web_identity, issuer, t->alg, t->kid,
	    t->signed_bytes, t->signature);

	if (r == 0)
		return AWSERR_NONE;
	if (r == ERR_SYNTAX)
		return invalid(c, "The token is not signed by RS256 or ES256");
	if (r == ERR_NOTFOUND)
		return invalid(c,
		    "Couldn't retrieve verification key from your identity provider: the "
		    "administrator of this installation has to add it (web_identity_keys)");
	return invalid(c, "The signature of the token is not that of its issuer");
}

static enum awserr
times_check(struct call *c, const struct json *claims)
{
	const int64_t skew_s = c->region->settings->clock_skew_s;
	double exp, iat, nbf;

	if (json_number(json_get(claims, "exp"), &exp) != 0 ||
	    json_number(json_get(claims, "iat"), &iat) != 0)
		return invalid(c, "The token has no exp or no iat, which must be numbers");
	if (!((double)c->now_s < exp))
		return call_fail(c, AWSERR_IDENTITY_TOKEN_EXPIRED,
		    "Token expired: current date/time %lld must be before the expiration "
		    "date/time %.0f",
		    (long long)c->now_s, exp);
	if (!(iat <= (double)(c->now_s + skew_s)))
		return invalid(c, "The token is of a time to come");
	if (json_get(claims, "nbf") == NULL)
		return AWSERR_NONE;
	if (json_number(json_get(claims, "nbf"), &nbf) != 0 ||
	    !(nbf <= (double)(c->now_s + skew_s)))
		return invalid(c, "The token is of a time to come");
	return AWSERR_NONE;
}

static bool
is_client(struct str client_ids, struct str id)
{
	size_t n;

	for (; client_ids.n > 0; client_ids = str_from(client_ids, n + 1)) {
		n = str_index(client_ids, '\n');
		if (str_eq(str_head(client_ids, n), id))
			return true;
	}
	return false;
}

/* Is the token for id, or another of the provider's client ids, too? */
static bool
aud_names(const struct json *aud, struct str client_ids, struct str id)
{
	struct str s;
	size_t i;

	if (json_str(aud, &s) == 0)
		return str_eq(s, id) || is_client(client_ids, s);
	for (i = 0; json_kind(aud) == JSON_KIND_ARRAY && i < json_len(aud); i++) {
		if (json_str(json_at(aud, i), &s) == 0 &&
		    (str_eq(s, id) || is_client(client_ids, s)))
			return true;
	}
	return false;
}

/* The audience is azp, the party that the token was issued to, if there is one, and else aud. Of
 * several audiences without azp it would not be known for whom the token is. One that was issued to
 * a client of ours for somebody else's use is not for us. */
static enum awserr
audience_check(struct call *c, const struct json *claims, struct web_token *ret)
{
	const struct json *aud = json_get(claims, "aud"), *azp = json_get(claims, "azp");
	struct str id;

	if (azp == NULL && json_kind(aud) == JSON_KIND_ARRAY && json_len(aud) == 1)
		aud = json_at(aud, 0);
	if (json_str(azp != NULL ? azp : aud, &id) != 0 || str_has_ctl(id) ||
	    !is_client(ret->provider.client_ids, id) ||
	    !aud_names(json_get(claims, "aud"), ret->provider.client_ids, id))
		return invalid(c, "Incorrect token audience");
	ret->audience = arena_str(c->arena, id);
	return AWSERR_NONE;
}

static enum awserr
subject_read(struct call *c, const struct json *claims, struct web_token *ret)
{
	const struct json *amr = json_get(claims, "amr");
	struct str s;
	size_t i;

	if (json_str(json_get(claims, "sub"), &s) != 0 || s.n == 0 || s.n > MAX_SUBJECT_BYTES ||
	    str_has_ctl(s))
		return invalid(c, "The token has no sub of at most 255 bytes");
	ret->subject = arena_str(c->arena, s);
	if (amr != NULL && json_kind(amr) != JSON_KIND_ARRAY)
		return invalid(c, "The token's amr is not a list of short texts");
	if (json_len(amr) > WEB_TOKEN_MAX_AMR)
		return invalid(c, "The token's amr has too many values");
	for (i = 0; i < json_len(amr); i++) {
		if (json_str(json_at(amr, i), &s) != 0 || s.n > MAX_AMR_BYTES)
			return invalid(c, "The token's amr is not a list of short texts");
		ret->amr[ret->n_amr++] = arena_str(c->arena, s);
	}
	return AWSERR_NONE;
}

/* On AWS these make tags and the source identity of the session. A session without them would be
 * taken for one that has none. */
static enum awserr
claims_offered(struct call *c, const struct json *claims)
{
	if (json_get(claims, "https://aws.amazon.com/tags") == NULL &&
	    json_get(claims, "https://aws.amazon.com/source_identity") == NULL)
		return AWSERR_NONE;
	return call_fail(c, AWSERR_IDP_REJECTED_CLAIM,
	    "Session tags and source identities in tokens are not supported by this installation");
}

static enum awserr
check(struct call *c, struct str account_id, const struct jwt *t, struct web_token *ret)
{
	struct str issuer;
	enum awserr e;

	if (json_str(json_get(t->claims, "iss"), &issuer) != 0 || str_has_ctl(issuer))
		return invalid(c, "The token names no issuer");
	if ((e = provider_find(c, account_id, issuer, &ret->provider)) != AWSERR_NONE ||
	    (e = signature_check(c, t, issuer)) != AWSERR_NONE ||
	    (e = times_check(c, t->claims)) != AWSERR_NONE ||
	    (e = audience_check(c, t->claims, ret)) != AWSERR_NONE ||
	    (e = subject_read(c, t->claims, ret)) != AWSERR_NONE)
		return e;
	return claims_offered(c, t->claims);
}

enum awserr
web_token_check(struct call *c, struct str account_id, struct str token, struct web_token *ret)
{
	struct web_token found = { .n_amr = 0 };
	struct jwt t = { .claims = NULL };
	enum awserr e;

	if (jwt_parse(token, c->arena, &t) != 0)
		return invalid(c,
		    "The ID Token provided is not a valid JWT. (You may see this error if you sent "
		    "an Access Token)");
	if ((e = check(c, account_id, &t, &found)) == AWSERR_NONE)
		*ret = found;
	json_free(t.claims);
	return e;
}
