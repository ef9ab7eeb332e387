/*
 * ec2: the rows of EC2 in the action table. Parameters that AWS has and that
 * are not in a row are answered with UnknownParameter; those whose absence
 * would surprise are named as unsupported, so that the answer is true.
 */
#include "svc/ec2/ec2.h"

#include "svc/ec2/filter.h"
#include "svc/ec2/tags.h"

/* ---- describing ---- */

static const struct field describe_instances_fields[] = {
	{ .name = "InstanceId",
	    .type = FIELD_STR_LIST,
	    .at = offsetof(struct describe_instances_input, ids),
	    .form = FORM_INSTANCE_ID,
	    .audit = "instancesSet/instanceId" },
	FILTER_ROW(struct describe_instances_input, filters),
	{ .name = "MaxResults",
	    .type = FIELD_INT,
	    .at = offsetof(struct describe_instances_input, max_results),
	    .min = 5,
	    .max = 1000 },
	{ .name = "NextToken",
	    .type = FIELD_STR,
	    .at = offsetof(struct describe_instances_input, next_token) },
	/* No instance here is managed by a provider, so it selects nothing. */
	{ .name = "IncludeManagedResources", .type = FIELD_IGNORED },
};

#define DESCRIBE_IDS(wire, f, set) \
	{ \
		.name = (wire), .type = FIELD_STR_LIST, \
		.at = offsetof(struct describe_input, ids), .form = (f), .audit = (set) \
	}
#define DESCRIBE_NAMES(wire, set) \
	{ \
		.name = (wire), .type = FIELD_STR_LIST, \
		.at = offsetof(struct describe_input, names), .form = FORM_PRINTABLE, \
		.audit = (set) \
	}
/* The lists are short and never paged: every size of page holds them. */
#define DESCRIBE_PAGE \
	{ .name = "MaxResults", .type = FIELD_IGNORED }, \
	{ \
		.name = "NextToken", .type = FIELD_IGNORED \
	}

static const struct field describe_vpcs_fields[] = {
	DESCRIBE_IDS("VpcId", FORM_VPC_ID, "vpcSet/vpcId"),
	FILTER_ROW(struct describe_input, filters),
	DESCRIBE_PAGE,
};

static const struct field describe_subnets_fields[] = {
	DESCRIBE_IDS("SubnetId", FORM_SUBNET_ID, "subnetSet/subnetId"),
	FILTER_ROW(struct describe_input, filters),
	DESCRIBE_PAGE,
};

static const struct field describe_security_groups_fields[] = {
	DESCRIBE_IDS("GroupId", FORM_GROUP_ID, "securityGroupIdSet/groupId"),
	DESCRIBE_NAMES("GroupName", "securityGroupSet/groupName"),
	FILTER_ROW(struct describe_input, filters),
	DESCRIBE_PAGE,
};

static const struct field describe_images_fields[] = {
	DESCRIBE_IDS("ImageId", FORM_IMAGE_ID, "imagesSet/imageId"),
	{ .name = "Owner",
	    .type = FIELD_STR_LIST,
	    .at = offsetof(struct describe_input, owners),
	    .form = FORM_PRINTABLE,
	    .audit = "ownersSet/owner" },
	FILTER_ROW(struct describe_input, filters),
	{ .name = "ExecutableBy", .type = FIELD_UNSUPPORTED },
	{ .name = "IncludeDeprecated", .type = FIELD_IGNORED },
	{ .name = "IncludeDisabled", .type = FIELD_IGNORED },
	DESCRIBE_PAGE,
};

static const struct field describe_availability_zones_fields[] = {
	DESCRIBE_IDS("ZoneId", FORM_PRINTABLE, "zoneIdSet/zoneId"),
	DESCRIBE_NAMES("ZoneName", "availabilityZoneSet/zoneName"),
	FILTER_ROW(struct describe_input, filters),
	{ .name = "AllAvailabilityZones", .type = FIELD_IGNORED },
};

static const struct field describe_regions_fields[] = {
	DESCRIBE_NAMES("RegionName", "regionSet/regionName"),
	FILTER_ROW(struct describe_input, filters),
	{ .name = "AllRegions", .type = FIELD_IGNORED },
};

