/*
 * context: finds a condition key among those of a request.
 */
#ifndef IAM_CONTEXT_H
#define IAM_CONTEXT_H

#include "iam/iam.h"
#include "iam/steps.h"

/* What all comparisons of one decision share. */
struct matching {
	const struct iam_context *context;
	struct steps steps;
};

/*
 * The entry of this name, or NULL. Case does not count, but an entry that is spelled exactly like
 * key is preferred. For "ec2-instance-connect:osUser", ec2:osuser is looked for first
 * (docs/decisions/0010). It takes a step for each entry, and the length of the key for each whose
 * name is as long.
 */
const struct iam_context_entry *context_find(struct matching *m, struct str key);

#endif
