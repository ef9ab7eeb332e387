/*
 * oidc_provider: OpenID Connect providers: issuers of tokens that sts:AssumeRoleWithWebIdentity
 * takes, each with the client ids (audiences) that its tokens may be for. Thumbprints are kept and
 * shown: nothing here connects to an issuer, whose keys are a setting (decision 0058). Source: IAM
 * API reference; IAM user guide, "Create an OpenID Connect (OIDC) identity provider in IAM".
 */
#include "store/store_oidc_provider.h"
#include "svc/iam/actions.h"
#include "svc/iam/entity.h"
#include "svc/iam/quota.h"

#define MAX_THUMBPRINTS 5
#define MAX_CLIENT_ID_BYTES 1020 /* 255 characters */
#define SCHEME STR("https://")

struct oidc_input {
	struct str url, arn, client_id;
	struct field_strs client_ids, thumbprints;
	struct field_list tags;
	struct field_strs keys;
	struct page page;
	struct store_oidc_provider provider; /* set by scope; without an id: there is none */
};
#define IN struct oidc_input

#define ARN_FIELD \
	{ \
		.name = "OpenIDConnectProviderArn", .type = FIELD_STR, .at = offsetof(IN, arn), \
		.required = true, .form = FORM_IAM_ARN, .min = 20, .max = 2048 \
	}
#define THUMBPRINTS_FIELD(needed) \
	{ \
		.name = "ThumbprintList", .type = FIELD_STR_LIST, .at = offsetof(IN, thumbprints), \
		.required = (needed), .form = FORM_PRINTABLE, .min = 40, .max = 40 \
	}
#define CLIENT_ID_FIELD \
	{ \
		.name = "ClientID", .type = FIELD_STR, .at = offsetof(IN, client_id), \
		.required = true, .form = FORM_PRINTABLE, .min = 1, .max = 255 \
	}

/* ---- lists ---- */

static bool
list_has(struct str list, struct str item)
{
	size_t n;

	for (; list.n > 0; list = str_from(list, n + 1)) {
		n = str_index(list, '\n');
		if (str_eq(str_head(list, n), item))
			return true;
	}
	return false;
}

static size_t
list_count(struct str list)
{
	size_t i, n = 0;

	for (i = 0; i < list.n; i++)
		n += list.p[i] == '\n';
	return n;
}

/* Makes the stored form of the list; what is there twice is kept once. */
static struct str
list_of(struct call *c, const struct field_strs *v)
{
	struct str list;
	struct buf b;
	size_t i;

	buf_init(&b, (v->n + 1) * (MAX_CLIENT_ID_BYTES + 1));
	for (i = 0; i < v->n; i++) {
		if (list_has(buf_view(&b), v->v[i]))
			continue;
		buf_str(&b, v->v[i]);
		buf_ch(&b, '\n');
	}
	list = arena_str(c->arena, buf_view(&b));
	buf_release(&b);
	return list;
}

static struct str
list_without(struct call *c, struct str list, struct str item)
{
	struct str rest;
	struct buf b;
	size_t n;

	buf_init(&b, list.n + 1);
	for (; list.n > 0; list = str_from(list, n + 1)) {
		n = str_index(list, '\n');
		if (!str_eq(str_head(list, n), item))
			buf_str(&b, str_head(list, n + 1));
	}
	rest = arena_str(c->arena, buf_view(&b));
	buf_release(&b);
	return rest;
}

static void
list_write(struct call *c, const char *name, struct str list)
{
	size_t n;

	out_list(&c->out, name);
	for (; list.n > 0; list = str_from(list, n + 1)) {
		n = str_index(list, '\n');
		out_item_str(&c->out, str_head(list, n));
	}
	out_end(&c->out);
}

