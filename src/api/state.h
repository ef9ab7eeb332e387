/*
 * state: the inside of struct api, for the files of this room alone.
 */
#ifndef API_STATE_H
#define API_STATE_H

#include "api/action.h"
#include "api/answer_counts.h"
#include "api/throttle.h"
#include "region/state.h"

struct parked_list;
struct policies;
struct refusals;

struct api {
	struct region *region; /* borrowed */
	const struct action_table *actions;
	struct str decoy_secret; /* sealed; stands in for the secret of a key that is not there */
	int64_t restored_at;     /* session tokens from before are void; 0: none */
	struct throttle *throttle;
	struct throttle *strangers; /* by address; of requests without a signature */
	struct policies *policies;
	struct parked_list *parked;
	struct arena *scratch; /* for one decision at a time */
	struct refusals *refusals;
	/* How many requests of writing actions without a finish have acted: those on whose writes
	 * other requests may depend. It only grows. */
	uint64_t writes;
	struct answer_counts counts;
};

#endif
