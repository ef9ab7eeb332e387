/*
 * iam_actions: the actions of IAM (wire.md 7.7). Each entity has a file with its
 * rows and acts; the list of them is in iam_actions.c.
 */
#ifndef API_IAM_IAM_ACTIONS_H
#define API_IAM_IAM_ACTIONS_H

#include "api/action.h"

extern const struct action_rows iam_rows[];

#endif
