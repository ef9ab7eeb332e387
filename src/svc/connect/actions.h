/*
 * actions: the actions of EC2 Instance Connect (docs/wire.md 1). Each has a file with its row and
 * its act; the list of them is in actions.c.
 */
#ifndef SVC_CONNECT_ACTIONS_H
#define SVC_CONNECT_ACTIONS_H

#include "api/action.h"

extern const struct action_rows *const connect_actions[];

extern const struct action_rows send_ssh_public_key_rows;

#endif