static enum awserr
thumbprints_check(struct call *c, const struct field_strs *v)
{
	size_t i;

	if (v->n > MAX_THUMBPRINTS)
		return call_fail(c, AWSERR_INVALID_INPUT,
		    "Thumbprint list must contain at most %d entries.", MAX_THUMBPRINTS);
	for (i = 0; i < v->n; i++) {
		if (!str_all_in(v->v[i], "0123456789abcdefABCDEF"))
			return call_fail(c, AWSERR_INVALID_INPUT,
			    "A thumbprint consists of 40 hexadecimal digits.");
	}
	return AWSERR_NONE;
}

/* ---- CreateOpenIDConnectProvider ---- */

static const struct field create_fields[] = {
	{ .name = "Url",
	    .type = FIELD_STR,
	    .at = offsetof(IN, url),
	    .required = true,
	    .form = FORM_PRINTABLE,
	    .min = 1,
	    .max = 255 },
	{ .name = "ClientIDList",
	    .type = FIELD_STR_LIST,
	    .at = offsetof(IN, client_ids),
	    .form = FORM_PRINTABLE,
	    .min = 1,
	    .max = 255 },
	THUMBPRINTS_FIELD(false),
	ENTITY_TAGS_FIELD(IN, tags, false),
};

/* A host, which may have a port, and a path; no query and no fragment, and nothing that a policy
 * takes for a wildcard or a variable. */
