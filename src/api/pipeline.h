/*
 * pipeline: the stages that every request goes through, from its bytes to its answer, and how the
 * requests of a batch go through them together.
 */
#ifndef API_PIPELINE_H
#define API_PIPELINE_H

#include "api/request.h"
#include "base/arena.h"

struct api;

/*
 * Answers n requests. Must run inside a transaction (api/batch.h): the answers may leave only after
 * its commit. They live in a. Never fails, because what goes wrong is an answer too.
 *
 * keyd is asked about all signatures before the first request is decided. Requests are decided in
 * their order. One whose action has a finish waits for keyd while the next ones are decided. It is
 * finished, recorded and answered in its turn, and before any request acts whose action has no
 * finish. So the records stand in the order of the requests, and the answers are those that the
 * requests would get one by one.
 *
 * A request that leaves the batch (api/parked.h) has status 0 in ret, and has done nothing. ret
 * also says what each request waits for, or has waited for.
 */
void pipeline_run(struct api *api, const struct api_request *reqs, size_t n, struct arena *a,
    struct api_response *ret);

/* Refuses a request without looking at it, because too many wait. */
void pipeline_turn_away(struct api *api, const struct api_request *req, struct arena *a,
    struct api_response *ret);

/* The answer to a request whose transaction failed: a 500 in the form of the request's protocol. */
void pipeline_fail(const struct api_request *req, struct arena *a, struct api_response *ret);

#endif