/* ---- launching ---- */

static const char *const tokens_words[] = { "optional", "required", NULL };
static const char *const endpoint_words[] = { "enabled", "disabled", NULL };
static const char *const off_words[] = { "disabled", NULL };
static const char *const tenancy_words[] = { "default", NULL };
static const char *const stop_words[] = { "stop", NULL };
static const char *const instance_words[] = { "instance", NULL };

#define NI struct network_interface_input
static const struct field network_interface_fields[] = {
	{ .name = "DeviceIndex",
	    .type = FIELD_INT,
	    .at = offsetof(NI, device_index),
	    .min = 0,
	    .max = 100 },
	{ .name = "SubnetId",
	    .type = FIELD_STR,
	    .at = offsetof(NI, subnet_id),
	    .form = FORM_SUBNET_ID },
	{ .name = "AssociatePublicIpAddress",
	    .type = FIELD_BOOL,
	    .at = offsetof(NI, associate_public_ip) },
	{ .name = "SecurityGroupId",
	    .type = FIELD_STR_LIST,
	    .at = offsetof(NI, group_ids),
	    .form = FORM_GROUP_ID,
	    .max_items = 16,
	    .audit = "groupSet/groupId" },
	{ .name = "PrivateIpAddress",
	    .type = FIELD_STR,
	    .at = offsetof(NI, private_ip),
	    .form = FORM_IPV4 },
	/* It always goes with its instance. */
	{ .name = "DeleteOnTermination",
	    .type = FIELD_BOOL,
	    .at = offsetof(NI, delete_on_termination) },
	{ .name = "Description", .type = FIELD_IGNORED },
	{ .name = "NetworkInterfaceId", .type = FIELD_UNSUPPORTED },
	{ .name = "Ipv6AddressCount", .type = FIELD_UNSUPPORTED },
	{ .name = "SecondaryPrivateIpAddressCount", .type = FIELD_UNSUPPORTED },
};

#define MD struct metadata_input
static const struct field metadata_fields[] = {
	{ .name = "HttpTokens",
	    .type = FIELD_STR,
	    .at = offsetof(MD, http_tokens),
	    .words = tokens_words },
	{ .name = "HttpPutResponseHopLimit",
	    .type = FIELD_INT,
	    .at = offsetof(MD, hop_limit),
	    .min = 1,
	    .max = 64 },
	{ .name = "HttpEndpoint",
	    .type = FIELD_STR,
	    .at = offsetof(MD, http_endpoint),
	    .words = endpoint_words },
	{ .name = "HttpProtocolIpv6",
	    .type = FIELD_STR,
	    .at = offsetof(MD, http_protocol_ipv6),
	    .words = off_words },
	{ .name = "InstanceMetadataTags",
	    .type = FIELD_STR,
	    .at = offsetof(MD, instance_tags),
	    .words = off_words },
};

static const struct field placement_fields[] = {
	{ .name = "AvailabilityZone",
	    .type = FIELD_STR,
	    .at = offsetof(struct placement_input, availability_zone),
	    .form = FORM_AVAILABILITY_ZONE },
	{ .name = "Tenancy",
	    .type = FIELD_STR,
	    .at = offsetof(struct placement_input, tenancy),
	    .words = tenancy_words },
};

static const struct field tag_specification_fields[] = {
	{ .name = "ResourceType",
	    .type = FIELD_STR,
	    .at = offsetof(struct tag_specification, resource_type),
	    .required = true,
	    .words = instance_words },
	{ .name = "Tag",
	    .type = FIELD_LIST,
	    .at = offsetof(struct tag_specification, tags),
	    .members = tags_fields,
	    .n_members = TAGS_N_FIELDS,
	    .size = sizeof(struct tag_input),
	    .audit = "tags" },
};

