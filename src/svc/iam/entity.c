/*
 * entity: see entity.h.
 */
#include "svc/iam/entity.h"

#include "svc/iam/quota.h"
#include "store/store_policy.h"

static const struct {
	const char *arn;             /* the type in the resource of an ARN, and of tags */
	const char *missing, *title; /* stand before the name in messages */
	const char *prefix;          /* what ids begin with; NULL: it has none */
} kinds[ENTITY_KIND_COUNT] = {
	[ENTITY_USER] = { "user", "The user with name", "User with name", "AIDA" },
	[ENTITY_GROUP] = { "group", "The group with name", "Group with name", "AGPA" },
	[ENTITY_ROLE] = { "role", "The role with name", "Role with name", "AROA" },
	[ENTITY_POLICY] = { "policy", "The policy with name", "A policy with name", "ANPA" },
	[ENTITY_INSTANCE_PROFILE] = { "instance-profile", "Instance Profile", "Instance Profile",
	    "AIPA" },
	[ENTITY_MFA_DEVICE] = { "mfa", "The virtual MFA device with name", "MFADevice with name",
	    NULL },
	[ENTITY_OIDC_PROVIDER] = { "oidc-provider", "OpenIDConnect Provider", "Provider with url",
	    "OIDC" },
};

struct str
entity_arn(struct call *c, enum entity_kind k, struct str path, struct str name)
{
	return arena_fmt(c->arena, "arn:aws:iam::%.*s:%s%.*s%.*s", STR_FMT(c->principal.account_id),
	    kinds[k].arn, STR_FMT(path), STR_FMT(name));
}

struct str
entity_new_id(struct call *c, enum entity_kind k)
{
	char id[IDS_MAX];

	ids_principal_new(kinds[k].prefix, c->region->rng, id);
	return arena_str(c->arena, str_of(id));
}

enum awserr
entity_missing(struct call *c, enum entity_kind k, struct str name)
{
	return call_fail(c, AWSERR_NO_SUCH_ENTITY, "%s %.*s cannot be found.", kinds[k].missing,
	    STR_FMT(name));
}

enum awserr
entity_exists(struct call *c, enum entity_kind k, struct str name)
{
	return call_fail(c, AWSERR_ENTITY_EXISTS, "%s %.*s already exists.", kinds[k].title,
	    STR_FMT(name));
}

/* Makes the entity the target, whether it was found or not. For one that does not exist, tags are
 * looked up by an id that nothing has, so that it takes as long. */
static enum awserr
found(struct call *c, enum entity_kind k, struct str as_given, int r, struct str arn, struct str id)
{
	struct str told = entity_arn(c, k, STR("/"), as_given);
	bool there = r == 0;
	enum awserr e;

	if (r != 0 && r != ERR_NOTFOUND)
		return call_internal(c, kinds[k].arn, r);
	e = call_target_arn_tagged(c, there ? arn : told, there ? id : STR("-"));
	if (e != AWSERR_NONE)
		return e;
	c->targets[c->n_targets - 1].told = told;
	if (there)
		return AWSERR_NONE;
	return call_defer(c, entity_missing(c, k, as_given));
}

enum awserr
entity_user(struct call *c, struct str name, struct store_user *ret)
{
	int r;

	*ret = (struct store_user){ .created_at = 0 };
	if (name.p == NULL && c->principal.type != IAM_USER)
		return call_fail(c, AWSERR_VALIDATION,
		    "Must specify userName when calling with non-User credentials");
	if (name.p == NULL)
		name = c->principal.name;
	r = store_user_get(c->region->store, c->arena, c->principal.account_id, name, ret);
	return found(c, ENTITY_USER, name, r, ret->arn, ret->user_id);
}

enum awserr
entity_group(struct call *c, struct str name, struct store_group *ret)
{
	int r;

	*ret = (struct store_group){ .created_at = 0 };
	r = store_group_get(c->region->store, c->arena, c->principal.account_id, name, ret);
	return found(c, ENTITY_GROUP, name, r, ret->arn, ret->group_id);
}

enum awserr
entity_role(struct call *c, struct str name, struct store_role *ret)
{
	int r;

	*ret = (struct store_role){ .created_at = 0 };
	r = store_role_get(c->region->store, c->arena, c->principal.account_id, name, ret);
	return found(c, ENTITY_ROLE, name, r, ret->arn, ret->role_id);
}

enum awserr
entity_instance_profile(struct call *c, struct str name, struct store_instance_profile *ret)
{
	int r;

	*ret = (struct store_instance_profile){ .created_at = 0 };
	r = store_instance_profile_get(c->region->store, c->arena, c->principal.account_id, name,
	    ret);
	return found(c, ENTITY_INSTANCE_PROFILE, name, r, ret->arn, ret->profile_id);
}

void
entity_policy_context(struct call *c, struct str policy_arn)
{
	if (policy_arn.n > 0)
		call_context(c, STR("iam:PolicyARN"), policy_arn);
}

void
entity_boundary_context(struct call *c, struct str policy_arn)
{
	if (policy_arn.n > 0)
		call_context(c, STR("iam:PermissionsBoundary"), policy_arn);
}

enum awserr
entity_boundary_check(struct call *c, struct str policy_arn)
{
	struct store_policy policy;
	int r;

	if (policy_arn.n == 0)
		return AWSERR_NONE;
	r = store_policy_get(c->region->store, c->arena, c->principal.account_id, policy_arn,
	    &policy);
	if (r == ERR_NOTFOUND)
		return call_fail(c, AWSERR_NO_SUCH_ENTITY,
		    "Scope ARN: %.*s does not exist or is not attachable.", STR_FMT(policy_arn));
	return r == 0 ? AWSERR_NONE : call_internal(c, "boundary", r);
}

