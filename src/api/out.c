/*
 * out: see out.h.
 */
#include "api/out.h"

#include <assert.h>

#include "base/date.h"

static bool
is_json(const struct out *o)
{
	return o->protocol == SERVICE_JSON11;
}

static bool
in_list(const struct out *o)
{
	return o->depth > 0 && (o->in_list >> o->depth & 1) != 0;
}

static void
push(struct out *o, bool list)
{
	o->depth++;
	assert(o->depth < OUT_MAX_DEPTH);
	o->in_list &= ~(1u << o->depth);
	o->in_list |= (uint32_t)list << o->depth;
	o->begun_list &= ~(1u << o->depth);
}

/* The record of EC2 has no empty texts. */
static bool
records(const struct out *o, struct str v)
{
	return o->audited && (v.n > 0 || o->protocol != SERVICE_EC2_QUERY);
}

/* Names in the record begin with a small letter. "return" becomes "_return", as on AWS, whose
 * recorder is written in a language that reserves the word. */
static void
audit_name(struct out *o, const char *name)
{
	char small[64];
	int n;

	if (strcmp(name, "return") == 0) {
		jsonw_name(&o->audit, "_return");
		return;
	}
	n = snprintf(small, sizeof(small), "%s", name);
	assert(n > 0 && (size_t)n < sizeof(small));
	small[0] = str_lower(small[0]);
	jsonw_name(&o->audit, small);
}

void
out_init(struct out *o, enum service s, struct arena *a, struct str action, struct str request_id,
    bool audited)
{
	const struct service_info *info = service_info(s);
	const char *root;

	*o = (struct out){ .protocol = info->protocol, .audited = audited };
	buf_init(&o->body, OUT_MAX_BYTES);
	buf_init(&o->audit_body, OUT_MAX_BYTES);
	if (audited) {
		jsonw_init(&o->audit, &o->audit_body);
		jsonw_object(&o->audit);
		if (o->protocol == SERVICE_EC2_QUERY)
			jsonw_m_str(&o->audit, "requestId", request_id);
	}
	if (is_json(o)) {
		jsonw_init(&o->json, &o->body);
		jsonw_object(&o->json);
		return;
	}
	root = arena_fmt(a, "%.*sResponse", STR_FMT(action)).p;
	o->result = arena_fmt(a, "%.*sResult", STR_FMT(action)).p;
	xml_init(&o->xml, &o->body);
	xml_root(&o->xml, root, arena_cstr(a, info->xmlns));
	if (o->protocol == SERVICE_EC2_QUERY)
		xml_str(&o->xml, "requestId", request_id);
}

void
out_result(struct out *o)
{
	if (o->begun)
		return;
	o->begun = true;
	if (o->protocol == SERVICE_AWS_QUERY)
		xml_open(&o->xml, o->result);
}

int
out_finish(struct out *o, struct str request_id)
{
	int r;

	assert(o->depth == 0);
	if (o->audited) {
		jsonw_end(&o->audit);
		if ((r = jsonw_finish(&o->audit)) != 0)
			return r;
		if (o->protocol == SERVICE_AWS_QUERY && !o->begun) {
			buf_clear(&o->audit_body);
			buf_c(&o->audit_body, "null");
		}
	}
	if (is_json(o)) {
		jsonw_end(&o->json);
		return jsonw_finish(&o->json);
	}
	if (o->protocol == SERVICE_AWS_QUERY) {
		if (o->begun)
			xml_close(&o->xml);
		xml_open(&o->xml, "ResponseMetadata");
		xml_str(&o->xml, "RequestId", request_id);
		xml_close(&o->xml);
	}
	xml_close(&o->xml);
	return xml_finish(&o->xml);
}

void
out_release(struct out *o)
{
	buf_release(&o->body);
	buf_release(&o->audit_body);
}

void
out_object(struct out *o, const char *name)
{
	out_result(o);
	if (is_json(o))
		jsonw_m_object(&o->json, name);
	else
		xml_open(&o->xml, name);
	if (o->audited) {
		audit_name(o, name);
		jsonw_object(&o->audit);
	}
	push(o, false);
}

void
out_list(struct out *o, const char *name)
{
	out_result(o);
	if (is_json(o))
		jsonw_m_array(&o->json, name);
	else
		xml_open(&o->xml, name);
	push(o, true);
	if (!o->audited)
		return;
	audit_name(o, name);
	if (o->protocol != SERVICE_EC2_QUERY) {
		jsonw_array(&o->audit);
		return;
	}
	jsonw_object(&o->audit);
	/* One list has another form in all of AWS's records. */
	o->item_list &= ~(1u << o->depth);
	o->item_list |= (uint32_t)(strcmp(name, "privateIpAddressesSet") == 0) << o->depth;
}

