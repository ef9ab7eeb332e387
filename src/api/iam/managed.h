/*
 * managed: the managed policies of AWS that the documents of EC2 Instance Connect
 * name, and those that its administrators need, written by us: each says what of it
 * applies here. They are rows of the store like an account's own, and stand under
 * "arn:aws:iam::aws:policy/". Documents: api/iam/managed/NAME.json.
 */
#ifndef API_IAM_MANAGED_H
#define API_IAM_MANAGED_H

#include "store/store.h"

/* Policies below it are for the roles of services only. */
#define MANAGED_SERVICE_PATH "/aws-service-role/"

struct managed_json {
	const char *name; /* NULL after the last one */
	const char *json;
};
extern const struct managed_json managed_json[]; /* made by tools/embed-json */

/*
 * Brings the store's rows up to date: adds those that it does not have, and makes
 * a document that is not as it was the new default version. Does nothing when
 * nothing has changed. Errors as the store; inside a transaction or not.
 */
int managed_update(struct store *st, int64_t now_s) MUST_CHECK;

#endif
