/*
 * launch: finds out from the parameters of RunInstances what is to be launched: the image, the
 * subnet and its VPC, the security groups, the addresses.
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
	struct str private_ip; /* empty: any free one */
	bool public_ip;
	struct str user_data;          /* decoded */
	const struct field_list *tags; /* of the instances, struct tag_input; may be NULL */
};

/*
 * Fills l with what the parameters name. For what does not exist, or contradicts, the error is
 * deferred (call_defer) and l is filled as far as possible. Returns AWSERR_NONE, an error about
 * tags, or an internal error.
 */
enum awserr launch_resolve(struct call *c, const struct run_instances_input *in, struct launch *l);

/*
 * Takes addresses for v from their pools and sets v's private_ip, hostname and, if public_ip_auto
 * is set, public_ip. private_ip is the address wanted; empty: any. Returns AWSERR_NONE,
 * AWSERR_INSUFFICIENT_ADDRESSES, AWSERR_ADDRESS_IN_USE, AWSERR_INVALID_PARAMETER_VALUE (not in the
 * subnet), or an internal error.
 */
enum awserr launch_addresses_take(struct call *c, struct store_instance *v, struct str private_ip);
/* Takes a public address alone, for an instance that is started again. Errors as above. */
enum awserr launch_public_take(struct call *c, struct store_instance *v);

#endif
