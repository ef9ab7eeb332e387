/*
 * cloudtrail: the rows of CloudTrail in the action table. What has an error of
 * CloudTrail's own is checked by the act.
 */
#include "svc/cloudtrail/cloudtrail.h"

#include "svc/cloudtrail/lookup_events.h"

#define IN struct lookup_events_input

static const struct field attribute_fields[] = {
	{ .name = "AttributeKey",
	    .type = FIELD_STR,
	    .at = offsetof(struct lookup_attribute, key),
	    .required = true },
	{ .name = "AttributeValue",
	    .type = FIELD_STR,
	    .at = offsetof(struct lookup_attribute, value),
	    .required = true },
};

static const struct field lookup_events_fields[] = {
	{ .name = "LookupAttributes",
	    .type = FIELD_LIST,
	    .at = offsetof(IN, attributes),
	    .members = attribute_fields,
	    .n_members = FIELD_N(attribute_fields),
	    .size = sizeof(struct lookup_attribute) },
	{ .name = "StartTime", .type = FIELD_TIME, .at = offsetof(IN, start) },
	{ .name = "EndTime", .type = FIELD_TIME, .at = offsetof(IN, end) },
	{ .name = "EventCategory", .type = FIELD_STR, .at = offsetof(IN, category) },
	{ .name = "MaxResults", .type = FIELD_INT, .at = offsetof(IN, max_results) },
	{ .name = "NextToken", .type = FIELD_STR, .at = offsetof(IN, next_token) },
};

static const struct action actions[] = {
	{ .name = "LookupEvents",
	    .iam_action = "cloudtrail:LookupEvents",
	    .class = ACTION_LOOKUP,
	    .read_only = true,
	    .fields = lookup_events_fields,
	    .n_fields = FIELD_N(lookup_events_fields),
	    .input_size = sizeof(IN),
	    .act = lookup_events_act },
};
static const struct action_rows rows = { actions, FIELD_N(actions) };
const struct action_rows *const cloudtrail_rows[] = { &rows, NULL };
