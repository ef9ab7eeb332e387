/*
 * instance_filters: see instance_filters.h.
 */
#include "svc/ec2/instance_filters.h"

#include "base/date.h"
#include "svc/ec2/instance.h"

#define V struct store_instance

/* The offsets are those in a struct store_instance, so an item begins with it. */
_Static_assert(offsetof(struct instance_item, v) == 0, "the instance comes first");

/* A terminated instance has no network any more. */
static bool
has_interface(const void *item)
{
	const V *v = item;

	return v->state != STORE_INSTANCE_TERMINATED;
}

static bool
has_public(const void *item)
{
	const V *v = item;

	return v->public_ip.n > 0;
}

static enum awserr
architecture_offer(struct describe *d, const void *item)
{
	(void)item;
	describe_offer(d, str_of(instance_architecture()));
	return AWSERR_NONE;
}

static enum awserr
groups_offer(struct describe *d, const void *item)
{
	const V *v = item;
	size_t i;

	for (i = 0; i < v->n_group_ids; i++)
		describe_offer(d, v->group_ids[i]);
	return AWSERR_NONE;
}

static enum awserr
group_names_offer(struct describe *d, const void *item)
{
	const struct instance_item *x = item;
	size_t i;

	for (i = 0; i < x->v.n_group_ids; i++)
		describe_offer(d, x->group_names[i]);
	return AWSERR_NONE;
}

static enum awserr
hop_limit_offer(struct describe *d, const void *item)
{
	const V *v = item;

	describe_offer(d, arena_fmt(d->arena, "%d", (int)v->http_hop_limit));
	return AWSERR_NONE;
}

static enum awserr
http_endpoint_offer(struct describe *d, const void *item)
{
	const V *v = item;

	describe_offer(d, v->http_endpoint ? STR("enabled") : STR("disabled"));
	return AWSERR_NONE;
}

static enum awserr
metadata_state_offer(struct describe *d, const void *item)
{
	describe_offer(d, str_of(instance_metadata_state(item)));
	return AWSERR_NONE;
}

static enum awserr
http_tokens_offer(struct describe *d, const void *item)
{
	const V *v = item;

	describe_offer(d, v->http_tokens_required ? STR("required") : STR("optional"));
	return AWSERR_NONE;
}

static enum awserr
launch_index_offer(struct describe *d, const void *item)
{
	const V *v = item;

	describe_offer(d, arena_fmt(d->arena, "%d", (int)v->ami_launch_index));
	return AWSERR_NONE;
}

/* A time is compared as the text that is in the answer: "2026-11-30T*" matches a day. */
static void
time_offer(struct describe *d, int64_t at)
{
	struct buf b;

	buf_init(&b, 64);
	date_iso_ms_write(&b, at * 1000);
	describe_offer(d, buf_view(&b));
	buf_release(&b);
}

static enum awserr
launch_time_offer(struct describe *d, const void *item)
{
	const V *v = item;

	time_offer(d, v->launched_at);
	return AWSERR_NONE;
}

static enum awserr
attach_time_offer(struct describe *d, const void *item)
{
	const V *v = item;

	time_offer(d, v->created_at);
	return AWSERR_NONE;
}

static enum awserr
attachment_id_offer(struct describe *d, const void *item)
{
	describe_offer(d, instance_attachment_id(d->arena, item));
	return AWSERR_NONE;
}

static enum awserr
reason_offer(struct describe *d, const void *item)
{
	describe_offer(d, instance_reason(item));
	return AWSERR_NONE;
}

static enum awserr
state_code_offer(struct describe *d, const void *item)
{
	const V *v = item;

	describe_offer(d, arena_fmt(d->arena, "%d", (int)v->state));
	return AWSERR_NONE;
}

static enum awserr
state_name_offer(struct describe *d, const void *item)
{
	const V *v = item;

	describe_offer(d, str_of(instance_state_name(v->state)));
	return AWSERR_NONE;
}

/* A terminated instance has no subnet, and shows no id of its zone either. */
static enum awserr
zone_id_offer(struct describe *d, const void *item)
{
	const struct instance_item *x = item;

	describe_offer(d, x->zone_id);
	return AWSERR_NONE;
}

#define RESERVATION_TARGET "capacity-reservation-specification.capacity-reservation-target."

