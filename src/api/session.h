/*
 * session: what temporary credentials say. keyd seals these claims into a session token (wire.md
 * 2.3, 7.7), and opens it again for each request that is signed with them.
 *
 * A token is good while now < expires_at and while what it depends on is there: the user or role
 * that entity_id names, and the access key, or the provider of tokens, that it was got with
 * (issuer_key_id). Both are looked up for each request, so that deleting or disabling them works at
 * once.
 */
#ifndef API_SESSION_H
#define API_SESSION_H

#include "base/arena.h"
#include "base/buf.h"
#include "iam/iam.h"

#define SESSION_MAX_CLAIMS_BYTES 12288
#define SESSION_MAX_TAGS 50
#define SESSION_MAX_POLICIES 10
/* How the id of a provider of tokens begins (store_oidc_provider.h). */
#define SESSION_PROVIDER STR("OIDC")

struct session_tag {
	struct str key, value;
	bool transitive;
};

struct session {
	/* False: the caller has a long-term key, and nothing below is set. */
	bool temporary;
	struct str access_key_id; /* begins with "ASIA" */
	/* The long-term key that it goes back to. For a session that was got with the token of an
	 * issuer: the id of the provider (OIDC...). */
	struct str issuer_key_id;
	/* IAM_ASSUMED_ROLE from AssumeRole; IAM_USER or IAM_ROOT from GetSessionToken;
	 * IAM_FEDERATED_USER from GetFederationToken. */
	enum iam_principal_type type;
	struct str account_id;
	/* begins with AIDA (user, or the one who got them for a federated user) or AROA (role); for
	 * root, the account id */
	struct str entity_id;
	struct str session_name; /* of an assumed role or a federated user; else empty */
	int64_t issued_at, expires_at;
	bool mfa;
	int64_t mfa_at;             /* when the code was checked; 0: no MFA */
	struct str source_identity; /* empty: none */
	bool chained;               /* assumed with the credentials of an assumed role */
	struct str policy;          /* the session policy as JSON; empty: none */
	struct str policy_arns[SESSION_MAX_POLICIES];
	size_t n_policy_arns;
	struct session_tag *tags;
	size_t n_tags;
	/* Of a federated user, who got the credentials. Not in the token: it is looked up. So is
	 * the ARN of the provider of an issuer's token; empty: there is none. */
	struct str issuer_arn, issuer_name, provider_arn;
};

/* Appends the claims to b. ERR_TOOBIG: they are longer than SESSION_MAX_CLAIMS_BYTES, one of the
 * texts or lists is too long, or b is full. */
int session_write(struct buf *b, const struct session *s) MUST_CHECK;
/* The opposite of session_write. Copies what it keeps to the arena. ERR_SYNTAX: not exactly what
 * session_write makes, trailing bytes included, or members that contradict each other. */
int session_read(struct str claims, struct arena *a, struct session *ret) MUST_CHECK;

#endif
