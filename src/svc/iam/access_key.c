/*
 * access_key: CreateAccessKey, ListAccessKeys, UpdateAccessKey, DeleteAccessKey
 * and GetAccessKeyLastUsed. A secret is shown once, in the answer that creates it. It is in no
 * audit record, and in the store only as keyd sealed it.
 * Source: IAM API reference; wire.md 7.7.
 */
#include "svc/iam/entity.h"
#include "svc/iam/actions.h"
#include "svc/iam/quota.h"
#include "store/store_access_key.h"

#define MAX_SECRET_BYTES 256
#define MAX_SEALED_BYTES 1024

static const char *const statuses[] = { "Active", "Inactive", NULL };

static const char *
status_text(enum store_access_key_status s)
{
	switch (s) {
	case STORE_ACCESS_KEY_ACTIVE:
		return "Active";
	case STORE_ACCESS_KEY_INACTIVE:
		return "Inactive";
	}
	return "Inactive";
}

struct key_input {
	struct str user_name, key_id, status;
	struct page page;
	/* set by scope: a user, or the root of the account, which has no name */
	struct str owner_id, owner_name;
};

#define USER_NAME \
	{ \
		.name = "UserName", .type = FIELD_STR, \
		.at = offsetof(struct key_input, user_name), .form = FORM_IAM_NAME, .min = 1, \
		.max = 128 \
	}
#define KEY_ID \
	{ \
		.name = "AccessKeyId", .type = FIELD_STR, \
		.at = offsetof(struct key_input, key_id), .required = true, .form = FORM_IAM_WORD, \
		.min = 16, .max = 128 \
	}

static const struct field create_fields[] = {
	USER_NAME,
};

static const struct field list_fields[] = {
	USER_NAME,
	PAGE_FIELDS(struct key_input),
};

static const struct field update_fields[] = {
	USER_NAME,
	KEY_ID,
	{ .name = "Status",
	    .type = FIELD_STR,
	    .at = offsetof(struct key_input, status),
	    .required = true,
	    .words = statuses },
};

static const struct field delete_fields[] = {
	USER_NAME,
	KEY_ID,
};

static const struct field last_used_fields[] = {
	KEY_ID,
};

/* Finds whose keys the request is about: those of the user that is named, or the caller's. */
static enum awserr
owner_scope(struct call *c)
{
	struct key_input *in = c->input;
	struct store_user u;
	enum awserr e;

	if (in->user_name.p == NULL && c->principal.type == IAM_ROOT) {
		in->owner_id = c->principal.account_id;
		call_target_arn(c, c->principal.arn);
		return AWSERR_NONE;
	}
	if ((e = entity_user(c, in->user_name, &u)) != AWSERR_NONE)
		return e;
	in->owner_id = u.user_id;
	in->owner_name = u.name;
	return AWSERR_NONE;
}

static enum awserr
key_missing(struct call *c, struct str key_id)
{
	return call_fail(c, AWSERR_NO_SUCH_ENTITY, "The Access Key with id %.*s cannot be found.",
	    STR_FMT(key_id));
}

/* Finds the key. One that belongs to somebody else is answered as one that does not exist. */
static enum awserr
key_get(struct call *c, const struct key_input *in, struct store_access_key *ret)
{
	int r = store_access_key_get(c->region->store, c->arena, in->key_id, ret);

	if (r == ERR_NOTFOUND || (r == 0 && !str_eq(ret->principal_id, in->owner_id)))
		return key_missing(c, in->key_id);
	return r == 0 ? AWSERR_NONE : call_internal(c, "access key", r);
}

static enum awserr
key_new(struct call *c, const struct key_input *in, struct buf *secret, struct buf *sealed)
{
	struct store_access_key k = { .account_id = c->principal.account_id,
		.principal_id = in->owner_id,
		.status = STORE_ACCESS_KEY_ACTIVE,
		.created_at = c->now_s };
	char id[IDS_MAX];
	int r;

	r = c->region->keyd->new_secret(c->region->keyd->ctx, secret, sealed);
	if (r != 0 || (r = buf_err(secret)) != 0 || (r = buf_err(sealed)) != 0)
		return call_internal(c, "new secret", r);
	ids_principal_new("AKIA", c->region->rng, id);
	k.access_key_id = str_of(id);
	k.sealed_secret = buf_view(sealed);
	if ((r = store_access_key_add(c->region->store, &k)) != 0)
		return call_internal(c, "access key", r);
	out_object(&c->out, "AccessKey");
	out_opt(&c->out, "UserName", in->owner_name);
	out_str(&c->out, "AccessKeyId", k.access_key_id);
	out_c(&c->out, "Status", status_text(k.status));
	out_secret(&c->out, "SecretAccessKey", buf_view(secret));
	out_time(&c->out, "CreateDate", k.created_at);
	out_end(&c->out);
	return AWSERR_NONE;
}

static enum awserr
create_act(struct call *c)
{
	const struct key_input *in = c->input;
	struct buf secret, sealed;
	int64_t have;
	enum awserr e;
	int r;

	if ((r = store_access_key_count(c->region->store, in->owner_id, &have)) != 0)
		return call_internal(c, "access keys", r);
	if ((e = quota_check(c, QUOTA_ACCESS_KEYS_PER_USER, have)) != AWSERR_NONE)
		return e;
	buf_init(&secret, MAX_SECRET_BYTES);
	buf_init(&sealed, MAX_SEALED_BYTES);
	e = key_new(c, in, &secret, &sealed);
	buf_wipe(&secret);
	buf_release(&sealed);
	return e;
}

