/*
 * describe_filters_test: tests that every filter of every Describe action of EC2 finds what it
 * should, and nothing else. A filter of the product that has no line here fails the test.
 */
#include "fixture.h"

#include "svc/ec2/actions.h"
#include "svc/ec2/describe.h"

/* Filters that AWS has and for which nothing here can have a value. */
#define NEVER NULL
/* Those whose values are not known here: a request that has one is refused. */
static const char UNSUPPORTED[] = "";

#define RESERVATION_TARGET "capacity-reservation-specification.capacity-reservation-target."

static const struct line {
	const char *action, *filter;
	/* Found by the first, not by the second: each is a pattern. $I is the id of
	 * the instance, $R that of its reservation, $E its interface, $M the address of that. */
	const char *yes, *no;
} lines[] = {
	{ "DescribeVpcs", "cidr", "172.31.0.0/16", "172.31.0.0/17" },
	{ "DescribeVpcs", "cidr-block", "172.31.*", "172.32.*" },
	{ "DescribeVpcs", "dhcp-options-id", "default", "dopt-1" },
	{ "DescribeVpcs", "is-default", "true", "false" },
	{ "DescribeVpcs", "isDefault", "true", "false" },
	{ "DescribeVpcs", "owner-id", ACCOUNT, "999999999999" },
	{ "DescribeVpcs", "state", "available", "pending" },
	{ "DescribeVpcs", "vpc-id", VPC, "vpc-00000000000000000" },

	{ "DescribeSubnets", "availability-zone", ZONE, "xx-test-1b" },
	{ "DescribeSubnets", "availabilityZone", "xx-test-1?", "xx-test-1" },
	{ "DescribeSubnets", "availability-zone-id", "xxt1-az1", "xxt1-az2" },
	{ "DescribeSubnets", "availabilityZoneId", "*-az1", "*-az2" },
	{ "DescribeSubnets", "cidr", "172.31.0.0/20", "172.31.0.0/16" },
	{ "DescribeSubnets", "cidr-block", "172.31.0.0/20", "172.31.0.0/16" },
	{ "DescribeSubnets", "cidrBlock", "172.31.0.0/20", "172.31.0.0/16" },
	{ "DescribeSubnets", "default-for-az", "true", "false" },
	{ "DescribeSubnets", "defaultForAz", "true", "false" },
	{ "DescribeSubnets", "map-public-ip-on-launch", "true", "false" },
	{ "DescribeSubnets", "owner-id", ACCOUNT, "999999999999" },
	{ "DescribeSubnets", "state", "available", "pending" },
	{ "DescribeSubnets", "subnet-arn", "arn:aws:ec2:" REGION ":" ACCOUNT ":subnet/" SUBNET,
	    "arn:aws:ec2:" REGION ":" ACCOUNT ":subnet/" },
	{ "DescribeSubnets", "subnet-id", SUBNET, "subnet-00000000000000000" },
	{ "DescribeSubnets", "vpc-id", VPC, "vpc-00000000000000000" },

	{ "DescribeSecurityGroups", "description", "the default", "The default" },
	{ "DescribeSecurityGroups", "group-id", GROUP, "sg-00000000000000000" },
	{ "DescribeSecurityGroups", "group-name", "default", "defaults" },
	{ "DescribeSecurityGroups", "owner-id", ACCOUNT, "999999999999" },
	{ "DescribeSecurityGroups", "vpc-id", VPC, "vpc-00000000000000000" },

	{ "DescribeImages", "architecture", "x86_64", "arm64" },
	{ "DescribeImages", "description", "this machine", "this" },
	{ "DescribeImages", "hypervisor", "xen", "ovm" },
	{ "DescribeImages", "image-id", IMAGE, "ami-00000000000000000" },
	{ "DescribeImages", "image-type", "machine", "kernel" },
	{ "DescribeImages", "is-public", "false", "true" },
	{ "DescribeImages", "name", "la*", "la" },
	{ "DescribeImages", "owner-id", ACCOUNT, "999999999999" },
	{ "DescribeImages", "platform", NEVER, "windows" },
	{ "DescribeImages", "root-device-type", "ebs", "instance-store" },
	{ "DescribeImages", "state", "available", "pending" },
	{ "DescribeImages", "virtualization-type", "hvm", "paravirtual" },

	{ "DescribeAvailabilityZones", "opt-in-status", "opt-in-not-required", "opted-in" },
	{ "DescribeAvailabilityZones", "region-name", REGION, "xx-test-2" },
	{ "DescribeAvailabilityZones", "state", "available", "impaired" },
	{ "DescribeAvailabilityZones", "zone-id", "xxt1-az1", "xxt1-az2" },
	{ "DescribeAvailabilityZones", "zone-name", ZONE, "xx-test-1b" },
	{ "DescribeAvailabilityZones", "zone-type", "availability-zone", "local-zone" },

	{ "DescribeRegions", "endpoint", "ec2." REGION ".amazonaws.com", "ec2.amazonaws.com" },
	{ "DescribeRegions", "opt-in-status", "opt-in-not-required", "opted-in" },
	{ "DescribeRegions", "region-name", REGION, "xx-test-2" },

#if defined(__aarch64__)
	{ "DescribeInstances", "architecture", "arm64", "x86_64" },
#else
	{ "DescribeInstances", "architecture", "x86_64", "arm64" },
#endif
	{ "DescribeInstances", "availability-zone", ZONE, "xx-test-1b" },
	{ "DescribeInstances", "availability-zone-id", "xxt1-az1", "xxt1-az2" },
	{ "DescribeInstances", "availability-zone-id", "xxt1-az?", "xxt1-az" },
	{ "DescribeInstances", "client-token", "once", "twice" },
	{ "DescribeInstances", "dns-name", NEVER, "" },
	{ "DescribeInstances", "group-id", GROUP, "sg-00000000000000000" },
	{ "DescribeInstances", "hypervisor", "xen", "ovm" },
	{ "DescribeInstances", "image-id", IMAGE, "ami-00000000000000000" },
	{ "DescribeInstances", "instance-id", "$I", "i-00000000000000000" },
	{ "DescribeInstances", "instance-lifecycle", NEVER, "spot" },
	{ "DescribeInstances", "instance-state-code", "16", "1" },
	{ "DescribeInstances", "instance-state-name", "run*", "run" },
	{ "DescribeInstances", "instance-type", "t3.nano", "t3.micro" },
	{ "DescribeInstances", "instance.group-id", GROUP, "sg-00000000000000000" },
	{ "DescribeInstances", "ip-address", "198.18.0.?", "198.18.1.?" },
	{ "DescribeInstances", "key-name", "mine", "yours" },
	{ "DescribeInstances", "launch-index", "0", "1" },
	{ "DescribeInstances", "launch-time", "2023-11-14T22:13:20.000Z", "2023-11-14T22:13:20Z" },
	{ "DescribeInstances", "launch-time", "2023-*", "2024-*" },
	{ "DescribeInstances", "launch-time", "2023-11-14T22:1?:*", "2023-11-14" },
	{ "DescribeInstances", "metadata-options.http-tokens", "required", "optional" },
	{ "DescribeInstances", "monitoring-state", "disabled", "enabled" },
	{ "DescribeInstances", "network-interface.addresses.private-ip-address", "172.31.0.4",
	    "172.31.0.5" },
	{ "DescribeInstances", "network-interface.network-interface-id", "$E",
	    "eni-00000000000000000" },
	{ "DescribeInstances", "network-interface.subnet-id", SUBNET, "subnet-00000000000000000" },
	{ "DescribeInstances", "network-interface.vpc-id", VPC, "vpc-00000000000000000" },
	{ "DescribeInstances", "owner-id", ACCOUNT, "999999999999" },
	{ "DescribeInstances", "platform", NEVER, "windows" },
	{ "DescribeInstances", "platform-details", "Linux/UNIX", "Windows" },
	{ "DescribeInstances", "private-dns-name", "ip-172-31-0-4.*", "ip-172-31-0-5.*" },
	{ "DescribeInstances", "private-ip-address", "172.31.0.4", "172.31.0.5" },
	{ "DescribeInstances", "reservation-id", "$R", "r-00000000000000000" },
	{ "DescribeInstances", "root-device-type", "ebs", "instance-store" },
	{ "DescribeInstances", "subnet-id", SUBNET, "subnet-00000000000000000" },
	{ "DescribeInstances", "tenancy", "default", "dedicated" },
	{ "DescribeInstances", "virtualization-type", "hvm", "paravirtual" },
	{ "DescribeInstances", "vpc-id", VPC, "vpc-00000000000000000" },
	{ "DescribeInstances", "state-reason-code", "Client.UserInitiatedShutdown", "Server.*" },

	{ "DescribeVpcs", "cidr-block-association.association-id",
	    "vpc-cidr-assoc-0123456789abcdef0", "vpc-cidr-assoc-0" },
	{ "DescribeVpcs", "cidr-block-association.cidr-block", "172.31.0.0/16", "172.31.0.0/17" },
	{ "DescribeVpcs", "cidr-block-association.state", "associated", "associating" },
	{ "DescribeVpcs", "ipv6-cidr-block-association.association-id", NEVER, "vpc-cidr-assoc-0" },
	{ "DescribeVpcs", "ipv6-cidr-block-association.ipv6-cidr-block", NEVER, "2001:db8::/56" },
	{ "DescribeVpcs", "ipv6-cidr-block-association.ipv6-pool", NEVER, "Amazon" },
	{ "DescribeVpcs", "ipv6-cidr-block-association.state", NEVER, "associated" },

	{ "DescribeSubnets", "available-ip-address-count", "5", "6" },
	{ "DescribeSubnets", "customer-owned-ipv4-pool", NEVER, "pool" },
	{ "DescribeSubnets", "enable-dns64", "false", "true" },
	{ "DescribeSubnets", "enable-lni-at-device-index", NEVER, "1" },
	{ "DescribeSubnets", "ipv6-cidr-block-association.association-id", NEVER,
	    "subnet-cidr-assoc-0" },
	{ "DescribeSubnets", "ipv6-cidr-block-association.ipv6-cidr-block", NEVER,
	    "2001:db8::/64" },
	{ "DescribeSubnets", "ipv6-cidr-block-association.state", NEVER, "associated" },
	{ "DescribeSubnets", "ipv6-native", "false", "true" },
	{ "DescribeSubnets", "map-customer-owned-ip-on-launch", "false", "true" },
	{ "DescribeSubnets", "outpost-arn", NEVER, "arn:aws:outposts:x" },
	{ "DescribeSubnets", "private-dns-name-options-on-launch.enable-resource-name-dns-a-record",
	    UNSUPPORTED, "false" },
	{ "DescribeSubnets",
	    "private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record", UNSUPPORTED,
	    "false" },
	{ "DescribeSubnets", "private-dns-name-options-on-launch.hostname-type", UNSUPPORTED,
	    "ip-name" },

	{ "DescribeSecurityGroups", "egress.ip-permission.cidr", "0.0.0.0/0", "198.18.0.0/15" },
	{ "DescribeSecurityGroups", "egress.ip-permission.from-port", "5432", "22" },
	{ "DescribeSecurityGroups", "egress.ip-permission.group-id", GROUP,
	    "sg-00000000000000000" },
	{ "DescribeSecurityGroups", "egress.ip-permission.group-name", UNSUPPORTED, "default" },
	{ "DescribeSecurityGroups", "egress.ip-permission.ipv6-cidr", "2001:db8::/32", "::/0" },
	{ "DescribeSecurityGroups", "egress.ip-permission.prefix-list-id", "pl-1", "pl-2" },
	{ "DescribeSecurityGroups", "egress.ip-permission.protocol", "-1", "udp" },
	{ "DescribeSecurityGroups", "egress.ip-permission.to-port", "5433", "5432" },
	{ "DescribeSecurityGroups", "egress.ip-permission.user-id", ACCOUNT, "999999999999" },
	{ "DescribeSecurityGroups", "ip-permission.cidr", "0.0.0.0/0", "198.18.0.0/15" },
	{ "DescribeSecurityGroups", "ip-permission.from-port", "22", "5432" },
	{ "DescribeSecurityGroups", "ip-permission.group-id", GROUP, "sg-00000000000000000" },
	{ "DescribeSecurityGroups", "ip-permission.group-name", UNSUPPORTED, "default" },
	{ "DescribeSecurityGroups", "ip-permission.ipv6-cidr", "2001:db8:1::/48", "2001:db8::/32" },
	{ "DescribeSecurityGroups", "ip-permission.prefix-list-id", "pl-3", "pl-1" },
	{ "DescribeSecurityGroups", "ip-permission.protocol", "tcp", "-1" },
	{ "DescribeSecurityGroups", "ip-permission.to-port", "22", "-1" },
	{ "DescribeSecurityGroups", "ip-permission.user-id", ACCOUNT, "999999999999" },

	{ "DescribeImages", "block-device-mapping.delete-on-termination", NEVER, "true" },
	{ "DescribeImages", "block-device-mapping.device-name", NEVER, "/dev/xvda" },
	{ "DescribeImages", "block-device-mapping.encrypted", NEVER, "false" },
	{ "DescribeImages", "block-device-mapping.snapshot-id", NEVER, "snap-0" },
	{ "DescribeImages", "block-device-mapping.volume-size", NEVER, "8" },
	{ "DescribeImages", "block-device-mapping.volume-type", NEVER, "gp3" },
	{ "DescribeImages", "creation-date", "2023-11-14T22:13:20.000Z", "2023-11-14" },
	{ "DescribeImages", "ena-support", UNSUPPORTED, "true" },
	{ "DescribeImages", "free-tier-eligible", UNSUPPORTED, "true" },
	{ "DescribeImages", "image-allowed", UNSUPPORTED, "true" },
	{ "DescribeImages", "kernel-id", NEVER, "aki-0" },
	{ "DescribeImages", "manifest-location", ACCOUNT "/lab", "lab" },
	{ "DescribeImages", "owner-alias", NEVER, "amazon" },
	{ "DescribeImages", "product-code", NEVER, "x" },
	{ "DescribeImages", "product-code.type", NEVER, "marketplace" },
	{ "DescribeImages", "ramdisk-id", NEVER, "ari-0" },
	{ "DescribeImages", "root-device-name", UNSUPPORTED, "/dev/xvda" },
	{ "DescribeImages", "source-image-id", NEVER, "ami-0" },
	{ "DescribeImages", "source-image-region", NEVER, "us-east-1" },
	{ "DescribeImages", "source-instance-id", NEVER, "i-0" },
	{ "DescribeImages", "sriov-net-support", NEVER, "simple" },
	{ "DescribeImages", "state-reason-code", NEVER, "Client.X" },
	{ "DescribeImages", "state-reason-message", NEVER, "x" },

	{ "DescribeAvailabilityZones", "group-long-name", UNSUPPORTED, "Here 1" },
	{ "DescribeAvailabilityZones", "group-name", REGION, "xx-test-2" },
	{ "DescribeAvailabilityZones", "message", NEVER, "impaired" },
	{ "DescribeAvailabilityZones", "parent-zone-id", NEVER, "xxt1-az1" },
	{ "DescribeAvailabilityZones", "parent-zone-name", NEVER, "xx-test-1a" },

	{ "DescribeInstances", "affinity", NEVER, "x" },
	{ "DescribeInstances", "block-device-mapping.attach-time", NEVER, "x" },
	{ "DescribeInstances", "block-device-mapping.delete-on-termination", NEVER, "x" },
	{ "DescribeInstances", "block-device-mapping.device-name", NEVER, "x" },
	{ "DescribeInstances", "block-device-mapping.status", NEVER, "x" },
	{ "DescribeInstances", "block-device-mapping.volume-id", NEVER, "x" },
	{ "DescribeInstances", "boot-mode", NEVER, "x" },
	{ "DescribeInstances", "capacity-reservation-id", NEVER, "x" },
	{ "DescribeInstances", "capacity-reservation-specification.capacity-reservation-preference",
	    UNSUPPORTED, "x" },
	{ "DescribeInstances", RESERVATION_TARGET "capacity-reservation-id", NEVER, "cr-0" },
	{ "DescribeInstances", RESERVATION_TARGET "capacity-reservation-resource-group-arn", NEVER,
	    "arn:aws:resource-groups:x" },
	{ "DescribeInstances", "current-instance-boot-mode", UNSUPPORTED, "x" },
	{ "DescribeInstances", "ebs-optimized", "false", "true" },
	{ "DescribeInstances", "ena-support", UNSUPPORTED, "x" },
	{ "DescribeInstances", "enclave-options.enabled", "false", "true" },
	{ "DescribeInstances", "hibernation-options.configured", "false", "true" },
	{ "DescribeInstances", "host-id", NEVER, "x" },
	{ "DescribeInstances", "iam-instance-profile.arn", NEVER, "x" },
	{ "DescribeInstances", "iam-instance-profile.id", NEVER, "x" },
	{ "DescribeInstances", "iam-instance-profile.name", NEVER, "x" },
	{ "DescribeInstances", "instance.group-name", "default", "other" },
	{ "DescribeInstances", "ipv6-address", NEVER, "x" },
	{ "DescribeInstances", "kernel-id", NEVER, "x" },
	{ "DescribeInstances", "maintenance-options.auto-recovery", UNSUPPORTED, "x" },
	{ "DescribeInstances", "metadata-options.http-endpoint", "enabled", "disabled" },
	{ "DescribeInstances", "metadata-options.http-protocol-ipv4", "enabled", "disabled" },
	{ "DescribeInstances", "metadata-options.http-protocol-ipv6", "disabled", "enabled" },
	{ "DescribeInstances", "metadata-options.http-put-response-hop-limit", "1", "2" },
	{ "DescribeInstances", "metadata-options.instance-metadata-tags", "disabled", "enabled" },
	{ "DescribeInstances", "metadata-options.state", "applied", "pending" },
	{ "DescribeInstances", "network-interface.addresses.association.allocation-id", NEVER,
	    "x" },
	{ "DescribeInstances", "network-interface.addresses.association.association-id", NEVER,
	    "x" },
	{ "DescribeInstances", "network-interface.addresses.association.carrier-ip", NEVER, "x" },
	{ "DescribeInstances", "network-interface.addresses.association.customer-owned-ip", NEVER,
	    "x" },
	{ "DescribeInstances", "network-interface.addresses.association.ip-owner-id", "amazon",
	    ACCOUNT },
	{ "DescribeInstances", "network-interface.addresses.association.public-dns-name", NEVER,
	    "x" },
	{ "DescribeInstances", "network-interface.addresses.association.public-ip", "198.18.0.?",
	    "198.18.1.?" },
	{ "DescribeInstances", "network-interface.addresses.primary", "true", "false" },
	{ "DescribeInstances", "network-interface.addresses.private-dns-name", "ip-172-31-0-4.*",
	    "ip-172-31-0-5.*" },
	{ "DescribeInstances", "network-interface.association.allocation-id", NEVER, "x" },
	{ "DescribeInstances", "network-interface.association.association-id", NEVER, "x" },
	{ "DescribeInstances", "network-interface.association.carrier-ip", NEVER, "x" },
	{ "DescribeInstances", "network-interface.association.customer-owned-ip", NEVER, "x" },
	{ "DescribeInstances", "network-interface.association.ip-owner-id", "amazon", ACCOUNT },
	{ "DescribeInstances", "network-interface.association.public-dns-name", NEVER, "x" },
	{ "DescribeInstances", "network-interface.association.public-ip", "198.18.0.?",
	    "198.18.1.?" },
	{ "DescribeInstances", "network-interface.attachment.attach-time",
	    "2023-11-14T22:13:20.000Z", "2024-*" },
	{ "DescribeInstances", "network-interface.attachment.attachment-id", "eni-attach-*",
	    "eni-attach-0" },
	{ "DescribeInstances", "network-interface.attachment.delete-on-termination", "true",
	    "false" },
	{ "DescribeInstances", "network-interface.attachment.device-index", "0", "1" },
	{ "DescribeInstances", "network-interface.attachment.instance-id", "$I",
	    "i-00000000000000000" },
	{ "DescribeInstances", "network-interface.attachment.instance-owner-id", ACCOUNT,
	    "999999999999" },
	{ "DescribeInstances", "network-interface.attachment.network-card-index", "0", "1" },
	{ "DescribeInstances", "network-interface.attachment.status", "attached", "detached" },
	{ "DescribeInstances", "network-interface.availability-zone", ZONE, "xx-test-1b" },
	{ "DescribeInstances", "network-interface.deny-all-igw-traffic", UNSUPPORTED, "x" },
	{ "DescribeInstances", "network-interface.description", NEVER, "x" },
	{ "DescribeInstances", "network-interface.group-id", GROUP, "sg-00000000000000000" },
	{ "DescribeInstances", "network-interface.group-name", "default", "other" },
	{ "DescribeInstances", "network-interface.ipv4-prefixes.ipv4-prefix", NEVER, "x" },
	{ "DescribeInstances", "network-interface.ipv6-address", NEVER, "x" },
	{ "DescribeInstances", "network-interface.ipv6-addresses.ipv6-address", NEVER, "x" },
	{ "DescribeInstances", "network-interface.ipv6-addresses.is-primary-ipv6", NEVER, "x" },
	{ "DescribeInstances", "network-interface.ipv6-native", "false", "true" },
	{ "DescribeInstances", "network-interface.ipv6-prefixes.ipv6-prefix", NEVER, "x" },
	{ "DescribeInstances", "network-interface.mac-address", "$M", "02:00:00:00:00:00" },
	{ "DescribeInstances", "network-interface.operator.managed", "false", "true" },
	{ "DescribeInstances", "network-interface.operator.principal", NEVER, "x" },
	{ "DescribeInstances", "network-interface.outpost-arn", NEVER, "x" },
	{ "DescribeInstances", "network-interface.owner-id", ACCOUNT, "999999999999" },
	{ "DescribeInstances", "network-interface.private-dns-name", "ip-172-31-0-4.*",
	    "ip-172-31-0-5.*" },
	{ "DescribeInstances", "network-interface.private-ip-address", "172.31.0.4", "172.31.0.5" },
	{ "DescribeInstances", "network-interface.public-dns-name", NEVER, "x" },
	{ "DescribeInstances", "network-interface.requester-id", NEVER, "x" },
	{ "DescribeInstances", "network-interface.requester-managed", "false", "true" },
	{ "DescribeInstances", "network-interface.source-dest-check", "true", "false" },
	{ "DescribeInstances", "network-interface.status", "in-use", "available" },
	{ "DescribeInstances", "network-interface.tag-key", NEVER, "x" },
	{ "DescribeInstances", "network-interface.tag-value", NEVER, "x" },
	{ "DescribeInstances", "network-performance-options.bandwidth-weighting", UNSUPPORTED,
	    "x" },
	{ "DescribeInstances", "operator.managed", "false", "true" },
	{ "DescribeInstances", "operator.principal", NEVER, "x" },
	{ "DescribeInstances", "outpost-arn", NEVER, "x" },
	{ "DescribeInstances", "placement-group-name", NEVER, "x" },
	{ "DescribeInstances", "placement-partition-number", NEVER, "x" },
	{ "DescribeInstances", "private-dns-name-options.enable-resource-name-dns-a-record",
	    UNSUPPORTED, "x" },
	{ "DescribeInstances", "private-dns-name-options.enable-resource-name-dns-aaaa-record",
	    UNSUPPORTED, "x" },
	{ "DescribeInstances", "private-dns-name-options.hostname-type", UNSUPPORTED, "x" },
	{ "DescribeInstances", "product-code", NEVER, "x" },
	{ "DescribeInstances", "product-code.type", NEVER, "x" },
	{ "DescribeInstances", "ramdisk-id", NEVER, "x" },
	{ "DescribeInstances", "reason", "User initiated (2023-11-14 22:13:20 GMT)", "Client.*" },
	{ "DescribeInstances", "requester-id", NEVER, "x" },
	{ "DescribeInstances", "root-device-name", UNSUPPORTED, "x" },
	{ "DescribeInstances", "source-dest-check", "true", "false" },
	{ "DescribeInstances", "spot-instance-request-id", NEVER, "x" },
	{ "DescribeInstances", "state-reason-message",
	    "Client.UserInitiatedShutdown: User initiated shutdown", "User*" },
	{ "DescribeInstances", "tpm-support", NEVER, "x" },
	{ "DescribeInstances", "usage-operation", UNSUPPORTED, "x" },
	{ "DescribeInstances", "usage-operation-update-time", UNSUPPORTED, "x" },
};

