/*
 * lookup_events: cloudtrail:LookupEvents (docs/wire.md 8.1). Because a record may be large,
 * events are read in pieces, each into memory that is free again before the next.
 */
#include "api/call.h"
#include "api/place.h"
#include "base/num.h"
#include "base/rd.h"
#include "store/store_audit.h"
#include "svc/cloudtrail/actions.h"

#define WINDOW_S (90 * INT64_C(86400))
#define MAX_EVENTS 50
#define PIECE_EVENTS 10
#define PIECE_BYTES (16u << 20)
/* A page ends early when its records together reach this length. */
#define PAGE_BYTES (1u << 20)
#define MAX_VALUE_BYTES 2000

struct lookup_attribute {
	struct str key;
	struct str value;
};

struct input {
	struct field_list attributes; /* struct lookup_attribute */
	struct field_time start, end;
	struct str category;
	struct field_int max_results;
	struct str next_token;
};

/* The act checks whatever has an error code of CloudTrail's own when it is wrong. */
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

static const struct field fields[] = {
	{ .name = "LookupAttributes",
	    .type = FIELD_LIST,
	    .at = offsetof(struct input, attributes),
	    .members = attribute_fields,
	    .n_members = FIELD_N(attribute_fields),
	    .size = sizeof(struct lookup_attribute) },
	{ .name = "StartTime", .type = FIELD_TIME, .at = offsetof(struct input, start) },
	{ .name = "EndTime", .type = FIELD_TIME, .at = offsetof(struct input, end) },
	{ .name = "EventCategory", .type = FIELD_STR, .at = offsetof(struct input, category) },
	{ .name = "MaxResults", .type = FIELD_INT, .at = offsetof(struct input, max_results) },
	{ .name = "NextToken", .type = FIELD_STR, .at = offsetof(struct input, next_token) },
};

struct lookup {
	struct store_audit_query q;
	struct str token; /* where the next page begins */
	size_t n, bytes;
	bool more;
};

static const struct {
	const char *name;
	enum store_audit_attribute attribute;
} attributes[] = {
	{ "EventId", STORE_AUDIT_EVENT_ID },
	{ "EventName", STORE_AUDIT_EVENT_NAME },
	{ "ReadOnly", STORE_AUDIT_READ_ONLY },
	{ "Username", STORE_AUDIT_USERNAME },
	{ "ResourceType", STORE_AUDIT_RESOURCE_TYPE },
	{ "ResourceName", STORE_AUDIT_RESOURCE_NAME },
	{ "EventSource", STORE_AUDIT_EVENT_SOURCE },
	{ "AccessKeyId", STORE_AUDIT_ACCESS_KEY_ID },
};

/* Reads the attribute to look for. AWS allows at most one. */
static enum awserr
attribute_read(struct call *c, struct store_audit_query *q)
{
	const struct input *in = c->input;
	const struct lookup_attribute *a = in->attributes.v;
	size_t i;

	if (in->attributes.n == 0)
		return AWSERR_NONE;
	if (in->attributes.n > 1)
		return call_fail(c, AWSERR_INVALID_LOOKUP_ATTRIBUTES,
		    "You can only have one lookup attribute.");
	if (a->value.n == 0 || a->value.n > MAX_VALUE_BYTES)
		return call_fail(c, AWSERR_INVALID_LOOKUP_ATTRIBUTES,
		    "The value of a lookup attribute has 1 to %d characters.", MAX_VALUE_BYTES);
	for (i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
		if (str_eq_c(a->key, attributes[i].name))
			break;
	}
	if (i == sizeof(attributes) / sizeof(attributes[0]))
		return call_fail(c, AWSERR_INVALID_LOOKUP_ATTRIBUTES,
		    "The key of the lookup attribute is not one of those there are.");
	q->attribute = attributes[i].attribute;
	q->value = a->value;
	if (q->attribute == STORE_AUDIT_READ_ONLY && !str_eq_c(a->value, "true") &&
	    !str_eq_c(a->value, "false"))
		return call_fail(c, AWSERR_INVALID_LOOKUP_ATTRIBUTES,
		    "The value of ReadOnly is true or false.");
	return AWSERR_NONE;
}

/* The time of an event is in whole seconds. The start of the range is rounded up and its end
 * down, so that only events within it are found. */
static enum awserr
range_read(struct call *c, struct store_audit_query *q)
{
	const struct input *in = c->input;

	if (in->start.given && in->end.given && in->start.at_ms > in->end.at_ms)
		return AWSERR_INVALID_TIME_RANGE;
	q->from_at = c->now_s - WINDOW_S;
	if (in->start.given && (in->start.at_ms + 999) / 1000 > q->from_at)
		q->from_at = (in->start.at_ms + 999) / 1000;
	q->to_at = in->end.given ? in->end.at_ms / 1000 : INT64_MAX;
	return AWSERR_NONE;
}

static uint64_t
mix(uint64_t h, struct str s)
{
	size_t i;

	/* FNV-1a, and not the hash of base: without a seed the value is the same after a
	 * restart. The byte 0xff, which is in no text, marks the end of each. */
	for (i = 0; i < s.n; i++)
		h = (h ^ (uint8_t)s.p[i]) * UINT64_C(0x100000001b3);
	return (h ^ 0xff) * UINT64_C(0x100000001b3);
}

/* A hash of the query, which its tokens are bound to. It need not be hard to forge: a made-up
 * token only leads to another place among the same events. */
