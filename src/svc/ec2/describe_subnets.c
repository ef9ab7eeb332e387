/*
 * describe_subnets: the act of ec2:DescribeSubnets (wire.md 4.4).
 */
#include "svc/ec2/describe.h"
#include "svc/ec2/ec2.h"
#include "store/store_address.h"
#include "store/store_subnet.h"

static const char *const filter_names[] = {
	"availability-zone",
	"availabilityZone",
	"availability-zone-id",
	"availabilityZoneId",
	"cidr",
	"cidr-block",
	"cidrBlock",
	"default-for-az",
	"defaultForAz",
	"map-public-ip-on-launch",
	"owner-id",
	"state",
	"subnet-arn",
	"subnet-id",
	"vpc-id",
	NULL,
};

static const char *
state_name(enum store_net_state s)
{
	return s == STORE_NET_AVAILABLE ? "available" : "pending";
}

static struct str
arn(struct call *c, const struct store_subnet *v)
{
	return call_arn(c, STR("ec2"), arena_fmt(c->arena, "subnet/%.*s", STR_FMT(v->subnet_id)));
}

static enum awserr
write(struct call *c, const struct store_subnet *v, const struct filter_attrs *at)
{
	struct out *o = &c->out;
	int64_t free_addresses;
	int r;

	r = store_address_count_free(c->region->store, v->subnet_id, &free_addresses);
	if (r != 0)
		return call_internal(c, "addresses", r);
	out_item(o);
	out_str(o, "subnetId", v->subnet_id);
	out_str(o, "subnetArn", arn(c, v));
	out_c(o, "state", state_name(v->state));
	out_str(o, "ownerId", v->account_id);
	out_str(o, "vpcId", v->vpc_id);
	out_str(o, "cidrBlock", v->cidr);
	out_list(o, "ipv6CidrBlockAssociationSet");
	out_end(o);
	out_i64(o, "availableIpAddressCount", free_addresses);
	out_str(o, "availabilityZone", v->availability_zone);
	out_str(o, "availabilityZoneId", v->availability_zone_id);
	out_bool(o, "defaultForAz", v->default_for_az);
	out_bool(o, "mapPublicIpOnLaunch", v->map_public_ip);
	out_bool(o, "mapCustomerOwnedIpOnLaunch", false);
	out_bool(o, "assignIpv6AddressOnCreation", false);
	out_bool(o, "ipv6Native", false);
	describe_tags_write(c, at);
	out_end(o);
	return AWSERR_NONE;
}

static void
attrs_fill(struct call *c, struct filter_attrs *at, const struct store_subnet *v)
{
	struct str is_default = v->default_for_az ? STR("true") : STR("false");

	*at = (struct filter_attrs){ .n = 0 };
	filter_attr(at, "availability-zone", v->availability_zone);
	filter_attr(at, "availabilityZone", v->availability_zone);
	filter_attr(at, "availability-zone-id", v->availability_zone_id);
	filter_attr(at, "availabilityZoneId", v->availability_zone_id);
	filter_attr(at, "cidr", v->cidr);
	filter_attr(at, "cidr-block", v->cidr);
	filter_attr(at, "cidrBlock", v->cidr);
	filter_attr(at, "default-for-az", is_default);
	filter_attr(at, "defaultForAz", is_default);
	filter_attr(at, "map-public-ip-on-launch", v->map_public_ip ? STR("true") : STR("false"));
	filter_attr(at, "owner-id", v->account_id);
	filter_attr(at, "state", str_of(state_name(v->state)));
	filter_attr(at, "subnet-arn", arn(c, v));
	filter_attr(at, "subnet-id", v->subnet_id);
	filter_attr(at, "vpc-id", v->vpc_id);
}

enum awserr
describe_subnets_act(struct call *c)
{
	const struct describe_input *in = c->input;
	struct describe_ids ids = describe_ids(c, &in->ids);
	struct filter_attrs at;
	struct store_subnet *v;
	enum awserr e;
	size_t i, n;
	int r;

	if ((e = filter_check(c, &in->filters, filter_names)) != AWSERR_NONE)
		return e;
	r = store_subnet_list(c->region->store, c->arena, c->principal.account_id, STR(""),
	    STORE_PAGE_MAX, &v, &n);
	if (r != 0)
		return call_internal(c, "subnets", r);
	out_list(&c->out, "subnetSet");
	for (i = 0; i < n; i++) {
		if (!describe_wanted(&ids, v[i].subnet_id))
			continue;
		attrs_fill(c, &at, &v[i]);
		if ((e = describe_tags_get(c, v[i].subnet_id, &at)) != AWSERR_NONE)
			return e;
		if (filter_matches(&in->filters, &at) && (e = write(c, &v[i], &at)) != AWSERR_NONE)
			return e;
	}
	out_end(&c->out);
	return describe_missing(c, &ids, AWSERR_SUBNET_ID_NOT_FOUND, "subnet ID");
}