/* What there has to be for a line: a running instance, but for these. */
enum scene { RUNNING, STOPPED, WITH_KEY };

static enum scene
scene_of(const struct line *l)
{
	if (strcmp(l->filter, "state-reason-code") == 0)
		return STOPPED;
	if (strcmp(l->filter, "reason") == 0 || strcmp(l->filter, "state-reason-message") == 0)
		return STOPPED;
	return strcmp(l->filter, "key-name") == 0 ? WITH_KEY : RUNNING;
}

static const struct action *
action_of(const char *name)
{
	const struct action_table t = { { [SERVICE_EC2] = ec2_actions } };

	return action_find(&t, SERVICE_EC2, str_of(name));
}

static struct api_response
ask(struct fixture *f, const char *action, const char *filter, const char *value)
{
	struct api_response resp;
	struct buf b;
	struct str v;
	size_t i;

	buf_init(&b, 65536);
	buf_fmt(&b, "%s&Filter.1.Name=%s&Filter.1.Value.1=", action, filter);
	for (v = str_of(value), i = 0; i < v.n; i++)
		buf_fmt(&b, "%%%02X", (unsigned char)v.p[i]);
	resp = fixture_ec2(f, arena_cstr(f->a, buf_view(&b)));
	buf_release(&b);
	return resp;
}