static struct str
query_mark(struct call *c, const struct store_audit_query *q)
{
	const struct input *in = c->input;
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	h = mix(h, arena_fmt(c->arena, "%d", (int)q->attribute));
	h = mix(h, q->value);
	h = mix(h, in->category);
	h = mix(h,
	    in->start.given ? arena_fmt(c->arena, "%lld", (long long)in->start.at_ms) : STR(""));
	h = mix(h, in->end.given ? arena_fmt(c->arena, "%lld", (long long)in->end.at_ms) : STR(""));
	return arena_fmt(c->arena, "%016llx", (unsigned long long)h);
}

/* Reads a token: "MARK:AT:SEQ", the hash of the query and the place of the last event of the
 * page before. */
static enum awserr
token_read(struct call *c, struct store_audit_query *q)
{
	const struct input *in = c->input;
	struct str place, mark, at;
	struct rd rd;

	if (in->next_token.n == 0)
		return AWSERR_NONE;
	if (place_of(c, in->next_token, &place) != 0)
		return AWSERR_INVALID_PAGE_TOKEN;
	rd = rd_of(place);
	if (rd_until(&rd, ':', 16, &mark) != 0 || !str_eq(mark, query_mark(c, q)) ||
	    rd_until(&rd, ':', 20, &at) != 0 ||
	    num_i64_parse(at, 0, INT64_MAX, &q->before_at) != 0 ||
	    num_i64_parse(rd.rest, 1, INT64_MAX, &q->before_place) != 0)
		return AWSERR_INVALID_PAGE_TOKEN;
	return AWSERR_NONE;
}

static enum awserr
query_read(struct call *c, struct store_audit_query *q, size_t *ret_limit)
{
	const struct input *in = c->input;
	enum awserr e;

	q->account_id = c->principal.account_id;
	*ret_limit = MAX_EVENTS;
	if (in->max_results.given) {
		if (in->max_results.v < 1 || in->max_results.v > MAX_EVENTS)
			return AWSERR_INVALID_MAX_RESULTS;
		*ret_limit = (size_t)in->max_results.v;
	}
	if (in->category.n > 0 && !str_eq_c(in->category, "insight") &&
	    !str_eq_c(in->category, "management"))
		return AWSERR_INVALID_EVENT_CATEGORY;
	if ((e = attribute_read(c, q)) != AWSERR_NONE || (e = range_read(c, q)) != AWSERR_NONE)
		return e;
	return token_read(c, q);
}

static void
event_write(struct out *o, const struct store_audit_event *v)
{
	size_t i;

	out_item(o);
	out_str(o, "EventId", v->event_id);
	out_str(o, "EventName", v->event_name);
	out_c(o, "ReadOnly", v->read_only ? "true" : "false");
	out_str(o, "AccessKeyId", v->access_key_id);
	out_time(o, "EventTime", v->event_at);
	out_str(o, "EventSource", v->event_source);
	out_str(o, "Username", v->username);
	out_list(o, "Resources");
	for (i = 0; i < v->n_resources; i++) {
		out_item(o);
		out_str(o, "ResourceType", v->resources[i].type);
		out_str(o, "ResourceName", v->resources[i].name);
		out_end(o);
	}
	out_end(o);
	out_str(o, "CloudTrailEvent", v->record);
	out_end(o);
}

/* Writes a piece of the page. The last piece asks for one event more than fits on the page, to
 * find out whether another page follows. ERR_AGAIN: the page goes on with another piece. */
static int
piece_write(struct call *c, struct arena *a, struct lookup *l, size_t limit)
{
	struct store_audit_event *v;
	size_t i, n;
	int r;

	l->q.limit = limit - l->n < PIECE_EVENTS ? limit - l->n + 1 : PIECE_EVENTS;
	l->more = false;
	if ((r = store_audit_lookup(c->region->store, a, &l->q, &v, &n)) != 0)
		return r;
	for (i = 0; i < n; i++) {
		if (l->n == limit || l->bytes >= PAGE_BYTES) {
			l->more = true;
			break;
		}
		event_write(&c->out, &v[i]);
		l->q.before_at = v[i].event_at;
		l->q.before_place = v[i].place;
		l->bytes += v[i].record.n;
		l->n++;
	}
	return n == l->q.limit && !l->more ? ERR_AGAIN : 0;
}

static int
events_write(struct call *c, struct lookup *l, size_t limit)
{
	struct arena *a = arena_new(PIECE_BYTES);
	int r;

	do {
		arena_reset(a);
		r = piece_write(c, a, l, limit);
	} while (r == ERR_AGAIN);
	arena_free(a);
	return r;
}

static enum awserr
act(struct call *c)
{
	const struct input *in = c->input;
	struct lookup l = { .more = false };
	struct str mark;
	enum awserr e;
	size_t limit;
	int r = 0;

	if ((e = query_read(c, &l.q, &limit)) != AWSERR_NONE)
		return e;
	mark = query_mark(c, &l.q);
	out_list(&c->out, "Events");
	/* The list of insight events is always empty: nothing here looks for unusual activity. */
	if (!str_eq_c(in->category, "insight"))
		r = events_write(c, &l, limit);
	out_end(&c->out);
	if (r != 0)
		return call_internal(c, "events", r);
	if (l.more)
		out_str(&c->out, "NextToken",
		    place_token(c,
			arena_fmt(c->arena, "%.*s:%lld:%lld", STR_FMT(mark),
			    (long long)l.q.before_at, (long long)l.q.before_place)));
	return AWSERR_NONE;
}

static const struct action actions[] = {
	{ .name = "LookupEvents",
	    .iam_action = "cloudtrail:LookupEvents",
	    .class = ACTION_LOOKUP,
	    .read_only = true,
	    .fields = fields,
	    .n_fields = FIELD_N(fields),
	    .input_size = sizeof(struct input),
	    .act = act },
};
const struct action_rows lookup_events_rows = { actions, FIELD_N(actions) };
