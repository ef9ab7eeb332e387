/*
 * batch: group commit. Requests that wait together are decided one after the other inside one
 * transaction (api/pipeline.h), and their answers leave after its commit.
 */
#ifndef API_BATCH_H
#define API_BATCH_H

#include "api/request.h"
#include "base/arena.h"

struct api;

#define BATCH_MAX 64

/*
 * Answers n requests (at most BATCH_MAX) and commits. Before it returns, it hands what the requests
 * cause in other processes to the ports. If the transaction cannot be begun or committed, nothing
 * is written and every answer in ret is a 500. The answers live in a.
 */
void batch_run(struct api *api, const struct api_request *reqs, size_t n, struct arena *a,
    struct api_response *ret);

#endif