/* How many items the list has when it is asked for with this filter. */
static size_t
found(struct fixture *f, const char *action, const char *filter, const char *value)
{
	const struct describe_entity *t = action_of(action)->about;
	struct api_response resp = ask(f, action, filter, value);

	assert_status(f, &resp, 200);
	return fixture_has(&resp, arena_fmt(f->a, "<%s></%s>", t->list, t->list).p) ? 0 : 1;
}

/* $I and its kin, of the one instance there is. */
static const char *
resolved(struct fixture *f, struct api_response *instance, const char *value)
{
	if (strcmp(value, "$I") == 0)
		return fixture_element(f, instance, "instanceId", 0);
	if (strcmp(value, "$R") == 0)
		return fixture_element(f, instance, "reservationId", 0);
	if (strcmp(value, "$E") == 0)
		return fixture_element(f, instance, "networkInterfaceId", 0);
	if (strcmp(value, "$M") == 0)
		return fixture_element(f, instance, "macAddress", 0);
	return value;
}

static void
assert_unsupported(struct fixture *f, const struct line *l)
{
	struct api_response resp = ask(f, l->action, l->filter, l->no);

	assert_status(f, &resp, 400);
	assert_has(f, &resp,
	    arena_fmt(f->a,
		"<Code>Unsupported</Code><Message>The filter &apos;%s&apos; is not supported by "
		"this installation</Message>",
		l->filter)
		.p);
}

