/*
 * cloudtrail: see cloudtrail.h.
 */
#include "api/cloudtrail/cloudtrail.h"

const struct action_rows *const cloudtrail_rows[] = { NULL };
