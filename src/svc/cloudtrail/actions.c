/*
 * actions: see actions.h.
 */
#include "svc/cloudtrail/actions.h"

const struct action_rows *const cloudtrail_actions[] = { &lookup_events_rows, NULL };