static void
lines_try(struct fixture *f, enum scene scene)
{
	struct api_response instance = fixture_ec2(f, "DescribeInstances");
	const struct line *l;
	const char *yes;
	size_t i;

	for (i = 0; i < FIELD_N(lines); i++) {
		l = &lines[i];
		if (scene_of(l) != scene)
			continue;
		if (l->yes == UNSUPPORTED) {
			assert_unsupported(f, l);
			continue;
		}
		yes = l->yes == NEVER ? NULL : resolved(f, &instance, l->yes);
		if (yes != NULL && found(f, l->action, l->filter, yes) != 1)
			fail_msg("%s: %s=%s finds nothing", l->action, l->filter, yes);
		if (yes != NULL && found(f, l->action, l->filter, "*") != 1)
			fail_msg("%s: %s=* finds nothing", l->action, l->filter);
		if (yes == NULL && found(f, l->action, l->filter, "*") != 0)
			fail_msg("%s: %s=* finds something", l->action, l->filter);
		if (found(f, l->action, l->filter, l->no) != 0)
			fail_msg("%s: %s=%s finds something", l->action, l->filter, l->no);
		/* No value at all is none that matches. */
		if (yes != NULL && found(f, l->action, l->filter, "") != 0)
			fail_msg("%s: %s= finds something", l->action, l->filter);
	}
}

