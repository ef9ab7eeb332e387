/*
 * export: what happens to the audit trail without a request: digests are made, records and digests
 * are exported, old records are deleted. The store is the trail of record. An export that cannot go
 * on holds nothing up, and catches up later.
 */
#ifndef REGION_EXPORT_H
#define REGION_EXPORT_H

#include "region/state.h"

struct exporter;

struct exporter *export_new(void);
void export_free(struct exporter *t); /* NULL is fine */

/*
 * For the timer; each runs its own transactions. export_digest makes a digest if one is due, and
 * none for a minute when what keyd signed does not fit the store; errors are those of notary_digest
 * and task_run. export_run exports what is new and always returns 0: the
 * log says why it has to wait, and that it goes on again.
 */
int export_digest(struct region *region) MUST_CHECK;
int export_run(struct region *region) MUST_CHECK;
/*
 * Deletes some of the records that are older than audit_retention_days, as long as a digest covers
 * them and, if there is an export, record and digest are durable in it. Errors are those of the
 * store and of export_port.
 */
int export_retain(struct region *region) MUST_CHECK;

/* The export cannot go on for now, and the log has said why. */
bool export_waits(const struct region *region);

/* core ends in order: makes a last digest, and finishes the export if that takes no longer than 5
 * seconds. */
void export_stop(struct region *region);

#endif
