/*
 * instance_filters: the filters of ec2:DescribeInstances: all that AWS has. Source: EC2 API
 * reference, DescribeInstances.
 */
#ifndef SVC_EC2_INSTANCE_FILTERS_H
#define SVC_EC2_INSTANCE_FILTERS_H

#include "svc/ec2/describe.h"

/* Of items that are struct instance_item (svc/ec2/instance.h). */
#define INSTANCE_N_FILTERS 136
extern const struct describe_filter instance_filters[INSTANCE_N_FILTERS];

#endif
