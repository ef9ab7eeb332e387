/*
 * managed: the managed policies of AWS that the documents of EC2 Instance Connect
 * name, and those that its administrators need, written by us: each says what of it
 * applies here. They are rows of the store like an account's own, and stand under
 * "arn:aws:iam::aws:policy/". Documents: svc/iam/managed/NAME.json.
 */
#ifndef SVC_IAM_MANAGED_H
#define SVC_IAM_MANAGED_H

#include "base/embedded.h"
#include "region/state.h"

/* Policies below it are for the roles of services only. */
#define MANAGED_SERVICE_PATH "/aws-service-role/"

/* Made by tools/embed. */
extern const struct embedded managed_json[];
extern const size_t managed_json_count;

/*
 * Brings the store's rows up to date: adds those that it does not have, and makes
 * a document that is not as it was the new default version. Does nothing when
 * nothing has changed. For task_run, when core starts; ctx is not used. As the store.
 */
int managed_update(struct region *region, void *ctx) MUST_CHECK;

#endif
