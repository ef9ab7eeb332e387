/*
 * assume_role: the input of sts:AssumeRole, for the two files that carry it out:
 * assume_role_scope.c collects what is decided on, and assume_role.c makes the session.
 */
#ifndef SVC_STS_ASSUME_ROLE_H
#define SVC_STS_ASSUME_ROLE_H

#include "api/call.h"
#include "store/store_role.h"
#include "svc/sts/session_limits.h"

struct assume_role {
	struct str role_arn, session_name, external_id, source_identity;
	struct str serial_number, token_code;
	struct field_int duration_s;
	struct session_limits limits;
	struct field_strs transitive_keys;
	/* Set by scope. */
	struct store_role role; /* without an id it does not exist, and act is not reached */
	int64_t seconds;
	int64_t mfa_at;
};

/* Is the caller's own session that of a role? Then the new one is the next link of a chain. */
bool assume_role_chained(const struct call *c);

enum awserr assume_role_scope(struct call *c);

#endif
