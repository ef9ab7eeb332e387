/*
 * managed: AWS's managed policies that the documents of EC2 Instance Connect name, and those that
 * its administrators need. Their documents are written by us, and each says what of the policy
 * applies here: svc/iam/managed/NAME.json. In the store they are rows like an account's own
 * policies. Their ARNs begin with "arn:aws:iam::aws:policy/".
 */
#ifndef SVC_IAM_MANAGED_H
#define SVC_IAM_MANAGED_H

#include "base/embedded.h"
#include "region/state.h"

/* Only the roles of services can have policies below this path. */
#define MANAGED_SERVICE_PATH "/aws-service-role/"

/* Made by tools/embed. */
extern const struct embedded managed_json[];
extern const size_t managed_json_count;

/*
 * Brings the store's rows up to date. Adds the policies that are missing. A document that differs
 * from ours gets ours as its new default version. Does nothing when nothing has changed. For
 * task_run, when core starts; ctx is not used. Errors are those of the store.
 */
int managed_update(struct region *region, void *ctx) MUST_CHECK;

#endif
