/*
 * store_credential_report: the last report on the credentials of an account's users.
 */
#ifndef STORE_STORE_CREDENTIAL_REPORT_H
#define STORE_STORE_CREDENTIAL_REPORT_H

#include "store/store.h"

struct store_credential_report {
	struct str account_id;
	int64_t created_at;
	struct str content; /* CSV */
};

/* Sets or replaces. ERR_BADSTATE (no such account). */
int store_credential_report_put(struct store *st,
    const struct store_credential_report *v) MUST_CHECK;
int store_credential_report_get(struct store *st, struct arena *a, struct str account_id,
    struct store_credential_report *ret) MUST_CHECK; /* ERR_NOTFOUND */

#endif
