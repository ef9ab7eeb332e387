/*
 * store_slr_task: what became of the deletion of service-linked roles.
 */
#ifndef STORE_STORE_SLR_TASK_H
#define STORE_STORE_SLR_TASK_H

#include "store/store.h"

/* The numbers are those in the database. */
enum store_slr_task_status {
	STORE_SLR_TASK_NOT_STARTED = 1,
	STORE_SLR_TASK_IN_PROGRESS = 2,
	STORE_SLR_TASK_SUCCEEDED = 3,
	STORE_SLR_TASK_FAILED = 4,
};

struct store_slr_task {
	struct str task_id; /* task/aws-service-role/SERVICE/ROLE/UUID */
	struct str account_id;
	struct str role_name;
	enum store_slr_task_status status;
	struct str reason; /* why it failed */
	struct str usage;  /* what still uses the role; the caller knows the form */
	int64_t created_at;
};

/* ERR_EXISTS, ERR_BADSTATE (no such account). */
int store_slr_task_add(struct store *st, const struct store_slr_task *v) MUST_CHECK;
int store_slr_task_get(struct store *st, struct arena *a, struct str account_id, struct str task_id,
    struct store_slr_task *ret) MUST_CHECK; /* ERR_NOTFOUND */
/* Deletes the tasks that were created before this time. ret_n may be NULL. */
int store_slr_task_delete_before(struct store *st, int64_t created_at, int64_t *ret_n) MUST_CHECK;

#endif
