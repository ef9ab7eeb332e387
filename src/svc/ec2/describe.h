/*
 * describe: what the Describe actions of small things share: pick by id, by
 * filter, and complain about ids that are not there.
 */
#ifndef SVC_EC2_DESCRIBE_H
#define SVC_EC2_DESCRIBE_H

#include "svc/ec2/filter.h"

/* Is id among those asked for? None asked for is all. Marks it as seen. */
struct describe_ids {
	const struct field_strs *ids;
	bool *seen;
};

struct describe_ids describe_ids(struct call *c, const struct field_strs *ids);
bool describe_wanted(struct describe_ids *d, struct str id);
/* AWSERR_NONE, or e when an id was never seen: "The WHAT ID 'id' does not exist". */
enum awserr describe_missing(struct call *c, const struct describe_ids *d, enum awserr e,
    const char *what);

/* Tags of a resource: into at, and as <tagSet>. */
enum awserr describe_tags_get(struct call *c, struct str id, struct filter_attrs *at);
void describe_tags_write(struct call *c, const struct filter_attrs *at);

#endif
