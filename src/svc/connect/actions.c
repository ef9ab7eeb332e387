/*
 * actions: see actions.h.
 */
#include "svc/connect/actions.h"

const struct action_rows *const connect_actions[] = { &send_ssh_public_key_rows, NULL };
