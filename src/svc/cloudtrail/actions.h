/*
 * actions: the actions of CloudTrail (docs/wire.md 8.1). Each has a file with its row and its act;
 * the list of them is in actions.c.
 */
#ifndef SVC_CLOUDTRAIL_ACTIONS_H
#define SVC_CLOUDTRAIL_ACTIONS_H

#include "api/action.h"

extern const struct action_rows *const cloudtrail_actions[];

extern const struct action_rows lookup_events_rows;

#endif
