/*
 * ec2: the actions of EC2 (wire.md 4.1, 4.3, 4.4), their input structs and what
 * they share.
 */
#ifndef API_EC2_EC2_H
#define API_EC2_EC2_H

#include "api/action.h"
#include "store/store_instance.h"

extern const struct action_rows *const ec2_rows[];

/* ---- describing ---- */
struct describe_instances_input {
	struct field_strs ids;
	struct field_list filters;
	struct field_int max_results;
	struct str next_token;
};
enum awserr describe_instances_act(struct call *c);

/* The input of the Describe actions of small things, which are never paged. */
struct describe_input {
	struct field_strs ids;
	struct field_strs names;  /* GroupName, ZoneName, RegionName */
	struct field_strs owners; /* images */
	struct field_list filters;
};
enum awserr describe_vpcs_act(struct call *c);
enum awserr describe_subnets_act(struct call *c);
enum awserr describe_security_groups_act(struct call *c);
enum awserr describe_images_act(struct call *c);
enum awserr describe_availability_zones_act(struct call *c);
enum awserr describe_regions_act(struct call *c);

/* ---- launching ---- */
struct tag_specification {
	struct str resource_type;
	struct field_list tags; /* struct tag_input */
};

struct tag_input {
	struct str key;
	struct str value; /* p NULL: not given */
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
	struct str user_data; /* base 64 */
	struct str client_token;
	struct str shutdown_behavior;
	struct field_bool disable_api_termination;
	struct metadata_input metadata;
	struct placement_input placement;
	struct field_list interfaces; /* struct network_interface_input */
	struct field_list tag_specs;  /* struct tag_specification */
	/* found by scope */
	struct launch *launch;
};
enum awserr run_instances_scope(struct call *c);
enum awserr run_instances_act(struct call *c);

/* ---- changing state ---- */
struct instance_ids_input {
	struct field_strs ids;
	struct field_bool force;
	/* found by scope, in the order of ids */
	struct store_instance *instances;
	size_t n;
};
enum awserr state_change_scope(struct call *c);
enum awserr start_instances_act(struct call *c);
enum awserr stop_instances_act(struct call *c);
enum awserr terminate_instances_act(struct call *c);

/* ---- tags ---- */
struct tags_input {
	struct field_strs ids;
	struct field_list tags; /* struct tag_input */
};
enum awserr create_tags_scope(struct call *c);
enum awserr create_tags_act(struct call *c);
enum awserr create_tags_delete_act(struct call *c); /* DeleteTags */

#endif
