/*
 * policies: see policies.h. An entry of the cache is found by the id of a user or role or, for a
 * session, by its access key id. Any change in IAM empties the whole cache: only the store knows
 * for whom a changed policy counts, and reading it again is cheap.
 */
#include "api/policies.h"

#include <assert.h>

#include "base/alloc.h"
#include "base/map.h"
#include "iam/policy.h"
#include "store/store_grant.h"
#include "store/store_policy.h"

#define MAX_ENTRIES 4096u
/* The sum of the documents' lengths. Compiled policies take a few times as much memory. */
#define MAX_BYTES (32u << 20)
/* The memory for reading the policies of one principal. Quotas limit them to fewer than 1,100
 * policies. Each has at most IAM_POLICY_MAX_BYTES, white space included, which the quotas do not
 * count. */
#define MAX_LOAD_BYTES ((size_t)512 << 20)

/* Stands in for a session policy that was deleted. It allows an action that does not exist, so
 * that the session may do nothing by it. */
#define NOTHING \
	STR("{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"none:None\",\"Resource\":\"*\"}}")

struct entry {
	char *id;
	size_t bytes;
	struct iam_attached_policy *attached;
	struct iam_policy **compiled;
	size_t n;
	struct store_tag *tags;
	size_t n_tags;
	char **texts; /* owned; attached and tags point into them */
	size_t n_texts;
};

struct policies {
	struct map *entries;
	size_t bytes;
};

struct policies *
policies_new(const struct rng *rng)
{
	struct policies *p = xalloc(sizeof(*p));

	p->entries = map_new(rng);
	return p;
}

static void
entry_free(struct entry *e)
{
	size_t i;

	for (i = 0; i < e->n; i++)
		iam_policy_free(e->compiled[i]);
	for (i = 0; i < e->n_texts; i++)
		xfree(e->texts[i]);
	xfree(e->texts);
	xfree(e->tags);
	xfree(e->compiled);
	xfree(e->attached);
	xfree(e->id);
	xfree(e);
}

void
policies_changed(struct policies *p)
{
	struct entry *e;
	size_t at = 0;

	while ((e = map_next(p->entries, &at)) != NULL)
		entry_free(e);
	map_clear(p->entries);
	p->bytes = 0;
}

void
policies_free(struct policies *p)
{
	if (p == NULL)
		return;
	policies_changed(p);
	map_free(p->entries);
	xfree(p);
}

static void
entry_keep(struct policies *p, struct entry *e)
{
	map_put(p->entries, str_of(e->id), e);
	p->bytes += e->bytes;
}

static struct entry *
entry_new(struct str id, size_t n_policies, size_t n_tags)
{
	struct entry *e = xalloc(sizeof(*e));

	e->id = str_dup(id);
	e->attached = xarray(n_policies + 1, sizeof(e->attached[0]));
	e->compiled = xarray(n_policies + 1, sizeof(e->compiled[0]));
	e->tags = xarray(n_tags + 1, sizeof(e->tags[0]));
	e->texts = xarray(n_policies + 2 * n_tags + 1, sizeof(e->texts[0]));
	return e;
}

static struct str
text(struct entry *e, struct str s)
{
	e->texts[e->n_texts] = str_dup(s);
	return str_of(e->texts[e->n_texts++]);
}

/* Compiles a document and adds it. ERR_SYNTAX, ERR_TOOBIG. */
static int
entry_add(struct entry *e, enum iam_policy_type type, struct str name, struct str document)
{
	struct errinfo ei;
	int r;

	if ((r = iam_policy_parse(document, type, &e->compiled[e->n], &ei)) != 0)
		return r;
	e->attached[e->n] = (struct iam_attached_policy){ .type = type,
		.name = text(e, name),
		.policy = e->compiled[e->n] };
	e->n++;
	e->bytes += document.n;
	return 0;
}

static void
entry_add_tag(struct entry *e, const struct store_tag *t)
{
	e->tags[e->n_tags++] =
	    (struct store_tag){ .key = text(e, t->key), .value = text(e, t->value) };
	e->bytes += t->key.n + t->value.n;
}

static int
load_entity(struct store *st, struct arena *a, struct str id, struct entry **ret)
{
	struct store_grant *v;
	struct store_tag *tags;
	struct entry *e;
	size_t i, n, n_tags;
	int r;

	if ((r = store_grant_list(st, a, id, &v, &n)) != 0 ||
	    (r = store_tag_list(st, a, id, &tags, &n_tags)) != 0)
		return r;
	e = entry_new(id, n, n_tags);
	for (i = 0; i < n && r == 0; i++)
		r = entry_add(e, v[i].is_boundary ? IAM_PERMISSIONS_BOUNDARY : IAM_IDENTITY_POLICY,
		    v[i].name, v[i].document);
	for (i = 0; i < n_tags; i++)
		entry_add_tag(e, &tags[i]);
	if (r == 0)
		*ret = e;
	else
		entry_free(e);
	return r;
}

/* Reads the document of a managed policy that limits a session. If the policy was deleted,
 * *ret is one that allows nothing. */
