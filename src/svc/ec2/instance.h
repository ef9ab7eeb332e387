/*
 * instance: what the actions on instances share: names of states, the XML of an
 * instance, and the errors for ids.
 */
#ifndef SVC_EC2_INSTANCE_H
#define SVC_EC2_INSTANCE_H

#include "api/call.h"
#include "store/store_instance.h"

/* Of this machine, which is what its instances are made of. */
const char *instance_architecture(void);
/* "running" for 16. */
const char *instance_state_name(enum store_instance_state s);

/* <name><code/><name/></name> */
void instance_state_write(struct out *o, const char *name, enum store_instance_state s);

/* An instance, and what an answer says of it that its row does not hold. */
struct instance_item {
	struct store_instance v;
	const struct str *group_names; /* of v.group_ids, in their order */
	struct str zone_id;            /* of its subnet; empty: it has none */
};

/* n instances as items, in the arena: one statement for all of a kind. 0, or the
 * store's errors. */
int instance_items(struct call *c, struct arena *a, const struct store_instance *v, size_t n,
    struct instance_item **ret) MUST_CHECK;

/* The members of reservationSet>item>instancesSet>item (wire.md 4.3); the item
 * itself is the caller's. */
void instance_write(struct call *c, const struct instance_item *x, const struct store_tag *tags,
    size_t n_tags);

/*
 * The caller's own instances of these ids, in their order, each once.
 * AWSERR_INSTANCE_ID_NOT_FOUND names all that are not there.
 */
enum awserr instance_get_all(struct call *c, const struct field_strs *ids,
    struct store_instance **ret, size_t *ret_n);

/* The condition keys of an instance, for the target added last. */
void instance_context(struct call *c, const struct store_instance *v);

#endif
