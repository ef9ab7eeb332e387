/*
 * iam_actions: see iam_actions.h.
 */
#include "api/iam/iam_actions.h"

const struct action_rows *const iam_rows[] = {
	&user_rows,
	NULL,
};
