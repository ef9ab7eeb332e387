/*
 * web_token: a web identity token, the ID token of an OpenID Connect issuer: its checks. Sources:
 * STS API reference, AssumeRoleWithWebIdentity; IAM user guide, "Create an OpenID Connect (OIDC)
 * identity provider in IAM"; OpenID Connect Core 1.0, sections 2 and 3.1.3.7.
 */
#ifndef SVC_STS_WEB_TOKEN_H
#define SVC_STS_WEB_TOKEN_H

#include "api/call.h"
#include "store/store_oidc_provider.h"

#define WEB_TOKEN_MAX_AMR 16

struct web_token {
	struct store_oidc_provider provider;
	struct str subject;
	struct str audience; /* azp if the token has it, else aud */
	struct str amr[WEB_TOKEN_MAX_AMR];
	size_t n_amr;
};

/*
 * Checks a token for the account: it is signed by its issuer, for which the account has a provider
 * and this installation has keys; it is not expired, not of the future, and for one of the
 * provider's client ids. AWSERR_NONE, AWSERR_INVALID_IDENTITY_TOKEN, AWSERR_IDENTITY_TOKEN_EXPIRED,
 * AWSERR_IDP_REJECTED_CLAIM (it asks for what is not offered here), or an internal error.
 */
enum awserr web_token_check(struct call *c, struct str account_id, struct str token,
    struct web_token *ret);

#endif
