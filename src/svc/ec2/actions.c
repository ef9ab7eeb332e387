/*
 * actions: see actions.h.
 */
#include "svc/ec2/actions.h"

const struct action_rows *const ec2_actions[] = {
	&image_rows,
	&instance_describe_rows,
	&instance_state_rows,
	&run_instances_rows,
	&security_group_rows,
	&subnet_rows,
	&tags_rows,
	&vpc_rows,
	&zone_rows,
	NULL,
};