#define RI struct run_instances_input
static const struct field run_instances_fields[] = {
	{ .name = "ImageId",
	    .type = FIELD_STR,
	    .at = offsetof(RI, image_id),
	    .required = true,
	    .form = FORM_IMAGE_ID },
	{ .name = "InstanceType",
	    .type = FIELD_STR,
	    .at = offsetof(RI, instance_type),
	    .form = FORM_PRINTABLE,
	    .min = 1,
	    .max = 64 },
	{ .name = "MinCount",
	    .type = FIELD_INT,
	    .at = offsetof(RI, min_count),
	    .required = true,
	    .min = 1,
	    .max = 1000 },
	{ .name = "MaxCount",
	    .type = FIELD_INT,
	    .at = offsetof(RI, max_count),
	    .required = true,
	    .min = 1,
	    .max = 1000 },
	{ .name = "KeyName",
	    .type = FIELD_STR,
	    .at = offsetof(RI, key_name),
	    .form = FORM_PRINTABLE,
	    .min = 1,
	    .max = 255 },
	{ .name = "SubnetId",
	    .type = FIELD_STR,
	    .at = offsetof(RI, subnet_id),
	    .form = FORM_SUBNET_ID },
	{ .name = "SecurityGroupId",
	    .type = FIELD_STR_LIST,
	    .at = offsetof(RI, group_ids),
	    .form = FORM_GROUP_ID,
	    .max_items = 16,
	    .audit = "groupSet/groupId" },
	{ .name = "SecurityGroup",
	    .type = FIELD_STR_LIST,
	    .at = offsetof(RI, group_names),
	    .form = FORM_PRINTABLE,
	    .max_items = 16,
	    .audit = "groupNameSet/groupName" },
	{ .name = "PrivateIpAddress",
	    .type = FIELD_STR,
	    .at = offsetof(RI, private_ip),
	    .form = FORM_IPV4 },
	{ .name = "UserData", .type = FIELD_STR, .at = offsetof(RI, user_data), .audit = "-" },
	{ .name = "ClientToken",
	    .type = FIELD_STR,
	    .at = offsetof(RI, client_token),
	    .form = FORM_PRINTABLE,
	    .min = 1,
	    .max = 64 },
	{ .name = "MetadataOptions",
	    .type = FIELD_STRUCT,
	    .at = offsetof(RI, metadata),
	    .members = metadata_fields,
	    .n_members = FIELD_N(metadata_fields) },
	{ .name = "Placement",
	    .type = FIELD_STRUCT,
	    .at = offsetof(RI, placement),
	    .members = placement_fields,
	    .n_members = FIELD_N(placement_fields) },
	{ .name = "NetworkInterface",
	    .type = FIELD_LIST,
	    .at = offsetof(RI, interfaces),
	    .max_items = 8,
	    .members = network_interface_fields,
	    .n_members = FIELD_N(network_interface_fields),
	    .size = sizeof(NI),
	    .audit = "networkInterfaceSet" },
	{ .name = "TagSpecification",
	    .type = FIELD_LIST,
	    .at = offsetof(RI, tag_specs),
	    .max_items = 8,
	    .members = tag_specification_fields,
	    .n_members = FIELD_N(tag_specification_fields),
	    .size = sizeof(struct tag_specification),
	    .audit = "tagSpecificationSet" },
	{ .name = "InstanceInitiatedShutdownBehavior",
	    .type = FIELD_STR,
	    .at = offsetof(RI, shutdown_behavior),
	    .words = stop_words },
	{ .name = "DisableApiTermination",
	    .type = FIELD_BOOL,
	    .at = offsetof(RI, disable_api_termination) },
	/* About hardware and billing, of which there is none here. */
	{ .name = "Monitoring", .type = FIELD_IGNORED },
	{ .name = "EbsOptimized", .type = FIELD_IGNORED },
	{ .name = "CreditSpecification", .type = FIELD_IGNORED },
	{ .name = "CpuOptions", .type = FIELD_IGNORED },
	{ .name = "CapacityReservationSpecification", .type = FIELD_IGNORED },
	{ .name = "MaintenanceOptions", .type = FIELD_IGNORED },
	{ .name = "PrivateDnsNameOptions", .type = FIELD_IGNORED },
	{ .name = "EnclaveOptions", .type = FIELD_IGNORED },
	{ .name = "BlockDeviceMapping", .type = FIELD_UNSUPPORTED },
	{ .name = "IamInstanceProfile", .type = FIELD_UNSUPPORTED },
	{ .name = "LaunchTemplate", .type = FIELD_UNSUPPORTED },
	{ .name = "InstanceMarketOptions", .type = FIELD_UNSUPPORTED },
	{ .name = "Ipv6AddressCount", .type = FIELD_UNSUPPORTED },
	{ .name = "Ipv6Address", .type = FIELD_UNSUPPORTED },
	{ .name = "HibernationOptions", .type = FIELD_UNSUPPORTED },
};

