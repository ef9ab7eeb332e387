/*
 * state: the inside of struct api, for the files of this room.
 */
#ifndef API_STATE_H
#define API_STATE_H

#include "api/api.h"
#include "api/outbox.h"
#include "api/throttle.h"

struct lifecycle;
struct policies;
struct signer;
struct trail;
struct uplink;

struct api {
	struct api_opts o;
	struct arena *arena; /* what lives as long as this */
	struct str region;
	struct str domain;
	struct str decoy_secret; /* sealed */
	char boot_id[37];
	struct throttle *throttle;
	struct outbox *outbox;
	struct policies *policies;
	struct signer *signer;
	/* A renewal is durable, and is still to be read; to be told to the agents. */
	bool reload_due, tell_due;
	struct trail *trail;
	struct uplink *uplink;
	struct lifecycle *lifecycle;
};

#endif
