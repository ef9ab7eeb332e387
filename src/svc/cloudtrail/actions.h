/*
 * actions: the actions of CloudTrail (docs/wire.md 8.1, 8.6). Each file exports its rows here; the
 * list of them is in actions.c.
 */
#ifndef SVC_CLOUDTRAIL_ACTIONS_H
#define SVC_CLOUDTRAIL_ACTIONS_H

#include "api/action.h"

extern const struct action_rows *const cloudtrail_actions[];

extern const struct action_rows lookup_events_rows;
extern const struct action_rows public_key_rows;
extern const struct action_rows trail_rows;

#endif
