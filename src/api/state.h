/*
 * state: the inside of struct api, for the files of this room.
 */
#ifndef API_STATE_H
#define API_STATE_H

#include "api/action.h"
#include "api/throttle.h"
#include "region/state.h"

struct policies;

struct api {
	struct region *region; /* borrowed */
	const struct action_table *actions;
	struct str decoy_secret; /* sealed */
	struct throttle *throttle;
	struct policies *policies;
	/* How many requests have written something that others may depend on: all that
	 * write, apart from pushes. Only grows. */
	uint64_t writes;
};

#endif
