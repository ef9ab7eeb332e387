/*
 * cloudtrail: the actions of CloudTrail (wire.md 8.1).
 */
#ifndef SVC_CLOUDTRAIL_CLOUDTRAIL_H
#define SVC_CLOUDTRAIL_CLOUDTRAIL_H

#include "api/action.h"

extern const struct action_rows *const cloudtrail_rows[];

#endif
