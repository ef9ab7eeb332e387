/*
 * store_grant: all policies that count for a decision about a user or a role,
 * in one statement.
 */
#ifndef STORE_STORE_GRANT_H
#define STORE_STORE_GRANT_H

#include "store/store.h"

enum store_grant_kind {
	STORE_GRANT_IDENTITY = 1, /* its own or a group's */
	STORE_GRANT_BOUNDARY = 2,
};

struct store_grant {
	enum store_grant_kind kind;
	struct str holder_id; /* the user, group or role that has it */
	struct str name;      /* ARN of a managed policy, name of an inline one */
	int64_t version;      /* of a managed policy; 0: inline */
	struct str document;  /* empty, which no parser takes: it is gone. Deny */
};

/*
 * Of a user (with its groups) or a role: inline policies, default versions of
 * the attached ones, the boundary. A policy that comes by two ways is there
 * twice. In no order. All of them, however many: quotas bound the number.
 * Nothing for an id that there is not.
 */
int store_grant_list(struct store *st, struct arena *a, struct str entity_id,
    struct store_grant **ret, size_t *ret_n) MUST_CHECK;

#endif
