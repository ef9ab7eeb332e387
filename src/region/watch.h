/*
 * watch: what will stop openeic if nobody acts: certificates that end and disks that fill. The log
 * warns of it, and whoever writes metrics asks here.
 */
#ifndef REGION_WATCH_H
#define REGION_WATCH_H

#include "region/state.h"

/* Whose end is watched. Of those with an authority's name the log warns, because a person has to
 * replace them; signers are replaced without one (region/signer.h). */
enum watch_certificate {
	WATCH_ROOT,
	WATCH_INTERMEDIATE,
	WATCH_AGENT_CA,
	WATCH_API,
	WATCH_SIGNER,
	WATCH_CERTIFICATES,
};

struct watch_facts {
	/* When the newest of each kind ends, in UTC seconds; 0: there is none. */
	int64_t ends_at[WATCH_CERTIFICATES];
	struct machine_space space[MACHINE_DISKS];
};

/* "root", "api"; "database", "export": in the log and in metrics. */
extern const char *const watch_certificate_names[WATCH_CERTIFICATES];
extern const char *const watch_disk_names[MACHINE_DISKS];

struct watch *watch_new(void);
void watch_free(struct watch *w); /* NULL is fine */

/*
 * For the timer: gathers the facts and warns. Of a certificate that ends in less than 30 days once
 * a day, as an error in the last 7; of a disk of which less than a tenth and less than 10 GiB is
 * free once an hour, as an error when it is less than a thirtieth and less than 2 GiB; and at once
 * when either becomes worse. Errors are those of the store.
 */
int watch_run(struct region *region) MUST_CHECK;

/* As they were at the last turn; until then all 0. Lives as long as the region. */
const struct watch_facts *watch_facts(const struct region *region);

#endif