static bool
url_valid(struct str url)
{
	struct str rest = str_from(url, SCHEME.n), host = str_head(rest, str_index(rest, '/'));

	return str_starts(url, SCHEME) && host.n > 0 &&
	    str_all_in(host, "abcdefghijklmnopqrstuvwxyz0123456789.-:") &&
	    str_all_in(str_from(rest, host.n),
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/%+@=:");
}

static enum awserr
create_scope(struct call *c)
{
	IN *in = c->input;
	struct str arn;
	enum awserr e;

	if (!url_valid(in->url))
		return call_fail(c, AWSERR_INVALID_INPUT, "Invalid Open ID Connect Provider URL");
	if ((e = thumbprints_check(c, &in->thumbprints)) != AWSERR_NONE)
		return e;
	in->provider.url = str_from(in->url, SCHEME.n);
	arn = entity_arn(c, ENTITY_OIDC_PROVIDER, STR("/"), in->provider.url);
	call_target_arn(c, arn);
	if (in->tags.n > 0) {
		call_target_arn(c, arn);
		call_target_action(c, "iam:TagOpenIDConnectProvider");
	}
	return entity_tag_request(c, &in->tags);
}

/* Is there room for this provider? */
static enum awserr
quotas_check(struct call *c, const struct store_oidc_provider *v)
{
	struct store_oidc_provider *all;
	enum awserr e;
	size_t n;
	int r;

	r = store_oidc_provider_list(c->region->store, c->arena, v->account_id, &all, &n);
	if (r != 0)
		return call_internal(c, "providers", r);
	if ((e = quota_check(c, QUOTA_OIDC_PROVIDERS, (int64_t)n)) != AWSERR_NONE)
		return e;
	return quota_check_size(c, QUOTA_CLIENT_IDS, (int64_t)list_count(v->client_ids));
}

static enum awserr
create_act(struct call *c)
{
	const IN *in = c->input;
	struct store_oidc_provider v = { .account_id = c->principal.account_id,
		.url = in->provider.url,
		.client_ids = list_of(c, &in->client_ids),
		.thumbprints = list_of(c, &in->thumbprints),
		.created_at = c->now_s };
	enum awserr e;
	int r;

	if ((e = quotas_check(c, &v)) != AWSERR_NONE)
		return e;
	v.provider_id = entity_new_id(c, ENTITY_OIDC_PROVIDER);
	if ((r = store_oidc_provider_add(c->region->store, &v)) == ERR_EXISTS)
		return entity_exists(c, ENTITY_OIDC_PROVIDER, in->url);
	if (r != 0)
		return call_internal(c, "provider", r);
	e = entity_tags_set(c, ENTITY_OIDC_PROVIDER, v.provider_id, &in->tags);
	if (e != AWSERR_NONE)
		return e;
	out_str(&c->out, "OpenIDConnectProviderArn",
	    entity_arn(c, ENTITY_OIDC_PROVIDER, STR("/"), v.url));
	return entity_tags_out(c, v.provider_id);
}

/* ---- one provider ---- */

static const struct field get_fields[] = { ARN_FIELD };

/* Finds the provider and makes it the target. That there is none is told after the decision, and
 * not at all where AWS does not: the row's `about` says so. */
static enum awserr
provider_scope(struct call *c)
{
	IN *in = c->input;
	struct str prefix = entity_arn(c, ENTITY_OIDC_PROVIDER, STR("/"), STR(""));
	struct store_oidc_provider v = { .provider_id = STR("-") };
	bool there;
	enum awserr e;
	int r = ERR_NOTFOUND;

	if (str_starts(in->arn, prefix))
		r = store_oidc_provider_get(c->region->store, c->arena, c->principal.account_id,
		    str_from(in->arn, prefix.n), &v);
	if (r != 0 && r != ERR_NOTFOUND)
		return call_internal(c, "provider", r);
	there = r == 0;
	if (there)
		in->provider = v;
	e = call_target_arn_tagged(c, in->arn, v.provider_id);
	if (e != AWSERR_NONE || there || c->action->about != NULL)
		return e;
	return call_defer(c,
	    call_fail(c, AWSERR_NO_SUCH_ENTITY, "OpenIDConnect Provider not found for arn %.*s",
		STR_FMT(in->arn)));
}

static enum awserr
get_act(struct call *c)
{
	const IN *in = c->input;
	const struct store_oidc_provider *v = &in->provider;

	out_str(&c->out, "Url", v->url);
	list_write(c, "ClientIDList", v->client_ids);
	list_write(c, "ThumbprintList", v->thumbprints);
	out_time(&c->out, "CreateDate", v->created_at);
	return entity_tags_out(c, v->provider_id);
}

static enum awserr
delete_act(struct call *c)
{
	const IN *in = c->input;
	struct store *st = c->region->store;
	int r;

	if (in->provider.provider_id.n == 0)
		return AWSERR_NONE;
	if ((r = store_tag_delete_all(st, in->provider.provider_id)) != 0 ||
	    (r = store_oidc_provider_delete(st, in->provider.provider_id)) != 0)
		return call_internal(c, "provider", r);
	return AWSERR_NONE;
}

static enum awserr
update(struct call *c, const struct store_oidc_provider *v)
{
	int r = store_oidc_provider_update(c->region->store, v);

	return r == 0 ? AWSERR_NONE : call_internal(c, "provider", r);
}

/* ---- client ids and thumbprints ---- */

static const struct field client_fields[] = { ARN_FIELD, CLIENT_ID_FIELD };
static const struct field thumbprint_fields[] = { ARN_FIELD, THUMBPRINTS_FIELD(true) };

static enum awserr
add_client_act(struct call *c)
{
	IN *in = c->input;
	struct store_oidc_provider *v = &in->provider;
	enum awserr e;

	if (list_has(v->client_ids, in->client_id))
		return AWSERR_NONE;
	e = quota_check(c, QUOTA_CLIENT_IDS, (int64_t)list_count(v->client_ids));
	if (e != AWSERR_NONE)
		return e;
	v->client_ids =
	    arena_fmt(c->arena, "%.*s%.*s\n", STR_FMT(v->client_ids), STR_FMT(in->client_id));
	return update(c, v);
}

static enum awserr
remove_client_act(struct call *c)
{
	IN *in = c->input;
	struct store_oidc_provider *v = &in->provider;

	v->client_ids = list_without(c, v->client_ids, in->client_id);
	return update(c, v);
}

static enum awserr
thumbprint_scope(struct call *c)
{
	const IN *in = c->input;
	enum awserr e = thumbprints_check(c, &in->thumbprints);

	return e != AWSERR_NONE ? e : provider_scope(c);
}

static enum awserr
thumbprint_act(struct call *c)
{
	IN *in = c->input;

	in->provider.thumbprints = list_of(c, &in->thumbprints);
	return update(c, &in->provider);
}

/* ---- ListOpenIDConnectProviders ---- */

static enum awserr
list_scope(struct call *c)
{
	call_target_arn(c, entity_arn(c, ENTITY_OIDC_PROVIDER, STR("/"), STR("*")));
	return AWSERR_NONE;
}

static enum awserr
list_act(struct call *c)
{
	struct store_oidc_provider *v;
	size_t i, n;
	int r;

	r = store_oidc_provider_list(c->region->store, c->arena, c->principal.account_id, &v, &n);
	if (r != 0)
		return call_internal(c, "providers", r);
	out_list(&c->out, "OpenIDConnectProviderList");
	for (i = 0; i < n; i++) {
		out_item(&c->out);
		out_str(&c->out, "Arn", entity_arn(c, ENTITY_OIDC_PROVIDER, STR("/"), v[i].url));
		out_end(&c->out);
	}
	out_end(&c->out);
	return AWSERR_NONE;
}

/* ---- tags ---- */

static const struct field tag_fields[] = { ARN_FIELD, ENTITY_TAGS_FIELD(IN, tags, true) };
static const struct field untag_fields[] = { ARN_FIELD, ENTITY_TAG_KEYS_FIELD(IN, keys) };
static const struct field list_tags_fields[] = { ARN_FIELD, PAGE_FIELDS(IN) };

static enum awserr
tag_scope(struct call *c)
{
	IN *in = c->input;
	enum awserr e;

	entity_tag_keys_request(c, &in->keys);
	if ((e = entity_tag_request(c, &in->tags)) != AWSERR_NONE)
		return e;
	return provider_scope(c);
}

static enum awserr
tag_act(struct call *c)
{
	const IN *in = c->input;

	return entity_tags_set(c, ENTITY_OIDC_PROVIDER, in->provider.provider_id, &in->tags);
}

static enum awserr
untag_act(struct call *c)
{
	const IN *in = c->input;

	return entity_tags_remove(c, in->provider.provider_id, &in->keys);
}

static enum awserr
list_tags_act(struct call *c)
{
	IN *in = c->input;

	return entity_tags_list(c, in->provider.provider_id, &in->page);
}

/* The about of a row for which a provider that is not there is as good as one deleted. */
static const bool idempotent = true;

static const struct action actions[] = {
	{ IAM_WRITE("CreateOpenIDConnectProvider", create_fields, IN), .scope = create_scope,
	    .act = create_act },
	{ IAM_READ("GetOpenIDConnectProvider", get_fields, IN), .scope = provider_scope,
	    .act = get_act },
	{ IAM_BARE("ListOpenIDConnectProviders"), .read_only = true, .scope = list_scope,
	    .act = list_act },
	{ IAM_WRITE("DeleteOpenIDConnectProvider", get_fields, IN), .scope = provider_scope,
	    .act = delete_act, .about = &idempotent },
	{ IAM_WRITE("AddClientIDToOpenIDConnectProvider", client_fields, IN),
	    .scope = provider_scope, .act = add_client_act },
	{ IAM_WRITE("RemoveClientIDFromOpenIDConnectProvider", client_fields, IN),
	    .scope = provider_scope, .act = remove_client_act },
	{ IAM_WRITE("UpdateOpenIDConnectProviderThumbprint", thumbprint_fields, IN),
	    .scope = thumbprint_scope, .act = thumbprint_act },
	{ IAM_WRITE("TagOpenIDConnectProvider", tag_fields, IN), .scope = tag_scope,
	    .act = tag_act },
	{ IAM_WRITE("UntagOpenIDConnectProvider", untag_fields, IN), .scope = tag_scope,
	    .act = untag_act },
	{ IAM_READ("ListOpenIDConnectProviderTags", list_tags_fields, IN), .scope = provider_scope,
	    .act = list_tags_act },
};
const struct action_rows oidc_provider_rows = { actions, FIELD_N(actions) };
