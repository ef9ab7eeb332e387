/*
 * answer_counts: how many requests were answered, by service and HTTP status, since core began.
 */
#ifndef API_ANSWER_COUNTS_H
#define API_ANSWER_COUNTS_H

#include "api/request.h"

struct api;

#define ANSWER_COUNTS_STATUS_FIRST 200
#define ANSWER_COUNTS_STATUSES 400

struct answer_counts {
	uint64_t answers[SERVICE_COUNT]
			[ANSWER_COUNTS_STATUSES]; /* the second index is status - 200 */
};

/* A request that is not answered yet, whose status is 0, counts later. */
void answer_counts_add(struct answer_counts *counts, const struct api_response *v);

/* Lives as long as the api. */
const struct answer_counts *answer_counts_get(const struct api *api);

#endif