static void
metadata_out(struct call *c, const struct store_access_key *k)
{
	out_item(&c->out);
	out_opt(&c->out, "UserName", k->principal_name);
	out_str(&c->out, "AccessKeyId", k->access_key_id);
	out_c(&c->out, "Status", status_text(k->status));
	out_time(&c->out, "CreateDate", k->created_at);
	out_end(&c->out);
}

/* A user has only a few keys, so all are read, oldest first. A page begins behind the key that
 * its marker names. */
static enum awserr
list_act(struct call *c)
{
	struct key_input *in = c->input;
	struct store_access_key *v;
	size_t i, n, first = 0;
	enum awserr e;
	int r;

	if ((e = page_read(c, &in->page)) != AWSERR_NONE)
		return e;
	if ((r = store_access_key_list(c->region->store, c->arena, in->owner_id, &v, &n)) != 0)
		return call_internal(c, "access keys", r);
	for (i = 0; in->page.after.n > 0 && i < n; i++) {
		if (str_eq(v[i].access_key_id, in->page.after))
			first = i + 1;
	}
	n -= first;
	out_list(&c->out, "AccessKeyMetadata");
	for (i = 0; i < page_n(&in->page, n); i++)
		metadata_out(c, &v[first + i]);
	out_end(&c->out);
	page_end(c, &in->page, n, i > 0 ? v[first + i - 1].access_key_id : STR(""));
	return AWSERR_NONE;
}

static enum awserr
update_act(struct call *c)
{
	const struct key_input *in = c->input;
	enum store_access_key_status status =
	    str_eq_c(in->status, "Active") ? STORE_ACCESS_KEY_ACTIVE : STORE_ACCESS_KEY_INACTIVE;
	struct store_access_key k;
	enum awserr e;
	int r;

	if ((e = key_get(c, in, &k)) != AWSERR_NONE)
		return e;
	if ((r = store_access_key_set_status(c->region->store, in->key_id, status)) != 0)
		return call_internal(c, "access key", r);
	return AWSERR_NONE;
}

static enum awserr
delete_act(struct call *c)
{
	const struct key_input *in = c->input;
	struct store_access_key k;
	enum awserr e;
	int r;

	if ((e = key_get(c, in, &k)) != AWSERR_NONE)
		return e;
	if ((r = store_access_key_delete(c->region->store, in->key_id)) != 0)
		return call_internal(c, "access key", r);
	return AWSERR_NONE;
}

/* ---- GetAccessKeyLastUsed ---- */

struct last_used_input {
	struct key_input key;
	struct store_access_key found;
};

/*
 * The request names only the key, but the decision is about the user whom it belongs to. A denial
 * must tell neither whose key it is nor whether it exists. So, unless the key is the caller's
 * own, it names all users together; that is also what is decided on for a key that does not
 * exist.
 */
static enum awserr
last_used_scope(struct call *c)
{
	struct last_used_input *in = c->input;
	struct str all = entity_arn(c, ENTITY_USER, STR("/"), STR("*"));
	struct store_access_key *k = &in->found;
	enum awserr e;
	bool there;
	int r;

	r = store_access_key_get(c->region->store, c->arena, in->key.key_id, k);
	if (r != 0 && r != ERR_NOTFOUND)
		return call_internal(c, "access key", r);
	if (r == 0 && c->principal.type == IAM_USER &&
	    str_eq(k->principal_id, c->principal.user_id))
		return call_target_arn_tagged(c, k->principal_arn, k->principal_id);
	there = r == 0 && str_eq(k->account_id, c->principal.account_id);
	e = call_target_arn_tagged(c, there ? k->principal_arn : all,
	    there ? k->principal_id : STR("-"));
	if (e != AWSERR_NONE)
		return e;
	c->targets[0].told = all;
	return there ? AWSERR_NONE : call_defer(c, key_missing(c, in->key.key_id));
}

static enum awserr
last_used_act(struct call *c)
{
	const struct last_used_input *in = c->input;
	const struct store_access_key *k = &in->found;
	bool used = k->last_used_at != 0;

	out_opt(&c->out, "UserName", k->principal_name);
	out_object(&c->out, "AccessKeyLastUsed");
	if (used)
		out_time(&c->out, "LastUsedDate", k->last_used_at);
	out_str(&c->out, "ServiceName", used ? k->last_used_service : STR("N/A"));
	out_str(&c->out, "Region", used ? k->last_used_region : STR("N/A"));
	out_end(&c->out);
	return AWSERR_NONE;
}

static const struct action actions[] = {
	{ IAM_WRITE("CreateAccessKey", create_fields, struct key_input), .once = true,
	    .scope = owner_scope, .act = create_act },
	{ IAM_READ("ListAccessKeys", list_fields, struct key_input), .scope = owner_scope,
	    .act = list_act },
	{ IAM_WRITE("UpdateAccessKey", update_fields, struct key_input), .scope = owner_scope,
	    .act = update_act },
	{ IAM_WRITE("DeleteAccessKey", delete_fields, struct key_input), .scope = owner_scope,
	    .act = delete_act },
	{ IAM_READ("GetAccessKeyLastUsed", last_used_fields, struct last_used_input),
	    .scope = last_used_scope, .act = last_used_act },
};
const struct action_rows access_key_rows = { actions, FIELD_N(actions) };
