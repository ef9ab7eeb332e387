/*
 * describe_regions: the act of ec2:DescribeRegions: this one.
 */
#include "svc/ec2/describe.h"
#include "svc/ec2/ec2.h"

static const char *const filter_names[] = { "endpoint", "opt-in-status", "region-name", NULL };

enum awserr
describe_regions_act(struct call *c)
{
	const struct describe_input *in = c->input;
	struct describe_ids names = describe_ids(c, &in->names);
	struct filter_attrs at = { .n = 0 };
	struct out *o = &c->out;
	struct str endpoint;
	enum awserr e;

	if ((e = filter_check(c, &in->filters, filter_names)) != AWSERR_NONE)
		return e;
	endpoint = arena_fmt(c->arena, "ec2.%.*s.%.*s", STR_FMT(c->region->name),
	    STR_FMT(c->region->domain));
	filter_attr(&at, "endpoint", endpoint);
	filter_attr(&at, "opt-in-status", STR("opt-in-not-required"));
	filter_attr(&at, "region-name", c->region->name);
	out_list(o, "regionInfo");
	if (describe_wanted(&names, c->region->name) && filter_matches(&in->filters, &at)) {
		out_item(o);
		out_str(o, "regionName", c->region->name);
		out_str(o, "regionEndpoint", endpoint);
		out_c(o, "optInStatus", "opt-in-not-required");
		out_end(o);
	}
	out_end(o);
	return describe_missing(c, &names, AWSERR_INVALID_PARAMETER_VALUE, "region");
}
