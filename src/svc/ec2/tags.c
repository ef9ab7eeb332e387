/*
 * tags: see tags.h.
 */
#include "svc/ec2/tags.h"

#include "codec/utf8.h"
#include "store/store_image.h"
#include "store/store_instance.h"
#include "store/store_security_group.h"
#include "store/store_subnet.h"
#include "store/store_vpc.h"
#include "svc/ec2/actions.h"

#define MAX_KEY_CHARACTERS 128
#define MAX_VALUE_CHARACTERS 256
#define RESERVED STR("aws:")

const struct field tags_fields[TAGS_N_FIELDS] = {
	{ .name = "Key", .type = FIELD_STR, .at = offsetof(struct tag_input, key) },
	{ .name = "Value", .type = FIELD_STR, .at = offsetof(struct tag_input, value) },
};

/* Tags are shown in lists and logs, so they must be one line of valid text. */
static bool
is_text(struct str s)
{
	return !str_has_ctl(s) && utf8_valid(s);
}

static enum awserr
one_check(struct call *c, const struct tag_input *t)
{
	if (!is_text(t->key))
		return call_fail(c, AWSERR_INVALID_PARAMETER_VALUE,
		    "Tag key contains characters that are not allowed");
	if (!is_text(t->value))
		return call_fail(c, AWSERR_INVALID_PARAMETER_VALUE,
		    "Tag value contains characters that are not allowed");
	if (t->key.n == 0)
		return call_fail(c, AWSERR_INVALID_PARAMETER_VALUE, "Tag key cannot be empty.");
	if (utf8_length(t->key) > MAX_KEY_CHARACTERS)
		return call_fail(c, AWSERR_INVALID_PARAMETER_VALUE,
		    "Tag key exceeds the maximum length of 128 characters");
	if (utf8_length(t->value) > MAX_VALUE_CHARACTERS)
		return call_fail(c, AWSERR_INVALID_PARAMETER_VALUE,
		    "Tag value exceeds the maximum length of 256 characters");
	if (str_eq_nocase(str_head(t->key, RESERVED.n), RESERVED))
		return call_fail(c, AWSERR_INVALID_PARAMETER_VALUE,
		    "Tag keys starting with 'aws:' are reserved for internal use");
	return AWSERR_NONE;
}

enum awserr
tags_check(struct call *c, const struct field_list *tags)
{
	const struct tag_input *t = tags->v;
	enum awserr e;
	size_t i, j;

	if (tags->n > TAGS_MAX)
		return AWSERR_TAG_LIMIT;
	for (i = 0; i < tags->n; i++) {
		if ((e = one_check(c, &t[i])) != AWSERR_NONE)
			return e;
		for (j = 0; j < i; j++) {
			if (str_eq(t[i].key, t[j].key))
				return call_fail(c, AWSERR_INVALID_PARAMETER_VALUE,
				    "Duplicate tag key '%.*s' specified.", STR_FMT(t[i].key));
		}
	}
	return AWSERR_NONE;
}

void
tags_context(struct call *c, const struct field_list *tags, bool of_target)
{
	struct str *keys = arena_array(c->arena, tags->n > 0 ? tags->n : 1, sizeof(*keys));
	const struct tag_input *t = tags->v;
	struct str name;
	size_t i;

	if (tags->n == 0)
		return;
	for (i = 0; i < tags->n; i++) {
		keys[i] = t[i].key;
		name = arena_fmt(c->arena, "aws:RequestTag/%.*s", STR_FMT(t[i].key));
		if (of_target)
			call_target_context(c, name, t[i].value);
		else
			call_context(c, name, t[i].value);
	}
	if (of_target)
		call_target_context_list(c, STR("aws:TagKeys"), keys, tags->n);
	else
		call_context_list(c, STR("aws:TagKeys"), keys, tags->n);
}

enum awserr
tags_set(struct call *c, enum ids_type type, struct str id, const struct field_list *tags)
{
	struct store_tag v = { .account_id = c->principal.account_id,
		.resource_id = id,
		.resource_type = str_of(ids_resource_type(type)) };
	const struct tag_input *t = tags->v;
	struct store_tag *there;
	size_t i, n;
	int r;

	for (i = 0; i < tags->n; i++) {
		v.key = t[i].key;
		v.value = t[i].value;
		if ((r = store_tag_set(c->region->store, &v)) != 0)
			return call_internal(c, "tag", r);
	}
	if ((r = store_tag_list(c->region->store, c->arena, id, &there, &n)) != 0)
		return call_internal(c, "tags", r);
	return n > TAGS_MAX ? AWSERR_TAG_LIMIT : AWSERR_NONE;
}

void
tags_write(struct out *o, const struct store_tag *tags, size_t n)
{
	size_t i;

	out_list(o, "tagSet");
	for (i = 0; i < n; i++) {
		out_item(o);
		out_str(o, "key", tags[i].key);
		out_str(o, "value", tags[i].value);
		out_end(o);
	}
	out_end(o);
}

/* ---- CreateTags, DeleteTags ---- */

struct tags_input {
	struct field_strs ids;
	struct field_list tags; /* struct tag_input */
};