const struct describe_filter instance_filters[INSTANCE_N_FILTERS] = {
	/* Only an instance on a dedicated host has one. */
	{ .name = "affinity", .source = DESCRIBE_NEVER },
	{ "architecture", DESCRIBE_OFFER, .offer = architecture_offer },
	{ "availability-zone", DESCRIBE_STR, .at = offsetof(V, availability_zone) },
	{ "availability-zone-id", DESCRIBE_OFFER, .offer = zone_id_offer },
	/* No instance has a block device. */
	{ .name = "block-device-mapping.attach-time", .source = DESCRIBE_NEVER },
	{ .name = "block-device-mapping.delete-on-termination", .source = DESCRIBE_NEVER },
	{ .name = "block-device-mapping.device-name", .source = DESCRIBE_NEVER },
	{ .name = "block-device-mapping.status", .source = DESCRIBE_NEVER },
	{ .name = "block-device-mapping.volume-id", .source = DESCRIBE_NEVER },
	/* What the image asks for, and no image does. */
	{ .name = "boot-mode", .source = DESCRIBE_NEVER },
	{ .name = "capacity-reservation-id", .source = DESCRIBE_NEVER },
	{ .name = "capacity-reservation-specification.capacity-reservation-preference",
	    .source = DESCRIBE_UNSUPPORTED },
	{ .name = RESERVATION_TARGET "capacity-reservation-id", .source = DESCRIBE_NEVER },
	{ .name = RESERVATION_TARGET "capacity-reservation-resource-group-arn",
	    .source = DESCRIBE_NEVER },
	{ "client-token", DESCRIBE_STR, .at = offsetof(V, client_token) },
	{ .name = "current-instance-boot-mode", .source = DESCRIBE_UNSUPPORTED },
	/* No instance has a public name (instance.c). */
	{ .name = "dns-name", .source = DESCRIBE_NEVER },
	{ "ebs-optimized", DESCRIBE_TEXT, .text = "false" },
	{ .name = "ena-support", .source = DESCRIBE_UNSUPPORTED },
	{ "enclave-options.enabled", DESCRIBE_TEXT, .text = "false" },
	{ "group-id", DESCRIBE_OFFER, .offer = groups_offer },
	{ "hibernation-options.configured", DESCRIBE_TEXT, .text = "false" },
	{ .name = "host-id", .source = DESCRIBE_NEVER },
	{ "hypervisor", DESCRIBE_TEXT, .text = "xen" },
	{ .name = "iam-instance-profile.arn", .source = DESCRIBE_NEVER },
	{ .name = "iam-instance-profile.id", .source = DESCRIBE_NEVER },
	{ .name = "iam-instance-profile.name", .source = DESCRIBE_NEVER },
	{ "image-id", DESCRIBE_STR, .at = offsetof(V, image_id) },
	{ "instance-id", DESCRIBE_STR, .at = offsetof(V, instance_id) },
	/* The values on AWS are "spot", "scheduled" and "capacity-block"; other instances, and all
	   that are here, have none. */
	{ .name = "instance-lifecycle", .source = DESCRIBE_NEVER },
	{ "instance-state-code", DESCRIBE_OFFER, .offer = state_code_offer },
	{ "instance-state-name", DESCRIBE_OFFER, .offer = state_name_offer },
	{ "instance-type", DESCRIBE_STR, .at = offsetof(V, instance_type) },
	{ "instance.group-id", DESCRIBE_OFFER, .offer = groups_offer },
	{ "instance.group-name", DESCRIBE_OFFER, .offer = group_names_offer },
	{ "ip-address", DESCRIBE_STR, .at = offsetof(V, public_ip) },
	{ .name = "ipv6-address", .source = DESCRIBE_NEVER },
	{ .name = "kernel-id", .source = DESCRIBE_NEVER },
	{ "key-name", DESCRIBE_STR, .at = offsetof(V, key_name) },
	{ "launch-index", DESCRIBE_OFFER, .offer = launch_index_offer },
	{ "launch-time", DESCRIBE_OFFER, .offer = launch_time_offer },
	{ .name = "maintenance-options.auto-recovery", .source = DESCRIBE_UNSUPPORTED },
	{ "metadata-options.http-endpoint", DESCRIBE_OFFER, .offer = http_endpoint_offer },
	{ "metadata-options.http-protocol-ipv4", DESCRIBE_OFFER, .offer = http_endpoint_offer },
	{ "metadata-options.http-protocol-ipv6", DESCRIBE_TEXT, .text = "disabled" },
	{ "metadata-options.http-put-response-hop-limit", DESCRIBE_OFFER,
	    .offer = hop_limit_offer },
	{ "metadata-options.http-tokens", DESCRIBE_OFFER, .offer = http_tokens_offer },
	{ "metadata-options.instance-metadata-tags", DESCRIBE_TEXT, .text = "disabled" },
	{ "metadata-options.state", DESCRIBE_OFFER, .offer = metadata_state_offer },
	{ "monitoring-state", DESCRIBE_TEXT, .text = "disabled" },
	/* A public address belongs to Amazon's pool, as one that RunInstances gives does on AWS;
	   there are no Elastic IP addresses. */
	{ .name = "network-interface.addresses.association.allocation-id",
	    .source = DESCRIBE_NEVER },
	{ .name = "network-interface.addresses.association.association-id",
	    .source = DESCRIBE_NEVER },
	{ .name = "network-interface.addresses.association.carrier-ip", .source = DESCRIBE_NEVER },
	{ .name = "network-interface.addresses.association.customer-owned-ip",
	    .source = DESCRIBE_NEVER },
	{ "network-interface.addresses.association.ip-owner-id", DESCRIBE_TEXT, .text = "amazon",
	    .has = has_public },
	{ .name = "network-interface.addresses.association.public-dns-name",
	    .source = DESCRIBE_NEVER },
	{ "network-interface.addresses.association.public-ip", DESCRIBE_STR,
	    .at = offsetof(V, public_ip) },
	{ "network-interface.addresses.primary", DESCRIBE_TEXT, .text = "true",
	    .has = has_interface },
	{ "network-interface.addresses.private-dns-name", DESCRIBE_STR, .at = offsetof(V, hostname),
	    .has = has_interface },
	{ "network-interface.addresses.private-ip-address", DESCRIBE_STR,
	    .at = offsetof(V, private_ip) },
	{ .name = "network-interface.association.allocation-id", .source = DESCRIBE_NEVER },
	{ .name = "network-interface.association.association-id", .source = DESCRIBE_NEVER },
	{ .name = "network-interface.association.carrier-ip", .source = DESCRIBE_NEVER },
	{ .name = "network-interface.association.customer-owned-ip", .source = DESCRIBE_NEVER },
	{ "network-interface.association.ip-owner-id", DESCRIBE_TEXT, .text = "amazon",
	    .has = has_public },
	{ .name = "network-interface.association.public-dns-name", .source = DESCRIBE_NEVER },
	{ "network-interface.association.public-ip", DESCRIBE_STR, .at = offsetof(V, public_ip) },
	{ "network-interface.attachment.attach-time", DESCRIBE_OFFER, .offer = attach_time_offer,
	    .has = has_interface },
	{ "network-interface.attachment.attachment-id", DESCRIBE_OFFER,
	    .offer = attachment_id_offer, .has = has_interface },
	{ "network-interface.attachment.delete-on-termination", DESCRIBE_TEXT, .text = "true",
	    .has = has_interface },
	{ "network-interface.attachment.device-index", DESCRIBE_TEXT, .text = "0",
	    .has = has_interface },
	{ "network-interface.attachment.instance-id", DESCRIBE_STR, .at = offsetof(V, instance_id),
	    .has = has_interface },
	{ "network-interface.attachment.instance-owner-id", DESCRIBE_STR,
	    .at = offsetof(V, account_id), .has = has_interface },
	{ "network-interface.attachment.network-card-index", DESCRIBE_TEXT, .text = "0",
	    .has = has_interface },
	{ "network-interface.attachment.status", DESCRIBE_TEXT, .text = "attached",
	    .has = has_interface },
	{ "network-interface.availability-zone", DESCRIBE_STR, .at = offsetof(V, availability_zone),
	    .has = has_interface },
	{ .name = "network-interface.deny-all-igw-traffic", .source = DESCRIBE_UNSUPPORTED },
	/* Interfaces have neither descriptions nor tags. */
	{ .name = "network-interface.description", .source = DESCRIBE_NEVER },
	{ "network-interface.group-id", DESCRIBE_OFFER, .offer = groups_offer },
	{ "network-interface.group-name", DESCRIBE_OFFER, .offer = group_names_offer },
	{ .name = "network-interface.ipv4-prefixes.ipv4-prefix", .source = DESCRIBE_NEVER },
	{ .name = "network-interface.ipv6-address", .source = DESCRIBE_NEVER },
	{ .name = "network-interface.ipv6-addresses.ipv6-address", .source = DESCRIBE_NEVER },
	{ .name = "network-interface.ipv6-addresses.is-primary-ipv6", .source = DESCRIBE_NEVER },
	{ "network-interface.ipv6-native", DESCRIBE_TEXT, .text = "false", .has = has_interface },
	{ .name = "network-interface.ipv6-prefixes.ipv6-prefix", .source = DESCRIBE_NEVER },
	{ "network-interface.mac-address", DESCRIBE_STR, .at = offsetof(V, mac),
	    .has = has_interface },
	{ "network-interface.network-interface-id", DESCRIBE_STR, .at = offsetof(V, eni_id),
	    .has = has_interface },
	{ "network-interface.operator.managed", DESCRIBE_TEXT, .text = "false",
	    .has = has_interface },
	{ .name = "network-interface.operator.principal", .source = DESCRIBE_NEVER },
	{ .name = "network-interface.outpost-arn", .source = DESCRIBE_NEVER },
	{ "network-interface.owner-id", DESCRIBE_STR, .at = offsetof(V, account_id),
	    .has = has_interface },
	{ "network-interface.private-dns-name", DESCRIBE_STR, .at = offsetof(V, hostname),
	    .has = has_interface },
	{ "network-interface.private-ip-address", DESCRIBE_STR, .at = offsetof(V, private_ip) },
	{ .name = "network-interface.public-dns-name", .source = DESCRIBE_NEVER },
	{ .name = "network-interface.requester-id", .source = DESCRIBE_NEVER },
	{ "network-interface.requester-managed", DESCRIBE_TEXT, .text = "false",
	    .has = has_interface },
	{ "network-interface.source-dest-check", DESCRIBE_TEXT, .text = "true",
	    .has = has_interface },
	{ "network-interface.status", DESCRIBE_TEXT, .text = "in-use", .has = has_interface },
	{ "network-interface.subnet-id", DESCRIBE_STR, .at = offsetof(V, subnet_id) },
	{ .name = "network-interface.tag-key", .source = DESCRIBE_NEVER },
	{ .name = "network-interface.tag-value", .source = DESCRIBE_NEVER },
	{ "network-interface.vpc-id", DESCRIBE_STR, .at = offsetof(V, vpc_id) },
	{ .name = "network-performance-options.bandwidth-weighting",
	    .source = DESCRIBE_UNSUPPORTED },
	{ "operator.managed", DESCRIBE_TEXT, .text = "false" },
	{ .name = "operator.principal", .source = DESCRIBE_NEVER },
	{ .name = "outpost-arn", .source = DESCRIBE_NEVER },
	{ "owner-id", DESCRIBE_STR, .at = offsetof(V, account_id) },
	{ .name = "placement-group-name", .source = DESCRIBE_NEVER },
	{ .name = "placement-partition-number", .source = DESCRIBE_NEVER },
	/* "windows" is the only value on AWS; other instances have none. */
	{ .name = "platform", .source = DESCRIBE_NEVER },
	{ "platform-details", DESCRIBE_TEXT, .text = "Linux/UNIX" },
	{ "private-dns-name", DESCRIBE_STR, .at = offsetof(V, hostname), .has = has_interface },
	{ .name = "private-dns-name-options.enable-resource-name-dns-a-record",
	    .source = DESCRIBE_UNSUPPORTED },
	{ .name = "private-dns-name-options.enable-resource-name-dns-aaaa-record",
	    .source = DESCRIBE_UNSUPPORTED },
	{ .name = "private-dns-name-options.hostname-type", .source = DESCRIBE_UNSUPPORTED },
	{ "private-ip-address", DESCRIBE_STR, .at = offsetof(V, private_ip) },
	{ .name = "product-code", .source = DESCRIBE_NEVER },
	{ .name = "product-code.type", .source = DESCRIBE_NEVER },
	{ .name = "ramdisk-id", .source = DESCRIBE_NEVER },
	{ "reason", DESCRIBE_OFFER, .offer = reason_offer },
	{ .name = "requester-id", .source = DESCRIBE_NEVER },
	{ "reservation-id", DESCRIBE_STR, .at = offsetof(V, reservation_id) },
	{ .name = "root-device-name", .source = DESCRIBE_UNSUPPORTED },
	{ "root-device-type", DESCRIBE_TEXT, .text = "ebs" },
	{ "source-dest-check", DESCRIBE_TEXT, .text = "true", .has = has_interface },
	{ .name = "spot-instance-request-id", .source = DESCRIBE_NEVER },
	{ "state-reason-code", DESCRIBE_STR, .at = offsetof(V, state_reason_code) },
	{ "state-reason-message", DESCRIBE_STR, .at = offsetof(V, state_reason) },
	{ "subnet-id", DESCRIBE_STR, .at = offsetof(V, subnet_id) },
	{ "tenancy", DESCRIBE_TEXT, .text = "default" },
	{ .name = "tpm-support", .source = DESCRIBE_NEVER },
	{ .name = "usage-operation", .source = DESCRIBE_UNSUPPORTED },
	{ .name = "usage-operation-update-time", .source = DESCRIBE_UNSUPPORTED },
	{ "virtualization-type", DESCRIBE_TEXT, .text = "hvm" },
	{ "vpc-id", DESCRIBE_STR, .at = offsetof(V, vpc_id) },
};
