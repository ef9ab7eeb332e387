/*
 * actions: see actions.h.
 */
#include "svc/cloudtrail/actions.h"

const struct action_rows *const cloudtrail_actions[] = {
	&lookup_events_rows,
	&public_key_rows,
	&trail_rows,
	NULL,
};