/* Does the caller's account have a resource with this id? 0 or ERR_NOTFOUND. */
static int
resource_find(struct call *c, enum ids_type type, struct str id)
{
	struct store *st = c->region->store;
	struct str account = { NULL, 0 };
	struct store_security_group group;
	struct store_instance instance;
	struct store_subnet subnet;
	struct store_image image;
	struct store_vpc vpc;
	int r = ERR_NOTFOUND;

	if (type == IDS_INSTANCE && (r = store_instance_get(st, c->arena, id, &instance)) == 0)
		account = instance.account_id;
	else if (type == IDS_IMAGE && (r = store_image_get(st, c->arena, id, &image)) == 0)
		account = image.account_id;
	else if (type == IDS_VPC && (r = store_vpc_get(st, c->arena, id, &vpc)) == 0)
		account = vpc.account_id;
	else if (type == IDS_SUBNET && (r = store_subnet_get(st, c->arena, id, &subnet)) == 0)
		account = subnet.account_id;
	else if (type == IDS_SECURITY_GROUP &&
	    (r = store_security_group_get(st, c->arena, id, &group)) == 0)
		account = group.account_id;
	if (r == 0 && !str_eq(account, c->principal.account_id))
		r = ERR_NOTFOUND;
	return r;
}

static enum awserr
not_found(struct call *c, enum ids_type type, struct str id)
{
	static const struct {
		enum ids_type type;
		enum awserr e;
		const char *what;
	} rows[] = {
		{ IDS_INSTANCE, AWSERR_INSTANCE_ID_NOT_FOUND, "instance ID" },
		{ IDS_IMAGE, AWSERR_IMAGE_ID_NOT_FOUND, "image ID" },
		{ IDS_VPC, AWSERR_VPC_ID_NOT_FOUND, "vpc ID" },
		{ IDS_SUBNET, AWSERR_SUBNET_ID_NOT_FOUND, "subnet ID" },
		{ IDS_SECURITY_GROUP, AWSERR_GROUP_NOT_FOUND, "security group ID" },
	};
	size_t i;

	for (i = 0; i < FIELD_N(rows); i++) {
		if (rows[i].type == type)
			return call_fail(c, rows[i].e, "The %s '%.*s' does not exist", rows[i].what,
			    STR_FMT(id));
	}
	return call_fail(c, AWSERR_INVALID_ID, "The ID '%.*s' is not valid", STR_FMT(id));
}

/* Does the id stand in the list before? Then nothing is left to do for it. */
static bool
is_repeated(const struct field_strs *ids, size_t at)
{
	size_t i;

	for (i = 0; i < at; i++) {
		if (str_eq(ids->v[i], ids->v[at]))
			return true;
	}
	return false;
}

/* The targets are the resources, with the tags that they have now. */
static enum awserr
scope(struct call *c)
{
	const struct tags_input *in = c->input;
	enum ids_type type;
	size_t i;

	for (i = 0; i < in->ids.n; i++) {
		if (ids_type_of(in->ids.v[i], &type) != 0)
			return not_found(c, IDS_TYPE_COUNT, in->ids.v[i]);
		call_target_later(c, type, in->ids.v[i], call_tags);
	}
	tags_context(c, &in->tags, false);
	return AWSERR_NONE;
}

static enum awserr
one(struct call *c, const struct tags_input *in, struct str id, bool delete)
{
	const struct tag_input *t = in->tags.v;
	enum ids_type type;
	size_t i;
	int r;

	if (ids_type_of(id, &type) != 0)
		return not_found(c, IDS_TYPE_COUNT, id);
	if ((r = resource_find(c, type, id)) == ERR_NOTFOUND)
		return not_found(c, type, id);
	if (r == 0 && delete &&in->tags.n == 0)
		r = store_tag_delete_all(c->region->store, id);
	for (i = 0; r == 0 && delete &&i < in->tags.n; i++)
		r = t[i].value.p == NULL
		    ? store_tag_delete(c->region->store, id, t[i].key)
		    : store_tag_delete_value(c->region->store, id, t[i].key, t[i].value);
	if (r != 0)
		return call_internal(c, "tags of a resource", r);
	/* The agent is not told, because metadata shows no tags (guest.h). */
	return delete ? AWSERR_NONE : tags_set(c, type, id, &in->tags);
}

static enum awserr
all(struct call *c, bool delete)
{
	const struct tags_input *in = c->input;
	enum awserr e = AWSERR_NONE;
	size_t i;

	for (i = 0; i < in->ids.n && e == AWSERR_NONE; i++) {
		if (!is_repeated(&in->ids, i))
			e = one(c, in, in->ids.v[i], delete);
	}
	if (e == AWSERR_NONE)
		out_bool(&c->out, "return", true);
	return e;
}

static enum awserr
create(struct call *c)
{
	const struct tags_input *in = c->input;
	enum awserr e;

	if ((e = tags_check(c, &in->tags)) != AWSERR_NONE)
		return e;
	return all(c, false);
}

/* A request that names no tags deletes all of them. A key without a value deletes that tag
 * whatever its value is. */
static enum awserr
remove_tags(struct call *c)
{
	return all(c, true);
}

#define TAGS(is_required) \
	{ .name = "ResourceId", \
		.type = FIELD_STR_LIST, \
		.at = offsetof(struct tags_input, ids), \
		.required = true, \
		.form = FORM_RESOURCE_ID, \
		.audit = "resourcesSet/resourceId" }, \
	{ \
		.name = "Tag", .type = FIELD_LIST, .at = offsetof(struct tags_input, tags), \
		.required = (is_required), .members = tags_fields, .n_members = TAGS_N_FIELDS, \
		.size = sizeof(struct tag_input), .audit = "tagSet" \
	}

static const struct field create_tags_fields[] = { TAGS(true) };
static const struct field delete_tags_fields[] = { TAGS(false) };

static const struct action actions[] = {
	{ EC2_WRITE("CreateTags", create_tags_fields, struct tags_input), .scope = scope,
	    .act = create },
	{ EC2_WRITE("DeleteTags", delete_tags_fields, struct tags_input), .scope = scope,
	    .act = remove_tags },
};
const struct action_rows tags_rows = { actions, FIELD_N(actions) };
