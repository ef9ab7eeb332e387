/*
 * sts: the rows of STS in the action table.
 */
#include "api/sts/sts.h"

const struct action sts_actions[] = {
	/* Needs no permission, on AWS as here. */
	{ .name = "GetCallerIdentity", .class = ACTION_OTHER, .read_only = true,
	    .act = get_caller_identity_act },
};
const size_t sts_n_actions = FIELD_N(sts_actions);
