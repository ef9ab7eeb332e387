/*
 * trail: cloudtrail:DescribeTrails, GetTrail, ListTrails, GetTrailStatus and GetEventSelectors. An
 * installation that exports its audit trail (the setting audit_export) has one trail, "openeic",
 * which has all management events and signed digests; it goes to a file and has no bucket. One that
 * exports nothing has no trail: its events can be looked up, as on AWS. What is not known is left
 * out, such as the time of the last delivery. Source: CloudTrail API reference.
 */
#include "api/call.h"
#include "store/store_digest.h"
#include "svc/cloudtrail/actions.h"

#define NAME "openeic"

struct trail_input {
	struct str name;
	struct field_strs names;
	struct field_bool shadows;
	struct str next_token;
};

#define TRAIL_NAME(wire) \
	{ \
		.name = (wire), .type = FIELD_STR, .at = offsetof(struct trail_input, name), \
		.required = true \
	}

static const struct field name_fields[] = { TRAIL_NAME("Name") };
static const struct field trail_name_fields[] = { TRAIL_NAME("TrailName") };
static const struct field describe_fields[] = {
	{ .name = "trailNameList",
	    .type = FIELD_STR_LIST,
	    .at = offsetof(struct trail_input, names),
	    .record = FIELD_RECORD_ALWAYS },
	/* Copies of trails of other regions, and there are none. */
	{ .name = "includeShadowTrails",
	    .type = FIELD_BOOL,
	    .at = offsetof(struct trail_input, shadows) },
};
static const struct field list_fields[] = {
	{ .name = "NextToken", .type = FIELD_STR, .at = offsetof(struct trail_input, next_token) },
};

/* The ARN of the trail of this name; a name may be an ARN. */
static struct str
arn_of(struct call *c, struct str name)
{
	if (str_starts(name, STR("arn:")))
		return name;
	return call_arn(c, STR("cloudtrail"), arena_fmt(c->arena, "trail/%.*s", STR_FMT(name)));
}

static bool
is_there(struct call *c, struct str name)
{
	return c->region->export != NULL && str_eq(arn_of(c, name), arn_of(c, STR(NAME)));
}

static enum awserr
scope(struct call *c)
{
	const struct trail_input *in = c->input;
	const char *const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "._-";
	const struct str prefix = call_arn(c, STR("cloudtrail"), STR("trail/"));
	struct str name = in->name, arn;

	if (str_starts(name, STR("arn:"))) {
		if (!str_starts(name, prefix))
			return AWSERR_INVALID_TRAIL_ARN;
		name = str_from(name, prefix.n);
	}
	if (name.n < 3 || name.n > 128 || !str_all_in(name, allowed))
		return call_fail(c, AWSERR_INVALID_TRAIL_NAME,
		    "A trail name has 3 to 128 letters, digits, '.', '_' and '-'.");
	arn = arn_of(c, in->name);
	call_target_arn(c, arn);
	if (!is_there(c, in->name))
		return call_defer(c,
		    call_fail(c, AWSERR_TRAIL_NOT_FOUND, "Unknown trail: %.*s for the user: %.*s",
			STR_FMT(arn), STR_FMT(c->principal.account_id)));
	return AWSERR_NONE;
}

static void
trail_write(struct call *c)
{
	struct out *o = &c->out;

	out_c(o, "Name", NAME);
	out_bool(o, "IncludeGlobalServiceEvents", true);
	out_bool(o, "IsMultiRegionTrail", true);
	out_str(o, "HomeRegion", c->region->name);
	out_str(o, "TrailARN", arn_of(c, STR(NAME)));
	out_bool(o, "LogFileValidationEnabled", true);
	out_bool(o, "HasCustomEventSelectors", false);
	out_bool(o, "HasInsightSelectors", false);
	out_bool(o, "IsOrganizationTrail", false);
}

static enum awserr
describe_act(struct call *c)
{
	const struct trail_input *in = c->input;
	bool shown = c->region->export != NULL && in->names.n == 0;
	size_t i;

	for (i = 0; i < in->names.n; i++)
		shown = shown || is_there(c, in->names.v[i]);
	out_list(&c->out, "trailList");
	if (shown) {
		out_item(&c->out);
		trail_write(c);
		out_end(&c->out);
	}
	out_end(&c->out);
	return AWSERR_NONE;
}

static enum awserr
get_act(struct call *c)
{
	out_object(&c->out, "Trail");
	trail_write(c);
	out_end(&c->out);
	return AWSERR_NONE;
}

/* There is one page at most, so that no token can be right. */
static enum awserr
list_act(struct call *c)
{
	const struct trail_input *in = c->input;

	if (in->next_token.n > 0)
		return AWSERR_INVALID_TOKEN;
	out_list(&c->out, "Trails");
	if (c->region->export != NULL) {
		out_item(&c->out);
		out_str(&c->out, "TrailARN", arn_of(c, STR(NAME)));
		out_c(&c->out, "Name", NAME);
		out_str(&c->out, "HomeRegion", c->region->name);
		out_end(&c->out);
	}
	out_end(&c->out);
	return AWSERR_NONE;
}

static enum awserr
status_act(struct call *c)
{
	struct store_digest d;
	int r;

	r = store_digest_last(c->region->store, c->arena, STORE_NODE_ONLY, &d);
	if (r != 0 && r != ERR_NOTFOUND)
		return call_internal(c, "digest", r);
	out_bool(&c->out, "IsLogging", true);
	if (r == 0)
		out_time(&c->out, "LatestDigestDeliveryTime", d.created_at);
	return AWSERR_NONE;
}

static enum awserr
selectors_act(struct call *c)
{
	struct out *o = &c->out;

	out_str(o, "TrailARN", arn_of(c, STR(NAME)));
	out_list(o, "EventSelectors");
	out_item(o);
	out_c(o, "ReadWriteType", "All");
	out_bool(o, "IncludeManagementEvents", true);
	out_list(o, "DataResources");
	out_end(o);
	out_list(o, "ExcludeManagementEventSources");
	out_end(o);
	out_end(o);
	out_end(o);
	return AWSERR_NONE;
}

#define READ(NAME, FIELDS) \
	.name = (NAME), .iam_action = "cloudtrail:" NAME, .class = ACTION_OTHER, \
	.read_only = true, .fields = (FIELDS), .n_fields = FIELD_N(FIELDS), \
	.input_size = sizeof(struct trail_input)

static const struct action actions[] = {
	{ READ("DescribeTrails", describe_fields), .act = describe_act },
	{ READ("ListTrails", list_fields), .act = list_act },
	{ READ("GetTrail", name_fields), .scope = scope, .act = get_act },
	{ READ("GetTrailStatus", name_fields), .scope = scope, .act = status_act },
	{ READ("GetEventSelectors", trail_name_fields), .scope = scope, .act = selectors_act },
};
const struct action_rows trail_rows = { actions, FIELD_N(actions) };
