/*
 * export: what is done with the audit trail without a request: digests are made,
 * records and digests exported, old ones deleted. The store is the trail of
 * record: an export that cannot go on holds nothing up, and catches up later.
 */
#ifndef REGION_EXPORT_H
#define REGION_EXPORT_H

#include "region/state.h"

struct exporter;

struct exporter *export_new(void);
void export_free(struct exporter *t); /* NULL is fine */

/* Outside a transaction, each; for the timer. What fails for now is logged when
 * it begins and when it ends, and is no error. */
int export_digest(struct region *region) MUST_CHECK;
int export_run(struct region *region) MUST_CHECK;
/* Deletes a piece of what is too old, if a digest covers it and, if there is an
 * export, both are in it and durable. */
int export_retain(struct region *region) MUST_CHECK;

/* core ends in order: a last digest, and all of the export. */
void export_stop(struct region *region);

#endif
