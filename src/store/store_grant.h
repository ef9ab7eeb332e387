/*
 * store_grant: reads all policies that count for a decision about a user or a role, with one
 * statement.
 */
#ifndef STORE_STORE_GRANT_H
#define STORE_STORE_GRANT_H

#include "store/store.h"

struct store_grant {
	bool is_boundary;     /* otherwise its own or a group's */
	struct str holder_id; /* the user, group or role that has it */
	struct str name;      /* ARN of a managed policy, or name of an inline one */
	int64_t version;      /* of a managed policy; 0: it is an inline one */
	/* Empty: it is missing. No parser accepts that, and the decision must be to deny. */
	struct str document;
};

/*
 * Lists the policies of a user (and of its groups) or of a role: inline policies, the default
 * versions of attached ones, and the boundary. They come in no order, and one that applies in two
 * ways comes twice. All are listed, because quotas limit their number. An id that does not exist
 * has none.
 */
int store_grant_list(struct store *st, struct arena *a, struct str entity_id,
    struct store_grant **ret, size_t *ret_n) MUST_CHECK;

#endif
