/*
 * context: finding a condition key among those of a request.
 */
#ifndef IAM_CONTEXT_H
#define IAM_CONTEXT_H

#include "iam/iam.h"

/*
 * The entry of this name, or NULL. Case does not count, but an entry spelled
 * exactly so goes before one that is not. "ec2-instance-connect:osUser" is
 * looked for as ec2:osuser first (docs/decisions/0010).
 */
const struct iam_context_entry *context_find(const struct iam_context *ctx, struct str key);

#endif