static const char *
launch(struct fixture *f)
{
	return fixture_launch(f,
	    "&InstanceType=t3.nano&ClientToken=once&MetadataOptions.HttpTokens=required");
}

/* Rules with each kind of peer, in both directions. */
static void
rules_add(struct fixture *f)
{
	struct store_security_group_rule rules[] = {
		{ .is_egress = true, .referenced_group_id = STR(GROUP) },
		{ .is_egress = true, .cidr_ipv6 = STR("2001:db8::/32") },
		{ .is_egress = true, .prefix_list_id = STR("pl-1") },
		{ .referenced_group_id = STR(GROUP) },
		{ .cidr_ipv6 = STR("2001:db8:1::/48") },
		{ .prefix_list_id = STR("pl-3") },
	};
	size_t i;

	for (i = 0; i < FIELD_N(rules); i++) {
		rules[i].rule_id = arena_fmt(f->a, "sgr-1123456789abcdef%zu", i);
		rules[i].group_id = STR(GROUP);
		rules[i].protocol = STR("tcp");
		rules[i].from_port = rules[i].is_egress ? 5432 : 22;
		rules[i].to_port = rules[i].is_egress ? 5433 : 22;
		assert_ok(store_security_group_rule_add(f->st, &rules[i]));
	}
}

static void
test_lines(void **state)
{
	struct fixture *f = *state;

	/* More requests than a bucket holds. */
	f->settings.api_rate = 0;
	rules_add(f);
	launch(f);
	lines_try(f, RUNNING);
}

