/*
 * subnet: ec2:DescribeSubnets (docs/wire.md 4.4).
 */
#include "store/store_address.h"
#include "store/store_subnet.h"
#include "svc/ec2/actions.h"
#include "svc/ec2/describe.h"
#include "svc/ec2/tags.h"

#define V struct store_subnet

/* An item of the list: a subnet, and what its row does not hold. */
struct item {
	struct store_subnet v; /* first, where filters and picks look */
	int64_t free_addresses;
};

static const char *
state_name(enum store_net_state s)
{
	return s == STORE_NET_PENDING ? "pending" : "available";
}

static struct str
arn(struct call *c, const V *v)
{
	return call_arn(c, STR("ec2"), arena_fmt(c->arena, "subnet/%.*s", STR_FMT(v->subnet_id)));
}

static enum awserr
arn_offer(struct describe *d, const void *item)
{
	describe_offer(d, arn(d->c, item));
	return AWSERR_NONE;
}

static enum awserr
state_offer(struct describe *d, const void *item)
{
	const V *v = item;

	describe_offer(d, str_of(state_name(v->state)));
	return AWSERR_NONE;
}

static enum awserr
free_offer(struct describe *d, const void *item)
{
	const struct item *x = item;

	describe_offer(d, arena_fmt(d->arena, "%lld", (long long)x->free_addresses));
	return AWSERR_NONE;
}

static const struct describe_filter filters[] = {
	{ "availability-zone", DESCRIBE_STR, .at = offsetof(V, availability_zone) },
	{ "availabilityZone", DESCRIBE_STR, .at = offsetof(V, availability_zone) },
	{ "availability-zone-id", DESCRIBE_STR, .at = offsetof(V, availability_zone_id) },
	{ "availabilityZoneId", DESCRIBE_STR, .at = offsetof(V, availability_zone_id) },
	{ "available-ip-address-count", DESCRIBE_OFFER, .offer = free_offer },
	{ "cidr", DESCRIBE_STR, .at = offsetof(V, cidr) },
	{ "cidr-block", DESCRIBE_STR, .at = offsetof(V, cidr) },
	{ "cidrBlock", DESCRIBE_STR, .at = offsetof(V, cidr) },
	{ .name = "customer-owned-ipv4-pool", .source = DESCRIBE_NEVER },
	{ "default-for-az", DESCRIBE_BOOL, .at = offsetof(V, default_for_az) },
	{ "defaultForAz", DESCRIBE_BOOL, .at = offsetof(V, default_for_az) },
	{ "enable-dns64", DESCRIBE_TEXT, .text = "false" },
	{ .name = "enable-lni-at-device-index", .source = DESCRIBE_NEVER },
	/* A subnet has IPv4 alone. */
	{ .name = "ipv6-cidr-block-association.association-id", .source = DESCRIBE_NEVER },
	{ .name = "ipv6-cidr-block-association.ipv6-cidr-block", .source = DESCRIBE_NEVER },
	{ .name = "ipv6-cidr-block-association.state", .source = DESCRIBE_NEVER },
	{ "ipv6-native", DESCRIBE_TEXT, .text = "false" },
	{ "map-customer-owned-ip-on-launch", DESCRIBE_TEXT, .text = "false" },
	{ "map-public-ip-on-launch", DESCRIBE_BOOL, .at = offsetof(V, map_public_ip) },
	{ .name = "outpost-arn", .source = DESCRIBE_NEVER },
	{ "owner-id", DESCRIBE_STR, .at = offsetof(V, account_id) },
	{ .name = "private-dns-name-options-on-launch.enable-resource-name-dns-a-record",
	    .source = DESCRIBE_UNSUPPORTED },
	{ .name = "private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record",
	    .source = DESCRIBE_UNSUPPORTED },
	{ .name = "private-dns-name-options-on-launch.hostname-type",
	    .source = DESCRIBE_UNSUPPORTED },
	{ "state", DESCRIBE_OFFER, .offer = state_offer },
	{ "subnet-arn", DESCRIBE_OFFER, .offer = arn_offer },
	{ "subnet-id", DESCRIBE_STR, .at = offsetof(V, subnet_id) },
	{ "vpc-id", DESCRIBE_STR, .at = offsetof(V, vpc_id) },
};

static const struct describe_pick picks[] = {
	{ offsetof(struct describe_input, ids), offsetof(V, subnet_id), AWSERR_SUBNET_ID_NOT_FOUND,
	    "subnet ID" },
};

static int
list_page(struct describe *d, void **ret, size_t *ret_n)
{
	struct store *st = d->c->region->store;
	struct store_subnet *v;
	struct item *items;
	struct str *ids;
	int64_t *counts;
	size_t i, n;
	int r;

	if ((r = store_subnet_list(st, d->arena, d->c->principal.account_id, d->after,
		 DESCRIBE_PAGE, &v, &n)) != 0)
		return r;
	items = arena_array(d->arena, n, sizeof(*items));
	counts = arena_array(d->arena, n, sizeof(*counts));
	ids = arena_array(d->arena, n, sizeof(*ids));
	for (i = 0; i < n; i++)
		ids[i] = v[i].subnet_id;
	if ((r = store_address_count_free_of(st, d->arena, ids, n, counts)) != 0)
		return r;
	for (i = 0; i < n; i++)
		items[i] = (struct item){ v[i], counts[i] };
	*ret = items;
	*ret_n = n;
	return 0;
}

static enum awserr
write(struct call *c, const void *item, const struct store_tag *tags, size_t n_tags)
{
	const struct item *x = item;
	struct out *o = &c->out;
	const V *v = &x->v;

	out_str(o, "subnetId", v->subnet_id);
	out_str(o, "subnetArn", arn(c, v));
	out_c(o, "state", state_name(v->state));
	out_str(o, "ownerId", v->account_id);
	out_str(o, "vpcId", v->vpc_id);
	out_str(o, "cidrBlock", v->cidr);
	out_list(o, "ipv6CidrBlockAssociationSet");
	out_end(o);
	out_i64(o, "availableIpAddressCount", x->free_addresses);
	out_str(o, "availabilityZone", v->availability_zone);
	out_str(o, "availabilityZoneId", v->availability_zone_id);
	out_bool(o, "defaultForAz", v->default_for_az);
	out_bool(o, "mapPublicIpOnLaunch", v->map_public_ip);
	out_bool(o, "mapCustomerOwnedIpOnLaunch", false);
	out_bool(o, "assignIpv6AddressOnCreation", false);
	out_bool(o, "ipv6Native", false);
	tags_write(o, tags, n_tags);
	return AWSERR_NONE;
}

static const struct describe_entity subnet = {
	.list = "subnetSet",
	.size = sizeof(struct item),
	.id_at = offsetof(V, subnet_id),
	.tagged = true,
	.picks = picks,
	.n_picks = FIELD_N(picks),
	.filters = filters,
	.n_filters = FIELD_N(filters),
	.list_page = list_page,
	.write = write,
};

static const struct field fields[] = {
	DESCRIBE_ONE_PAGE,
	DESCRIBE_IDS("SubnetId", FORM_SUBNET_ID, "subnetSet/subnetId"),
	DESCRIBE_FILTERS,
};

static const struct action actions[] = { { EC2_DESCRIBE("DescribeSubnets", fields, subnet) } };
const struct action_rows subnet_rows = { actions, FIELD_N(actions) };
