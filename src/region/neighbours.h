/*
 * neighbours: who needs new rules because an instance came up or went down. A rule of a security
 * group may name a group, and then the driver is given the addresses of its members: so all
 * instances that admit the group must learn of each change.
 *
 * Their number has no limit, and what one transaction sends has. So a change is only noted, and
 * then one page of instances after the other is gone through. Changes that come meanwhile are
 * gathered for the next walk. What is noted is lost with core, as the jobs in flight are.
 */
#ifndef REGION_NEIGHBOURS_H
#define REGION_NEIGHBOURS_H

#include "region/state.h"
#include "store/store_instance.h"

struct neighbours;

struct neighbours *neighbours_new(void);
void neighbours_free(struct neighbours *ns); /* NULL is fine */

/* v, with its VPC and groups, came up or went down. */
void neighbours_note(struct neighbours *ns, const struct store_instance *v);
/* Is anybody left to look at? */
bool neighbours_due(const struct neighbours *ns);

/*
 * Goes on until it has given new rules to the instances of one page, at most 64, or has looked at
 * a few pages in vain. Must run inside a transaction. Errors are those of the store: then the page
 * is still due, and what was given must be undone.
 */
int neighbours_refresh(struct region *region, struct neighbours *ns,
    void (*give)(struct region *region, struct str instance_id, struct str ingress)) MUST_CHECK;

#endif
