/*
 * zone: ec2:DescribeAvailabilityZones and ec2:DescribeRegions. The zones are those in which the
 * account has subnets, for it can launch only there. The only region is this one.
 */
#include "store/store_subnet.h"
#include "svc/ec2/actions.h"
#include "svc/ec2/describe.h"

#define OPT_IN "opt-in-not-required"

/* ---- zones ---- */

struct zone {
	struct str name, id;
	struct str region;
};

static const struct describe_filter zone_filters[] = {
	{ .name = "group-long-name", .source = DESCRIBE_UNSUPPORTED },
	{ "group-name", DESCRIBE_STR, .at = offsetof(struct zone, region) },
	/* A message tells of an impairment, and a parent belongs to a local zone. */
	{ .name = "message", .source = DESCRIBE_NEVER },
	{ "opt-in-status", DESCRIBE_TEXT, .text = OPT_IN },
	{ .name = "parent-zone-id", .source = DESCRIBE_NEVER },
	{ .name = "parent-zone-name", .source = DESCRIBE_NEVER },
	{ "region-name", DESCRIBE_STR, .at = offsetof(struct zone, region) },
	{ "state", DESCRIBE_TEXT, .text = "available" },
	{ "zone-id", DESCRIBE_STR, .at = offsetof(struct zone, id) },
	{ "zone-name", DESCRIBE_STR, .at = offsetof(struct zone, name) },
	{ "zone-type", DESCRIBE_TEXT, .text = "availability-zone" },
};

static const struct describe_pick zone_picks[] = {
	{ offsetof(struct describe_input, names), offsetof(struct zone, name),
	    AWSERR_INVALID_PARAMETER_VALUE, "zone" },
	{ offsetof(struct describe_input, ids), offsetof(struct zone, id),
	    AWSERR_INVALID_PARAMETER_VALUE, "zone ID" },
};

static bool
zone_is_there(const struct zone *zones, size_t n, struct str name)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (str_eq(zones[i].name, name))
			return true;
	}
	return false;
}

/* Lists all zones in one page. They are found in the first STORE_PAGE_MAX subnets; subnets
 * beyond those are not looked at. */
static int
zone_list_page(struct describe *d, void **ret, size_t *ret_n)
{
	struct store_subnet *v;
	struct zone *zones;
	size_t i, n;
	int r;

	*ret_n = 0;
	if (d->after.n > 0)
		return 0;
	r = store_subnet_list(d->c->region->store, d->arena, d->c->principal.account_id, STR(""),
	    STORE_PAGE_MAX, &v, &n);
	if (r != 0)
		return r;
	*ret = zones = arena_array(d->arena, n > 0 ? n : 1, sizeof(*zones));
	for (i = 0; i < n; i++) {
		if (!zone_is_there(zones, *ret_n, v[i].availability_zone))
			zones[(*ret_n)++] = (struct zone){ .name = v[i].availability_zone,
				.id = v[i].availability_zone_id,
				.region = d->c->region->name };
	}
	return 0;
}

static enum awserr
zone_write(struct call *c, const void *item, const struct store_tag *tags, size_t n_tags)
{
	const struct zone *v = item;
	struct out *o = &c->out;

	(void)tags;
	(void)n_tags;
	out_c(o, "optInStatus", OPT_IN);
	out_str(o, "zoneName", v->name);
	out_str(o, "zoneId", v->id);
	out_c(o, "zoneState", "available");
	out_str(o, "regionName", v->region);
	out_str(o, "groupName", v->region);
	out_str(o, "networkBorderGroup", v->region);
	out_c(o, "zoneType", "availability-zone");
	out_list(o, "messageSet");
	out_end(o);
	return AWSERR_NONE;
}

static const struct describe_entity zone = {
	.list = "availabilityZoneInfo",
	.size = sizeof(struct zone),
	.id_at = offsetof(struct zone, name),
	.picks = zone_picks,
	.n_picks = FIELD_N(zone_picks),
	.filters = zone_filters,
	.n_filters = FIELD_N(zone_filters),
	.list_page = zone_list_page,
	.write = zone_write,
};

static const struct field zone_fields[] = {
	DESCRIBE_NAMES("ZoneName", "availabilityZoneSet/zoneName"),
	DESCRIBE_IDS("ZoneId", FORM_PRINTABLE, "availabilityZoneIdSet/zoneId"),
	DESCRIBE_SOME_FILTERS,
	DESCRIBE_MORE("AllAvailabilityZones", more),
};

/* ---- regions ---- */

struct place {
	struct str name, endpoint;
};

static const struct describe_filter region_filters[] = {
	{ "endpoint", DESCRIBE_STR, .at = offsetof(struct place, endpoint) },
	{ "opt-in-status", DESCRIBE_TEXT, .text = OPT_IN },
	{ "region-name", DESCRIBE_STR, .at = offsetof(struct place, name) },
};

static const struct describe_pick region_picks[] = {
	{ offsetof(struct describe_input, names), offsetof(struct place, name),
	    AWSERR_INVALID_PARAMETER_VALUE, "region" },
};

static int
region_list_page(struct describe *d, void **ret, size_t *ret_n)
{
	const struct region *region = d->c->region;
	struct place *v = arena_alloc(d->arena, sizeof(*v));

	v->name = region->name;
	v->endpoint =
	    arena_fmt(d->arena, "ec2.%.*s.%.*s", STR_FMT(region->name), STR_FMT(region->domain));
	*ret = v;
	*ret_n = 1;
	return 0;
}

static enum awserr
region_write(struct call *c, const void *item, const struct store_tag *tags, size_t n_tags)
{
	const struct place *v = item;

	(void)tags;
	(void)n_tags;
	out_str(&c->out, "regionName", v->name);
	out_str(&c->out, "regionEndpoint", v->endpoint);
	out_c(&c->out, "optInStatus", OPT_IN);
	return AWSERR_NONE;
}

static const struct describe_entity region = {
	.list = "regionInfo",
	.size = sizeof(struct place),
	.id_at = offsetof(struct place, name),
	.picks = region_picks,
	.n_picks = FIELD_N(region_picks),
	.filters = region_filters,
	.n_filters = FIELD_N(region_filters),
	.list_page = region_list_page,
	.write = region_write,
};

static const struct field region_fields[] = {
	DESCRIBE_NAMES("RegionName", "regionSet/regionName"),
	DESCRIBE_SOME_FILTERS,
	DESCRIBE_MORE("AllRegions", more),
};

static const struct action actions[] = {
	{ EC2_DESCRIBE("DescribeAvailabilityZones", zone_fields, zone) },
	{ EC2_DESCRIBE("DescribeRegions", region_fields, region) },
};
const struct action_rows zone_rows = { actions, FIELD_N(actions) };