/* An item is about to be written: opens the array of the list, which an empty list has not. */
static void
audit_item(struct out *o)
{
	if (o->protocol != SERVICE_EC2_QUERY || (o->begun_list >> o->depth & 1) != 0)
		return;
	o->begun_list |= 1u << o->depth;
	jsonw_m_array(&o->audit, (o->item_list >> o->depth & 1) != 0 ? "item" : "items");
}

static const char *
item_name(const struct out *o)
{
	return o->protocol == SERVICE_EC2_QUERY ? "item" : "member";
}

void
out_item(struct out *o)
{
	assert(in_list(o));
	if (is_json(o))
		jsonw_object(&o->json);
	else
		xml_open(&o->xml, item_name(o));
	if (o->audited) {
		audit_item(o);
		jsonw_object(&o->audit);
	}
	push(o, false);
}

void
out_end(struct out *o)
{
	bool begun = in_list(o) && (o->begun_list >> o->depth & 1) != 0;

	assert(o->depth > 0);
	o->depth--;
	if (is_json(o))
		jsonw_end(&o->json);
	else
		xml_close(&o->xml);
	if (o->audited) {
		jsonw_end(&o->audit);
		if (begun)
			jsonw_end(&o->audit);
	}
}

void
out_str(struct out *o, const char *name, struct str v)
{
	out_result(o);
	if (is_json(o))
		jsonw_m_str(&o->json, name, v);
	else
		xml_str(&o->xml, name, v);
	if (records(o, v)) {
		audit_name(o, name);
		jsonw_str(&o->audit, v);
	}
}

void
out_opt(struct out *o, const char *name, struct str v)
{
	if (v.n > 0)
		out_str(o, name, v);
}

void
out_c(struct out *o, const char *name, const char *v)
{
	out_str(o, name, str_of(v));
}

void
out_i64_unrecorded(struct out *o, const char *name, int64_t v)
{
	out_result(o);
	if (is_json(o))
		jsonw_m_i64(&o->json, name, v);
	else
		xml_i64(&o->xml, name, v);
}

void
out_i64(struct out *o, const char *name, int64_t v)
{
	out_i64_unrecorded(o, name, v);
	if (o->audited) {
		audit_name(o, name);
		jsonw_i64(&o->audit, v);
	}
}

void
out_bool(struct out *o, const char *name, bool v)
{
	out_result(o);
	if (is_json(o))
		jsonw_m_bool(&o->json, name, v);
	else
		xml_bool(&o->xml, name, v);
	if (o->audited) {
		audit_name(o, name);
		jsonw_bool(&o->audit, v);
	}
}

/* A time in the record is written out in words in IAM and STS, and is a number of milliseconds
 * in the other services. */
static void
audit_time(struct out *o, const char *name, int64_t at_s)
{
	struct buf b;

	audit_name(o, name);
	if (o->protocol != SERVICE_AWS_QUERY) {
		jsonw_i64(&o->audit, at_s * 1000);
		return;
	}
	buf_init(&b, 64);
	date_words_write(&b, at_s);
	jsonw_str(&o->audit, buf_view(&b));
	buf_release(&b);
}

/* In JSON 1.1 a time is a number of seconds. EC2 writes a date with milliseconds, which are
 * always .000; IAM and STS write it without (wire.md 4.1, 8.1, trap 36). */
void
out_time(struct out *o, const char *name, int64_t at_s)
{
	out_result(o);
	if (is_json(o))
		jsonw_m_i64(&o->json, name, at_s);
	else if (o->protocol == SERVICE_EC2_QUERY)
		xml_time_ms(&o->xml, name, at_s * 1000);
	else
		xml_time(&o->xml, name, at_s);
	if (o->audited)
		audit_time(o, name, at_s);
}

void
out_secret(struct out *o, const char *name, struct str v)
{
	out_result(o);
	o->secret = true;
	if (is_json(o))
		jsonw_m_str(&o->json, name, v);
	else
		xml_str(&o->xml, name, v);
}

void
out_item_str(struct out *o, struct str v)
{
	assert(in_list(o));
	if (is_json(o))
		jsonw_str(&o->json, v);
	else
		xml_str(&o->xml, item_name(o), v);
	if (o->audited) {
		audit_item(o);
		jsonw_str(&o->audit, v);
	}
}
