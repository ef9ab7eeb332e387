/*
 * context: finds a condition key among those of a request.
 */
#ifndef IAM_CONTEXT_H
#define IAM_CONTEXT_H

#include "iam/iam.h"

/*
 * The entry of this name, or NULL. Case does not count, but an entry that is spelled exactly like
 * key is preferred. For "ec2-instance-connect:osUser", ec2:osuser is looked for first
 * (docs/decisions/0010).
 */
const struct iam_context_entry *context_find(const struct iam_context *ctx, struct str key);

#endif
