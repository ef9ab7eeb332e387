/*
 * session: what temporary credentials say: the claims that keyd seals into a
 * session token (wire.md 2.3, 7.7), and what of them counts in a request.
 *
 * A token is good while now < expires_at and whatever it rests on is there: the
 * user or role that principal_id names, and the access key it was asked with.
 * That is looked up anew for each request, so that deleting or disabling works
 * at once.
 */
#ifndef API_SESSION_H
#define API_SESSION_H

#include "base/arena.h"
#include "base/buf.h"
#include "iam/iam.h"

#define SESSION_MAX_CLAIMS_BYTES 12288
#define SESSION_MAX_TAGS 50
#define SESSION_MAX_POLICIES 10

struct session_tag {
	struct str key, value;
	bool transitive;
};

struct session {
	/* False: a long-term key, and nothing below is set. */
	bool temporary;
	struct str access_key_id;     /* ASIA... */
	struct str issuer_key_id;     /* the long-term key it goes back to */
	enum iam_principal_type type; /* IAM_USER or IAM_ROOT: GetSessionToken */
	struct str account_id;
	struct str entity_id;    /* AIDA or AROA; the account id for root */
	struct str session_name; /* of an assumed role */
	int64_t issued_at, expires_at;
	bool mfa;
	int64_t mfa_at;             /* when the code was checked */
	struct str source_identity; /* empty: none */
	bool chained;               /* assumed with an assumed role's credentials */
	struct str policy;          /* session policy, JSON; empty: none */
	struct str policy_arns[SESSION_MAX_POLICIES];
	size_t n_policy_arns;
	struct session_tag *tags;
	size_t n_tags;
};

/* Appends the claims. ERR_TOOBIG: more than SESSION_MAX_CLAIMS_BYTES. */
int session_write(struct buf *b, const struct session *s) MUST_CHECK;
/* The opposite; copies to the arena. ERR_SYNTAX; trailing bytes too. */
int session_read(struct str claims, struct arena *a, struct session *ret) MUST_CHECK;

#endif