static void
test_stopped(void **state)
{
	struct fixture *f = *state;
	const char *id = launch(f);

	fixture_ec2(f, arena_fmt(f->a, "StopInstances&InstanceId.1=%s", id).p);
	fixture_finish_all(f, "");
	lines_try(f, STOPPED);
	/* Started again, it was launched at another time. */
	f->wall_ms += 86400 * 1000;
	fixture_ec2(f, arena_fmt(f->a, "StartInstances&InstanceId.1=%s", id).p);
	fixture_finish_all(f, "state=running");
	assert_int_equal(found(f, "DescribeInstances", "launch-time", "2023-11-14T*"), 0);
	assert_int_equal(found(f, "DescribeInstances", "launch-time", "2023-11-15T*"), 1);
}

/* RunInstances takes no key pair yet: the store has an instance with one. */
static void
test_with_key(void **state)
{
	struct fixture *f = *state;
	struct store_instance v;

	assert_ok(store_instance_get(f->st, f->a, str_of(launch(f)), &v));
	v.instance_id = STR("i-0123456789abcdef0");
	v.eni_id = STR("eni-0123456789abcdef0");
	v.private_ip = STR("172.31.0.9");
	v.public_ip = STR("");
	v.client_token = STR("");
	v.key_name = STR("mine");
	assert_ok(store_instance_add(f->st, &v));
	lines_try(f, WITH_KEY);
}

