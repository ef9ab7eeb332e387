/*
 * api: the reader of the action table. It turns the bytes of a request into the bytes of its
 * answer: it authenticates, authorises, throttles, checks the input, runs the act and writes the
 * audit record. The table is handed in: nothing of svc/ is included here. eicd-core calls this room
 * through batch.h, and tests do so without any socket.
 */
#ifndef API_API_H
#define API_API_H

#include "api/action.h"
#include "region/state.h"

struct api;

/*
 * Reads the decoy secret from the store. region and actions are borrowed and outlive the api.
 * Errors, explained in ei: ERR_NOTFOUND (eicd init never set the store up), or an error of the
 * store.
 */
int api_new(struct region *region, const struct action_table *actions, struct api **ret,
    struct errinfo *ei) MUST_CHECK;
void api_free(struct api *api); /* NULL is fine */

#endif
