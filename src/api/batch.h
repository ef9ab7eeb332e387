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
 *
 * A request that asks for something that takes long leaves the batch (api/parked.h). It has done
 * nothing, its status in ret is 0, and it is kept, with its asker, until batch_resume returns it.
 */
void batch_run(struct api *api, const struct api_request *reqs, size_t n, struct arena *a,
    struct api_response *ret);

/*
 * Writes to ret the requests that left a batch and can go on, the oldest first, at most max, and
 * returns how many. The next batch_run must run them. They live until they are answered.
 */
size_t batch_resume(struct api *api, struct api_request *ret, size_t max);

/* The access key that a request names; empty when it names none. Whether it is signed with that
 * key, nobody has looked at. */
struct str batch_key(const struct api_request *req);

/* Refuses a request that no batch has room for. The answer lives in a. */
void batch_turn_away(struct api *api, const struct api_request *req, struct arena *a,
    struct api_response *ret);

/* Between batches, now and then: records and logs what was refused again and again and only counted
 * (api/refusals.h), a part at a time. With at_once, before its interval is over. True: there is
 * more. */
bool batch_tell(struct api *api, bool at_once);

#endif