/* There is no interface, whatever is asked of it. */
static void
interface_find_none(struct fixture *f)
{
	size_t i;

	for (i = 0; i < FIELD_N(lines); i++) {
		if (lines[i].yes != UNSUPPORTED &&
		    str_starts(str_of(lines[i].filter), STR("network-interface.")) &&
		    found(f, "DescribeInstances", lines[i].filter, "*") != 0)
			fail_msg("%s finds a terminated instance", lines[i].filter);
	}
	assert_int_equal(found(f, "DescribeInstances", "private-dns-name", "*"), 0);
	assert_int_equal(found(f, "DescribeInstances", "source-dest-check", "*"), 0);
}

/* A terminated instance has no subnet: no zone's id, in the answer nor here. */
static void
test_terminated(void **state)
{
	struct fixture *f = *state;
	const char *id = launch(f);
	struct api_response resp;

	fixture_ec2(f, arena_fmt(f->a, "TerminateInstances&InstanceId.1=%s", id).p);
	fixture_finish_all(f, "");
	resp = fixture_ec2(f, "DescribeInstances");
	assert_has(f, &resp, "<name>terminated</name>");
	assert_has_not(f, &resp, "availabilityZoneId");
	assert_int_equal(found(f, "DescribeInstances", "availability-zone-id", "*"), 0);
	assert_int_equal(found(f, "DescribeInstances", "availability-zone", ZONE), 1);
	interface_find_none(f);
	assert_int_equal(found(f, "DescribeInstances", "instance-state-name", "terminated"), 1);
}

