/*
 * launch: from the parameters of RunInstances to what is to be launched: the
 * image, the subnet and its VPC, the groups, the addresses.
 */
#ifndef SVC_EC2_LAUNCH_H
#define SVC_EC2_LAUNCH_H

#include "api/call.h"
#include "svc/ec2/run_instances_fields.h"
#include "store/store_image.h"
#include "store/store_instance.h"
#include "store/store_subnet.h"

#define LAUNCH_MAX_USER_DATA_BYTES 16384

struct launch {
	struct store_image image;
	struct store_subnet subnet;
	const struct str *group_ids;
	size_t n_group_ids;
	struct str private_ip; /* empty: any */
	bool public_ip;
	struct str user_data;          /* decoded */
	const struct field_list *tags; /* of the instances; may be NULL */
};

/* Fills ret as far as there is what the parameters name, and defers (call.h) what
 * there is not. AWSERR_NONE, or what is wrong with the tags, or an internal error. */
enum awserr launch_resolve(struct call *c, const struct run_instances_input *in,
    struct launch *ret);

/* Takes the addresses of v from their pools and sets them and what follows from
 * them. AWSERR_INSUFFICIENT_ADDRESSES, AWSERR_ADDRESS_IN_USE,
 * AWSERR_INVALID_PARAMETER_VALUE. */
enum awserr launch_addresses_take(struct call *c, struct store_instance *v, struct str private_ip);
/* A public address alone, for a start. */
enum awserr launch_public_take(struct call *c, struct store_instance *v);

#endif
