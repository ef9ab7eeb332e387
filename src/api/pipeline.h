/*
 * pipeline: the stages that every request goes through, in their order, from its
 * bytes to its answer.
 */
#ifndef API_PIPELINE_H
#define API_PIPELINE_H

#include "api/request.h"
#include "base/arena.h"

struct api;

/*
 * Answers one request. Must run inside a transaction (api/batch.h): the answer
 * may leave only after its commit. ret lives in a. Never fails: what goes
 * wrong is an answer too.
 */
void pipeline_run(struct api *api, const struct api_request *req, struct arena *a,
    struct api_response *ret);

/* The answer to a request whose transaction was not committed: 500 in the form
 * of its protocol. */
void pipeline_fail(const struct api_request *req, struct arena *a, struct api_response *ret);

#endif
