/*
 * answer_counts: see answer_counts.h.
 */
#include "api/answer_counts.h"

#include "api/state.h"

void
answer_counts_add(struct answer_counts *counts, const struct api_response *v)
{
	if (v->status >= ANSWER_COUNTS_STATUS_FIRST &&
	    v->status < ANSWER_COUNTS_STATUS_FIRST + ANSWER_COUNTS_STATUSES)
		counts->answers[v->service][v->status - ANSWER_COUNTS_STATUS_FIRST]++;
}

const struct answer_counts *
answer_counts_get(const struct api *api)
{
	return &api->counts;
}
