/*
 * cloudtrail: see cloudtrail.h.
 */
#include "api/cloudtrail/cloudtrail.h"

const struct action_rows cloudtrail_rows[] = {
	{ NULL, 0 },
};