/* ---- changing state, tags ---- */

#define INSTANCE_IDS \
	{ \
		.name = "InstanceId", .type = FIELD_STR_LIST, \
		.at = offsetof(struct instance_ids_input, ids), .required = true, \
		.form = FORM_INSTANCE_ID, .audit = "instancesSet/instanceId" \
	}

static const struct field start_instances_fields[] = { INSTANCE_IDS };

static const struct field stop_instances_fields[] = {
	INSTANCE_IDS,
	{ .name = "Force", .type = FIELD_BOOL, .at = offsetof(struct instance_ids_input, force) },
	{ .name = "Hibernate", .type = FIELD_UNSUPPORTED },
};

static const struct field terminate_instances_fields[] = { INSTANCE_IDS };

#define TAGS(is_required) \
	{ .name = "ResourceId", \
		.type = FIELD_STR_LIST, \
		.at = offsetof(struct tags_input, ids), \
		.required = true, \
		.form = FORM_RESOURCE_ID, \
		.audit = "resourcesSet/resourceId" }, \
	{ \
		.name = "Tag", .type = FIELD_LIST, .at = offsetof(struct tags_input, tags), \
		.required = (is_required), .members = tags_fields, .n_members = TAGS_N_FIELDS, \
		.size = sizeof(struct tag_input), .audit = "tagSet" \
	}

static const struct field create_tags_fields[] = { TAGS(true) };
static const struct field delete_tags_fields[] = { TAGS(false) };

/* ---- the actions ---- */

#define READ(verb, rows, input) \
	{ \
		.name = (verb), .iam_action = "ec2:" verb, .class = ACTION_OTHER, \
		.read_only = true, .fields = (rows), .n_fields = FIELD_N(rows), \
		.input_size = sizeof(input)
#define WRITE(verb, rows, input) \
	{ \
		.name = (verb), .iam_action = "ec2:" verb, .class = ACTION_OTHER, \
		.fields = (rows), .n_fields = FIELD_N(rows), .input_size = sizeof(input)

static const struct action actions[] = { READ("DescribeInstances", describe_instances_fields,
					     struct describe_instances_input),
	.act = describe_instances_act },
			   READ("DescribeVpcs", describe_vpcs_fields, struct describe_input),
			   .act = describe_vpcs_act
}
, READ("DescribeSubnets", describe_subnets_fields, struct describe_input),
    .act = describe_subnets_act
}
, READ("DescribeSecurityGroups", describe_security_groups_fields, struct describe_input),
    .act = describe_security_groups_act
}
, READ("DescribeImages", describe_images_fields, struct describe_input), .act = describe_images_act
}
, READ("DescribeAvailabilityZones", describe_availability_zones_fields, struct describe_input),
    .act = describe_availability_zones_act
}
, READ("DescribeRegions", describe_regions_fields, struct describe_input),
    .act = describe_regions_act
}
, WRITE("RunInstances", run_instances_fields, struct run_instances_input),
    .scope = run_instances_scope, .act = run_instances_act
}
, WRITE("StartInstances", start_instances_fields, struct instance_ids_input),
    .scope = state_change_scope, .act = start_instances_act
}
, WRITE("StopInstances", stop_instances_fields, struct instance_ids_input),
    .scope = state_change_scope, .act = stop_instances_act
}
, WRITE("TerminateInstances", terminate_instances_fields, struct instance_ids_input),
    .scope = state_change_scope, .act = terminate_instances_act
}
, WRITE("CreateTags", create_tags_fields, struct tags_input), .scope = create_tags_scope,
							      .act = create_tags_act
}
, WRITE("DeleteTags", delete_tags_fields, struct tags_input), .scope = create_tags_scope,
							      .act = create_tags_delete_act
}
,
}
;
static const struct action_rows rows = { actions, FIELD_N(actions) };
const struct action_rows *const ec2_rows[] = { &rows, NULL };
