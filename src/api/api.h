/*
 * api: the reader of the action table, from the bytes of a request to the bytes
 * of its answer: authentication, authorisation, throttling, checking, the act and
 * its audit record. What can be asked for is handed in: nothing of svc/ is included here.
 * eicd-core calls it, through batch.h; so do tests, without any socket.
 */
#ifndef API_API_H
#define API_API_H

#include "api/action.h"
#include "region/state.h"

struct api;

/* Reads what the store says for requests: the decoy. region and actions are
 * borrowed and outlive the api. ERR_NOTFOUND (the store was never set up) with
 * ei, or as the store. */
int api_new(struct region *region, const struct action_table *actions, struct api **ret,
    struct errinfo *ei) MUST_CHECK;
void api_free(struct api *api); /* NULL is fine */

#endif
