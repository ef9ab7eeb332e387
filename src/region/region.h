/*
 * region: begins and ends struct region (state.h), which is all that core is without a request.
 */
#ifndef REGION_REGION_H
#define REGION_REGION_H

#include "region/state.h"

/* Everything is borrowed and outlives the region. */
struct region_opts {
	struct store *store;
	const struct eicd_settings *settings;
	const struct clock *clock;
	const struct rng *rng;
	const struct keyd_port *keyd;
	const struct compute_port *compute;
	const struct front_port *front;
	const struct export_port *export;   /* NULL: the audit trail is not exported */
	const struct machine_port *machine; /* NULL: nothing is known of it */
};

/* Reads from the store what it says about the region and its signer. Errors, explained in ei:
 * ERR_NOTFOUND (eicd init never set the store up), or an error of the store. */
int region_new(const struct region_opts *o, struct region **ret, struct errinfo *ei) MUST_CHECK;
void region_free(struct region *region); /* NULL is fine */

#endif
