/*
 * instance: what the actions on instances share: the names of states, the XML of an instance, the
 * lookup by ids, and the condition keys.
 */
#ifndef SVC_EC2_INSTANCE_H
#define SVC_EC2_INSTANCE_H

#include "api/call.h"
#include "store/store_instance.h"

/* The architecture of this machine, which is that of its instances: "x86_64" or "arm64". */
const char *instance_architecture(void);
/* The name of a state: "running" for 16. */
const char *instance_state_name(enum store_instance_state s);
/* How far its metadata options are: "pending" or "applied". */
const char *instance_metadata_state(const struct store_instance *v);
/* Why it is in its state: StateTransitionReason. Empty: there is no reason. */
struct str instance_reason(const struct store_instance *v);
/* The id of the attachment of its network interface, in a. */
struct str instance_attachment_id(struct arena *a, const struct store_instance *v);

/* Writes <name><code/><name/></name>. */
void instance_state_write(struct out *o, const char *name, enum store_instance_state s);

/* An instance, and what an answer says of it that its row in the store does not hold. */
struct instance_item {
	struct store_instance v;
	const struct str *group_names; /* the names of v.group_ids, in their order */
	struct str zone_id;            /* of its subnet; empty: the subnet has none */
};

/* Makes n instances into items, in a. It runs one statement for the groups of all and one for their
 * subnets. 0, ERR_NOTFOUND (a group is gone), or an error of the store. */
int instance_items(struct call *c, struct arena *a, const struct store_instance *v, size_t n,
    struct instance_item **ret) MUST_CHECK;

/* Writes the members of reservationSet>item>instancesSet>item (wire.md 4.3). The caller opens and
 * closes the item itself. */
void instance_write(struct call *c, const struct instance_item *x, const struct store_tag *tags,
    size_t n_tags);

/*
 * Finds the caller's own instances of these ids, in their order, each once, in the call's arena.
 * Returns AWSERR_NONE, AWSERR_INSTANCE_ID_NOT_FOUND with a message that names all missing ids, or
 * an internal error.
 */
enum awserr instance_get_all(struct call *c, const struct field_strs *ids,
    struct store_instance **ret, size_t *ret_n);

/* Adds the condition keys of an instance to the target added last. */
void instance_context(struct call *c, const struct store_instance *v);

#endif
