/*
 * simulation: see simulation.h.
 */
#include "svc/iam/simulation.h"

#include "svc/iam/entity.h"
#include "aws/arn.h"
#include "base/alloc.h"
#include "base/array.h"
#include "iam/names.h"
#include "iam/policy.h"
#include "store/store_grant.h"

void
simulation_init(struct simulation *s)
{
	*s = (struct simulation){ .n = 0 };
}

void
simulation_release(struct simulation *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		iam_policy_free(s->documents[i].compiled);
	xfree(s->documents);
	xfree(s->attached);
	simulation_init(s);
}

/* ---- whose policies ---- */

static enum awserr
missing(struct call *c, struct str resource)
{
	static const struct {
		struct str prefix;
		enum entity_kind kind;
	} kinds[] = {
		{ { "user/", 5 }, ENTITY_USER },
		{ { "group/", 6 }, ENTITY_GROUP },
		{ { "role/", 5 }, ENTITY_ROLE },
	};
	struct str name = resource;
	size_t i;

	while (str_index(name, '/') < name.n)
		name = str_from(name, str_index(name, '/') + 1);
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (str_starts(resource, kinds[i].prefix) && name.n > 0)
			return call_defer(c, entity_missing(c, kinds[i].kind, name));
	}
	return AWSERR_INVALID_INPUT;
}

enum awserr
simulation_source(struct call *c, struct str given, struct store_entity *ret)
{
	struct store *st = c->region->store;
	struct str id = STR("-");
	struct arn arn;
	enum awserr e = AWSERR_INVALID_INPUT;
	int r;

	*ret = (struct store_entity){ .created_at = 0 };
	if (arn_parse(given, &arn) == 0 && str_eq_c(arn.partition, "aws") &&
	    str_eq_c(arn.service, "iam") && arn.region.n == 0 && arn_account_valid(arn.account)) {
		if ((r = store_entity_get_arn(st, c->arena, given, ret)) != 0 && r != ERR_NOTFOUND)
			return call_internal(c, "entity", r);
		if (r == 0 && !str_eq(ret->account_id, c->principal.account_id))
			*ret = (struct store_entity){ .created_at = 0 };
		e = ret->entity_id.n > 0 ? AWSERR_NONE : missing(c, arn.resource);
	}
	if (e != AWSERR_NONE)
		return call_fail(c, e,
		    "Invalid Entity Arn: %.*s does not clearly define entity "
		    "type and name.",
		    STR_FMT(given));
	if (ret->entity_id.n > 0)
		id = ret->entity_id;
	return call_target_arn_tagged(c, given, id);
}

/* ---- the policies ---- */

static int
add(struct simulation *s, enum iam_policy_type type, struct str name, struct str document,
    struct errinfo *ei)
{
	struct iam_policy *p;
	int r;

	if ((r = iam_policy_parse(document, type, &p, ei)) != 0)
		return r;
	s->attached = array_room(s->attached, s->n, &s->cap_attached, sizeof(s->attached[0]));
	s->documents = array_room(s->documents, s->n, &s->cap_documents, sizeof(s->documents[0]));
	s->attached[s->n] = (struct iam_attached_policy){ .type = type, .name = name, .policy = p };
	s->documents[s->n++] = (struct simulation_document){ .text = document, .compiled = p };
	s->bytes += document.n;
	return 0;
}

/* The name of the policy in a result: as on AWS, a managed policy has its own name, and an inline
 * one "user_NAME_POLICY" ("group_", "role_"). */
static enum awserr
source_id(struct call *c, const struct store_entity *e, const struct store_grant *g,
    struct str *ret)
{
	struct store_entity holder = *e;
	struct str name = g->name;
	int r;

	if (g->version > 0) {
		while (str_index(name, '/') < name.n)
			name = str_from(name, str_index(name, '/') + 1);
		*ret = name;
		return AWSERR_NONE;
	}
	if (!str_eq(g->holder_id, e->entity_id) &&
	    (r = store_entity_get(c->region->store, c->arena, g->holder_id, &holder)) != 0)
		return call_internal(c, "holder", r);
	*ret = arena_fmt(c->arena, "%s_%.*s_%.*s",
	    holder.kind == STORE_ENTITY_USER        ? "user"
		: holder.kind == STORE_ENTITY_GROUP ? "group"
						    : "role",
	    STR_FMT(holder.name), STR_FMT(g->name));
	return AWSERR_NONE;
}

enum awserr
simulation_add_entity(struct call *c, struct simulation *s, const struct store_entity *e,
    bool boundary)
{
	enum iam_policy_type type;
	struct store_grant *v;
	struct errinfo ei;
	struct str name;
	enum awserr err;
	size_t i, n;
	int r;

	if ((r = store_grant_list(c->region->store, c->arena, e->entity_id, &v, &n)) != 0)
		return call_internal(c, "policies", r);
	for (i = 0; i < n; i++) {
		type = v[i].is_boundary ? IAM_PERMISSIONS_BOUNDARY : IAM_IDENTITY_POLICY;
		if (type == IAM_PERMISSIONS_BOUNDARY && !boundary)
			continue;
		if ((err = source_id(c, e, &v[i], &name)) != AWSERR_NONE)
			return err;
		if ((r = add(s, type, name, v[i].document, &ei)) != 0)
			return call_internal(c, "stored policy", r);
	}
	return AWSERR_NONE;
}

enum awserr
simulation_add_inputs(struct call *c, struct simulation *s, enum iam_policy_type type,
    const char *parameter, const struct field_strs *documents)
{
	struct errinfo ei = { "" };
	struct str name;
	size_t i;

	for (i = 0; i < documents->n; i++) {
		name = arena_fmt(c->arena, "%s.%zu", parameter, i + 1);
		if (add(s, type, name, documents->v[i], &ei) != 0)
			return call_fail(c, AWSERR_INVALID_INPUT, "Invalid policy %.*s: %s",
			    STR_FMT(name), ei.text);
	}
	return AWSERR_NONE;
}

/* ---- the keys ---- */

/* Merges two sorted lists. What is in both is in the result once. */
static size_t
merge(struct call *c, const struct str *a, size_t n_a, const struct str *b, size_t n_b,
    struct str *ret)
{
	size_t i = 0, j = 0, n = 0;
	int order;

	while (i < n_a || j < n_b) {
		order = i == n_a ? 1 : j == n_b ? -1 : names_cmp_nocase(a[i], b[j]);
		ret[n++] = order <= 0 ? a[i] : arena_str(c->arena, b[j]);
		i += order <= 0;
		j += order >= 0;
	}
	return n;
}

struct field_strs
simulation_keys(struct call *c, const struct simulation *s)
{
	const struct str *keys;
	struct str *all, *next, *swap;
	size_t i, n_keys, n = 0, max = 0;

	for (i = 0; i < s->n; i++)
		max += iam_policy_context_keys(s->documents[i].compiled, &keys);
	all = arena_array(c->arena, max + 1, sizeof(*all));
	next = arena_array(c->arena, max + 1, sizeof(*next));
	for (i = 0; i < s->n; i++) {
		n_keys = iam_policy_context_keys(s->documents[i].compiled, &keys);
		if (n_keys == 0)
			continue;
		n = merge(c, all, n, keys, n_keys, next);
		swap = all;
		all = next;
		next = swap;
	}
	return (struct field_strs){ .v = all, .n = n };
}
