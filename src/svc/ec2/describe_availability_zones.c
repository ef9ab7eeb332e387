/*
 * describe_availability_zones: the act of ec2:DescribeAvailabilityZones: the
 * zones in which the account has subnets, which is where it can launch.
 */
#include "svc/ec2/describe.h"
#include "svc/ec2/ec2.h"
#include "store/store_subnet.h"

static const char *const filter_names[] = {
	"opt-in-status",
	"region-name",
	"state",
	"zone-id",
	"zone-name",
	"zone-type",
	NULL,
};

static bool
seen_before(const struct store_subnet *v, size_t i)
{
	size_t j;

	for (j = 0; j < i; j++) {
		if (str_eq(v[j].availability_zone, v[i].availability_zone))
			return true;
	}
	return false;
}

enum awserr
describe_availability_zones_act(struct call *c)
{
	const struct describe_input *in = c->input;
	struct describe_ids ids = describe_ids(c, &in->ids), names = describe_ids(c, &in->names);
	struct out *o = &c->out;
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
	out_list(o, "availabilityZoneInfo");
	for (i = 0; i < n; i++) {
		if (seen_before(v, i) || !describe_wanted(&names, v[i].availability_zone) ||
		    !describe_wanted(&ids, v[i].availability_zone_id))
			continue;
		at = (struct filter_attrs){ .n = 0 };
		filter_attr(&at, "opt-in-status", STR("opt-in-not-required"));
		filter_attr(&at, "region-name", c->region->name);
		filter_attr(&at, "state", STR("available"));
		filter_attr(&at, "zone-id", v[i].availability_zone_id);
		filter_attr(&at, "zone-name", v[i].availability_zone);
		filter_attr(&at, "zone-type", STR("availability-zone"));
		if (!filter_matches(&in->filters, &at))
			continue;
		out_item(o);
		out_c(o, "optInStatus", "opt-in-not-required");
		out_str(o, "zoneName", v[i].availability_zone);
		out_str(o, "zoneId", v[i].availability_zone_id);
		out_c(o, "zoneState", "available");
		out_str(o, "regionName", c->region->name);
		out_str(o, "groupName", c->region->name);
		out_str(o, "networkBorderGroup", c->region->name);
		out_c(o, "zoneType", "availability-zone");
		out_list(o, "messageSet");
		out_end(o);
		out_end(o);
	}
	out_end(o);
	if ((e = describe_missing(c, &names, AWSERR_INVALID_PARAMETER_VALUE, "zone")) !=
	    AWSERR_NONE)
		return e;
	return describe_missing(c, &ids, AWSERR_INVALID_PARAMETER_VALUE, "zone ID");
}