void
entity_boundary_out(struct call *c, struct str policy_arn)
{
	if (policy_arn.n == 0)
		return;
	out_object(&c->out, "PermissionsBoundary");
	out_c(&c->out, "PermissionsBoundaryType", "Policy");
	out_str(&c->out, "PermissionsBoundaryArn", policy_arn);
	out_end(&c->out);
}

/* ---- ListUsers and its kin ---- */

const struct field entity_list_fields[ENTITY_N_LIST_FIELDS] = {
	{ .name = "PathPrefix",
	    .type = FIELD_STR,
	    .at = offsetof(struct entity_list, path_prefix),
	    .form = FORM_IAM_PATH_PREFIX,
	    .min = 1,
	    .max = 512 },
	PAGE_FIELDS(struct entity_list),
};

enum awserr
entity_list_target(struct call *c, enum entity_kind k, const struct entity_list *in)
{
	struct str prefix = in->path_prefix.n > 0 ? in->path_prefix : STR("/");

	call_target_arn(c, entity_arn(c, k, prefix, STR("")));
	return AWSERR_NONE;
}

enum awserr
entity_list_query(struct call *c, struct entity_list *in, struct store_name_query *ret)
{
	enum awserr e;

	if ((e = page_read(c, &in->page)) != AWSERR_NONE)
		return e;
	*ret = (struct store_name_query){ .account_id = c->principal.account_id,
		.path_prefix = in->path_prefix,
		.after = in->page.after,
		.limit = in->page.limit + 1 };
	return AWSERR_NONE;
}

/* ---- tags ---- */

/* The index of the stored tag with this key, or n. */
static size_t
tag_find(const struct store_tag *tags, size_t n, struct str key)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (str_eq_nocase(tags[i].key, key))
			break;
	}
	return i;
}

static int
tag_set(struct call *c, enum entity_kind k, struct str id, const struct entity_tag *t,
    const struct store_tag *old)
{
	const struct store_tag v = { .account_id = c->principal.account_id,
		.resource_id = id,
		.resource_type = str_of(kinds[k].arn),
		.key = t->key,
		.value = t->value };
	int r;

	if (old != NULL && (r = store_tag_delete(c->region->store, id, old->key)) != 0)
		return r;
	return store_tag_set(c->region->store, &v);
}

enum awserr
entity_tags_set(struct call *c, enum entity_kind k, struct str id, const struct field_list *tags)
{
	const struct entity_tag *v = tags->v;
	struct store_tag *have;
	size_t i, at, n, more = 0;
	int r;

	if ((r = store_tag_list(c->region->store, c->arena, id, &have, &n)) != 0)
		return call_internal(c, "tags", r);
	for (i = 0; i < tags->n; i++)
		more += tag_find(have, n, v[i].key) == n;
	if ((int64_t)(n + more) > quota_limit(QUOTA_TAGS))
		return call_fail(c, AWSERR_LIMIT_EXCEEDED,
		    "The number of tags has reached the maximum limit.");
	for (i = 0; i < tags->n; i++) {
		at = tag_find(have, n, v[i].key);
		if ((r = tag_set(c, k, id, &v[i], at < n ? &have[at] : NULL)) != 0)
			return call_internal(c, "tag", r);
	}
	return AWSERR_NONE;
}

enum awserr
entity_tags_remove(struct call *c, struct str id, const struct field_strs *keys)
{
	struct store_tag *have;
	size_t i, at, n;
	int r;

	if ((r = store_tag_list(c->region->store, c->arena, id, &have, &n)) != 0)
		return call_internal(c, "tags", r);
	for (i = 0; i < keys->n; i++) {
		at = tag_find(have, n, keys->v[i]);
		if (at < n && (r = store_tag_delete(c->region->store, id, have[at].key)) != 0)
			return call_internal(c, "tag", r);
	}
	return AWSERR_NONE;
}

static void
tags_write(struct call *c, const struct store_tag *tags, size_t n)
{
	size_t i;

	out_list(&c->out, "Tags");
	for (i = 0; i < n; i++) {
		out_item(&c->out);
		out_str(&c->out, "Key", tags[i].key);
		out_str(&c->out, "Value", tags[i].value);
		out_end(&c->out);
	}
	out_end(&c->out);
}

static enum awserr
tags_out(struct call *c, struct str id, bool always)
{
	struct store_tag *tags;
	size_t n;
	int r;

	if ((r = store_tag_list(c->region->store, c->arena, id, &tags, &n)) != 0)
		return call_internal(c, "tags", r);
	if (n > 0 || always)
		tags_write(c, tags, n);
	return AWSERR_NONE;
}

enum awserr
entity_tags_out(struct call *c, struct str id)
{
	return tags_out(c, id, false);
}

enum awserr
entity_tags_out_always(struct call *c, struct str id)
{
	return tags_out(c, id, true);
}

enum awserr
entity_tags_list(struct call *c, struct str id, struct page *page)
{
	struct store_tag *tags;
	enum awserr e;
	size_t n;
	int r;

	if ((e = page_read(c, page)) != AWSERR_NONE)
		return e;
	r = store_tag_page(c->region->store, c->arena, id, page->after, page->limit + 1, &tags, &n);
	if (r != 0)
		return call_internal(c, "tags", r);
	tags_write(c, tags, page_n(page, n));
	page_end(c, page, n, n > page->limit ? tags[page->limit - 1].key : STR(""));
	return AWSERR_NONE;
}
