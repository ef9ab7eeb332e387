/*
 * trail: what is done with the audit trail without a request: digests are made,
 * records and digests exported, old ones deleted. The store is the trail of
 * record: an export that cannot go on holds nothing up, and catches up later.
 */
#ifndef API_TRAIL_H
#define API_TRAIL_H

#include "api/state.h"

struct trail;

struct trail *trail_new(void);
void trail_free(struct trail *t); /* NULL is fine */

/* Outside a transaction, each; for the timer. What fails for now is logged when
 * it begins and when it ends, and is no error. */
int trail_digest(struct api *api) MUST_CHECK;
int trail_export(struct api *api) MUST_CHECK;
/* Deletes a piece of what is too old, if a digest covers it and, if there is an
 * export, both are in it and durable. */
int trail_retain(struct api *api) MUST_CHECK;

/* core ends in order: a last digest, and all of the export. */
void trail_stop(struct api *api);

#endif
