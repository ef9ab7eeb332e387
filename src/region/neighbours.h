/*
 * neighbours: who needs new rules because an instance came up or went down. A rule of a security
 * group may name a group, and then the driver is given the addresses of its members: so all
 * instances that admit the group must learn of each change.
 *
 * Their number has no limit, and what one transaction sends has. So a change is only noted, and
 * then one page of instances after the other is gone through. Changes that come meanwhile are
 * gathered for the next walk. What is noted is lost with core, as the jobs in flight are; when
 * compute is there again, all is noted (neighbours_note_vpc).
 *
 * An instance whose rules did not reach it still admits the addresses of before, which may be
 * another's by now. So it is owed its rules until the driver has taken them.
 */
#ifndef REGION_NEIGHBOURS_H
#define REGION_NEIGHBOURS_H

#include "region/state.h"
#include "store/store_instance.h"

/* When an instance that is owed its rules is given them again. It is also how often at most. */
#define NEIGHBOURS_PAUSE_MS 10000

struct neighbours;

struct neighbours *neighbours_new(void);
void neighbours_free(struct neighbours *ns); /* NULL is fine */

/* v, with its VPC and groups, came up or went down. */
void neighbours_note(struct neighbours *ns, const struct store_instance *v);
/* Nobody knows which rules the instances of this VPC have: all that admit members of a group are
 * due. */
void neighbours_note_vpc(struct neighbours *ns, struct str vpc_id);
/* The rules that this instance was given did not reach it. now_ms is the boot clock. */
void neighbours_owe(struct neighbours *ns, struct str instance_id, int64_t now_ms);
/* Is anybody to be looked at now? */
bool neighbours_due(const struct neighbours *ns, int64_t now_ms);

/*
 * Goes on, behind where it ended, until it has given new rules to the instances of one page, at
 * most 64, or has looked at a few pages in vain. Must run inside a transaction. Errors are those of
 * the store. What was given counts only with neighbours_given, for which the transaction must be
 * committed; without it the page is still due.
 */
int neighbours_refresh(struct region *region, struct neighbours *ns,
    void (*give)(struct region *region, struct str instance_id, struct str ingress)) MUST_CHECK;
void neighbours_given(struct neighbours *ns);

#endif