static int
session_document(struct call *c, struct arena *a, struct str arn, struct str *ret)
{
	struct store *st = c->region->store;
	struct store_policy_version version;
	struct store_policy policy;
	int r;

	if ((r = store_policy_get(st, a, c->principal.account_id, arn, &policy)) == 0 &&
	    (r = store_policy_version_get(st, a, policy.policy_id, policy.default_version,
		 &version)) == 0)
		*ret = version.document;
	if (r == ERR_NOTFOUND) {
		*ret = NOTHING;
		r = 0;
	}
	return r;
}

static int
load_session(struct call *c, struct arena *a, struct entry **ret)
{
	const struct session *s = &c->session;
	struct entry *e = entry_new(s->access_key_id, s->n_policy_arns + 1, 0);
	struct str document;
	size_t i;
	int r = 0;

	if (s->policy.n > 0)
		r = entry_add(e, IAM_SESSION_POLICY, STR("SessionPolicy"), s->policy);
	/* Without session policies a federated user may do nothing (GetFederationToken). */
	else if (s->type == IAM_FEDERATED_USER && s->n_policy_arns == 0)
		r = entry_add(e, IAM_SESSION_POLICY, STR("SessionPolicy"), NOTHING);
	for (i = 0; i < s->n_policy_arns && r == 0; i++) {
		if ((r = session_document(c, a, s->policy_arns[i], &document)) == 0)
			r = entry_add(e, IAM_SESSION_POLICY, s->policy_arns[i], document);
	}
	if (r == 0)
		*ret = e;
	else
		entry_free(e);
	return r;
}

/* Finds or loads the entry of an id: of the caller's session, or else of a user or role. */
static int
entry_get(struct call *c, struct str id, bool session, const struct entry **ret)
{
	struct policies *p = c->api->policies;
	struct entry *e = map_get(p->entries, id);
	struct arena *a;
	int r = 0;

	if (e == NULL) {
		a = arena_new(MAX_LOAD_BYTES);
		r = session ? load_session(c, a, &e) : load_entity(c->region->store, a, id, &e);
		arena_free(a);
		if (r == 0)
			entry_keep(p, e);
	}
	if (r == 0)
		*ret = e;
	return r;
}

/* Empties a cache that is full. Called before a lookup takes its first entry, because that
 * must live until the call ends. */
static void
make_room(struct policies *p)
{
	if (map_count(p->entries) >= MAX_ENTRIES || p->bytes >= MAX_BYTES)
		policies_changed(p);
}

static struct str
caller_id(const struct call *c)
{
	if (c->principal.type == IAM_ROOT || c->principal.type == IAM_WEB_IDENTITY)
		return STR("");
	return c->session.temporary ? c->session.entity_id : c->principal.user_id;
}

/* The id of the entry for the session's policies. Empty when no session policy limits the
 * caller. */
static struct str
session_id(const struct call *c)
{
	const struct session *s = &c->session;

	return s->temporary &&
		(s->policy.n > 0 || s->n_policy_arns > 0 || s->type == IAM_FEDERATED_USER)
	    ? s->access_key_id
	    : STR("");
}

/* Puts the caller's own policies and those of its session into one array. */
static void
join(struct call *c, const struct entry *own, const struct entry *session,
    const struct iam_attached_policy **ret, size_t *ret_n)
{
	size_t n = own != NULL ? own->n : 0;
	struct iam_attached_policy *v = arena_array(c->arena, n + session->n, sizeof(*v));

	if (n > 0)
		memcpy(v, own->attached, n * sizeof(*v));
	memcpy(v + n, session->attached, session->n * sizeof(*v));
	*ret = v;
	*ret_n = n + session->n;
}

int
policies_of_caller(struct call *c, const struct iam_attached_policy **ret, size_t *ret_n)
{
	struct policies *p = c->api->policies;
	const struct entry *own = NULL, *session = NULL;
	struct str own_id = caller_id(c), limit_id = session_id(c);
	int r;

	*ret = NULL;
	*ret_n = 0;
	if ((own_id.n > 0 && map_get(p->entries, own_id) == NULL) ||
	    (limit_id.n > 0 && map_get(p->entries, limit_id) == NULL))
		make_room(p);
	if (own_id.n > 0 && (r = entry_get(c, own_id, false, &own)) != 0)
		return r;
	if (limit_id.n > 0 && (r = entry_get(c, limit_id, true, &session)) != 0)
		return r;
	if (session != NULL) {
		join(c, own, session, ret, ret_n);
	} else if (own != NULL) {
		*ret = own->attached;
		*ret_n = own->n;
	}
	return 0;
}

int
policies_tags_of_caller(struct call *c, const struct store_tag **ret, size_t *ret_n)
{
	struct str id = caller_id(c);
	const struct entry *e;
	int r;

	*ret = NULL;
	*ret_n = 0;
	if (id.n == 0)
		return 0;
	if ((r = entry_get(c, id, false, &e)) != 0)
		return r;
	*ret = e->tags;
	*ret_n = e->n_tags;
	return 0;
}
