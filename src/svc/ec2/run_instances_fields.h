/*
 * run_instances_fields: the input of ec2:RunInstances and its rows, for the files that carry it out
 * (launch.h, run_instances.c).
 */
#ifndef SVC_EC2_RUN_INSTANCES_FIELDS_H
#define SVC_EC2_RUN_INSTANCES_FIELDS_H

#include "api/field.h"

struct tag_specification {
	struct str resource_type;
	struct field_list tags; /* of struct tag_input */
};

struct network_interface_input {
	struct field_int device_index;
	struct str subnet_id;
	struct field_bool associate_public_ip;
	struct field_strs group_ids;
	struct str private_ip;
	struct field_bool delete_on_termination;
};

struct metadata_input {
	struct str http_tokens;
	struct field_int hop_limit;
	struct str http_endpoint;
	struct str http_protocol_ipv6;
	struct str instance_tags;
};

struct placement_input {
	struct str availability_zone;
	struct str tenancy;
};

struct run_instances_input {
	struct str image_id;
	struct str instance_type;
	struct field_int min_count, max_count;
	struct str key_name;
	struct str subnet_id;
	struct field_strs group_ids;
	struct field_strs group_names;
	struct str private_ip;
	struct str user_data; /* base64 */
	struct str client_token;
	struct str shutdown_behavior;
	struct field_bool disable_api_termination, disable_api_stop;
	struct field_bool ebs_optimized, monitoring; /* without effect */
	struct metadata_input metadata;
	struct placement_input placement;
	struct field_list interfaces; /* of struct network_interface_input */
	struct field_list tag_specs;  /* of struct tag_specification */
	/* What scope found out, for act. */
	struct launch *launch;
};

#define RUN_INSTANCES_N_FIELDS 43
extern const struct field run_instances_fields[RUN_INSTANCES_N_FIELDS];

#endif