/* Every filter of the product's tables has a line, and every line is one of them. */
static void
test_complete(void **state)
{
	const struct action_rows *const *rows;
	const struct describe_entity *t;
	size_t i, k, l, n = 0;

	(void)state;
	for (rows = ec2_actions; *rows != NULL; rows++) {
		for (i = 0; i < (*rows)->n; i++) {
			if ((t = (*rows)->rows[i].about) == NULL)
				continue;
			n++;
			for (k = 0; k < t->n_filters; k++) {
				for (l = 0; l < FIELD_N(lines); l++) {
					if (strcmp(lines[l].action, (*rows)->rows[i].name) == 0 &&
					    strcmp(lines[l].filter, t->filters[k].name) == 0)
						break;
				}
				if (l == FIELD_N(lines))
					fail_msg("%s: no line for %s", (*rows)->rows[i].name,
					    t->filters[k].name);
				assert_int_equal(t->filters[k].source == DESCRIBE_NEVER,
				    lines[l].yes == NEVER);
				assert_int_equal(t->filters[k].source == DESCRIBE_UNSUPPORTED,
				    lines[l].yes == UNSUPPORTED);
			}
		}
	}
	assert_int_equal(n, 7);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_complete),
		TEST(test_lines),
		TEST(test_stopped),
		TEST(test_with_key),
		TEST(test_terminated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
