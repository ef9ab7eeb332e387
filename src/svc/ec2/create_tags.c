/*
 * create_tags: the act of ec2:CreateTags.
 */
#include "svc/ec2/tags.h"
#include "store/store_image.h"
#include "store/store_instance.h"
#include "store/store_security_group.h"
#include "store/store_subnet.h"
#include "store/store_vpc.h"

/* Is there a resource of the caller's with this id? 0 or ERR_NOTFOUND. */
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

/* The same id again: once is enough. */
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

/* The resources with the tags that they have, for the decision. */
enum awserr
create_tags_scope(struct call *c)
{
	const struct tags_input *in = c->input;
	enum ids_type type;
	enum awserr e;
	size_t i;

	for (i = 0; i < in->ids.n; i++) {
		if (is_repeated(&in->ids, i))
			continue;
		if (ids_type_of(in->ids.v[i], &type) != 0)
			return not_found(c, IDS_TYPE_COUNT, in->ids.v[i]);
		if ((e = call_target_tagged(c, type, in->ids.v[i])) != AWSERR_NONE)
			return e;
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
	/* Nothing for its agent: metadata shows no tags (guest.h). */
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

enum awserr
create_tags_act(struct call *c)
{
	const struct tags_input *in = c->input;
	enum awserr e;

	if ((e = tags_check(c, &in->tags)) != AWSERR_NONE)
		return e;
	return all(c, false);
}

/* Without tags: all of them; with a key and no value: whatever its value. */
enum awserr
create_tags_delete_act(struct call *c)
{
	return all(c, true);
}
