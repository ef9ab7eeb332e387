/*
 * credential_report: GenerateCredentialReport and GetCredentialReport: a table of all users of the
 * account, of what they can sign with, and when they last did. It is made at once, and kept for
 * four hours, within which it is not made anew: however often it is asked for, its cost does not
 * grow. Sources: IAM user guide, "Generate credential reports"; IAM API reference.
 */
#include "api/call.h"
#include "base/b64.h"
#include "base/date.h"
#include "store/store_access_key.h"
#include "store/store_account.h"
#include "store/store_credential_report.h"
#include "store/store_mfa_device.h"
#include "store/store_password_policy.h"
#include "store/store_user.h"
#include "svc/iam/actions.h"

#define VALID_S (4 * INT64_C(3600))
#define DAY_S INT64_C(86400)
/* In base64 it must fit into an answer. */
#define MAX_BYTES 6000000u
#define PAGE_USERS 500
#define PAGE_BYTES (4u << 20)
#define KEYS_PER_USER 2

#define HEAD \
	"user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed," \
	"password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated," \
	"access_key_1_last_used_date,access_key_1_last_used_region," \
	"access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated," \
	"access_key_2_last_used_date,access_key_2_last_used_region," \
	"access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active," \
	"cert_2_last_rotated"
#define NO_CERTIFICATES ",false,N/A,false,N/A"

/* The users of a page, and what belongs to them, in the order of their ids. */
struct users {
	struct store_user *v;
	size_t n;
	struct store_access_key *keys;
	size_t n_keys;
	struct store_mfa_device *devices;
	size_t n_devices;
};

/* ---- a line ---- */

/* A name or path may have a comma, and a path a quotation mark (RFC 4180). */
static void
text_write(struct buf *b, struct str s)
{
	size_t i;

	if (str_index(s, ',') == s.n && str_index(s, '"') == s.n) {
		buf_str(b, s);
		return;
	}
	buf_ch(b, '"');
	for (i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			buf_ch(b, '"');
		buf_ch(b, s.p[i]);
	}
	buf_ch(b, '"');
}

/* ",2023-11-14T22:13:20+00:00"; never says what stands for the time 0. */
static void
time_write(struct buf *b, int64_t at_s, const char *never)
{
	struct buf iso;

	buf_ch(b, ',');
	if (at_s == 0) {
		buf_c(b, never);
		return;
	}
	buf_init(&iso, 64);
	date_iso_write(&iso, at_s);
	buf_str(b, str_head(buf_view(&iso), buf_view(&iso).n - 1));
	buf_c(b, "+00:00");
	buf_release(&iso);
}

static void
keys_write(struct buf *b, const struct store_access_key *k, size_t n)
{
	size_t i;

	for (i = 0; i < KEYS_PER_USER; i++) {
		if (i >= n) {
			buf_c(b, ",false,N/A,N/A,N/A,N/A");
			continue;
		}
		buf_c(b, k[i].status == STORE_ACCESS_KEY_ACTIVE ? ",true" : ",false");
		time_write(b, k[i].created_at, "N/A");
		time_write(b, k[i].last_used_at, "N/A");
		buf_fmt(b, ",%.*s,%.*s",
		    STR_FMT(k[i].last_used_at == 0 ? STR("N/A") : k[i].last_used_region),
		    STR_FMT(k[i].last_used_at == 0 ? STR("N/A") : k[i].last_used_service));
	}
}

static const struct store_access_key *
keys_of(const struct users *u, struct str id, size_t *ret_n)
{
	size_t i, first;

	for (i = 0; i < u->n_keys && !str_eq(u->keys[i].principal_id, id); i++)
		;
	for (first = i; i < u->n_keys && str_eq(u->keys[i].principal_id, id); i++)
		;
	*ret_n = i - first;
	return u->keys + first;
}

static bool
has_device(const struct users *u, struct str id)
{
	size_t i;

	for (i = 0; i < u->n_devices; i++) {
		if (str_eq(u->devices[i].user_id, id))
			return true;
	}
	return false;
}

static void
user_write(struct buf *b, const struct users *u, const struct store_user *v, int64_t max_age_days)
{
	bool password = v->sealed_password.n > 0;
	const struct store_access_key *keys;
	size_t n;

	text_write(b, v->name);
	buf_ch(b, ',');
	text_write(b, v->arn);
	time_write(b, v->created_at, "N/A");
	buf_c(b, password ? ",true" : ",false");
	time_write(b, v->password_last_used_at, password ? "no_information" : "N/A");
	time_write(b, v->password_changed_at, "N/A");
	time_write(b,
	    password && max_age_days > 0 ? v->password_changed_at + max_age_days * DAY_S : 0,
	    "N/A");
	buf_c(b, has_device(u, v->user_id) ? ",true" : ",false");
	keys = keys_of(u, v->user_id, &n);
	keys_write(b, keys, n);
	buf_c(b, NO_CERTIFICATES);
}

/* ---- all lines ---- */

static int
root_write(struct call *c, struct buf *b)
{
	struct store *st = c->region->store;
	struct store_account account;
	struct store_access_key *keys;
	size_t n;
	int r;

	if ((r = store_account_get(st, c->arena, c->principal.account_id, &account)) != 0 ||
	    (r = store_access_key_list(st, c->arena, account.account_id, &keys, &n)) != 0)
		return r;
	buf_fmt(b, "\n<root_account>,arn:aws:iam::%.*s:root", STR_FMT(account.account_id));
	time_write(b, account.created_at, "N/A");
	buf_c(b, ",not_supported,N/A,not_supported,not_supported,false");
	keys_write(b, keys, n);
	buf_c(b, NO_CERTIFICATES);
	return 0;
}

static int
page_get(struct call *c, struct arena *a, struct str after, struct users *ret)
{
	const struct store_name_query q = { .account_id = c->principal.account_id,
		.after = after,
		.limit = PAGE_USERS };
	struct store *st = c->region->store;
	struct str *ids;
	size_t i;
	int r;

	if ((r = store_user_list(st, a, &q, &ret->v, &ret->n)) != 0)
		return r;
	ids = arena_array(a, ret->n, sizeof(*ids));
	for (i = 0; i < ret->n; i++)
		ids[i] = ret->v[i].user_id;
	if ((r = store_access_key_list_of(st, a, ids, ret->n, &ret->keys, &ret->n_keys)) != 0)
		return r;
	return store_mfa_device_list_of(st, a, ids, ret->n, &ret->devices, &ret->n_devices);
}

static int
users_write(struct call *c, int64_t max_age_days, struct buf *b)
{
	struct arena *a = arena_new(PAGE_BYTES);
	struct str after = STR("");
	struct users u;
	size_t i;
	int r = 0;

	do {
		arena_reset(a);
		if ((r = page_get(c, a, after, &u)) != 0)
			break;
		for (i = 0; i < u.n; i++) {
			buf_ch(b, '\n');
			user_write(b, &u, &u.v[i], max_age_days);
		}
		if (u.n > 0)
			after = arena_str(c->arena, u.v[u.n - 1].name);
	} while (u.n == PAGE_USERS);
	arena_free(a);
	return r;
}

static int
report_write(struct call *c, struct buf *b)
{
	struct store_password_policy p = { .max_age_days = 0 };
	int r;

	r = store_password_policy_get(c->region->store, c->arena, c->principal.account_id, &p);
	if (r != 0 && r != ERR_NOTFOUND)
		return r;
	buf_c(b, HEAD);
	if ((r = root_write(c, b)) != 0 || (r = users_write(c, p.max_age_days, b)) != 0)
		return r;
	return buf_err(b);
}

/* ---- the actions ---- */

/* *ret is the report that is still good, or has no content. */
static enum awserr
report_get(struct call *c, struct store_credential_report *ret, enum awserr *ret_why)
{
	int r;

	*ret_why = AWSERR_NONE;
	r = store_credential_report_get(c->region->store, c->arena, c->principal.account_id, ret);
	if (r == ERR_NOTFOUND)
		*ret_why = AWSERR_REPORT_NOT_PRESENT;
	else if (r != 0)
		return call_internal(c, "credential report", r);
	else if (c->now_s >= ret->created_at + VALID_S)
		*ret_why = AWSERR_REPORT_EXPIRED;
	return AWSERR_NONE;
}

static enum awserr
generate_act(struct call *c)
{
	struct store_credential_report v;
	enum awserr e, why;
	struct buf b;
	int r = 0;

	if ((e = report_get(c, &v, &why)) != AWSERR_NONE)
		return e;
	if (why != AWSERR_NONE) {
		buf_init(&b, MAX_BYTES);
		if ((r = report_write(c, &b)) == 0) {
			v = (struct store_credential_report){ .account_id = c->principal.account_id,
				.created_at = c->now_s,
				.content = buf_view(&b) };
			r = store_credential_report_put(c->region->store, &v);
		}
		buf_release(&b);
	}
	if (r != 0)
		return call_internal(c, "credential report", r);
	out_c(&c->out, "State", "COMPLETE");
	return AWSERR_NONE;
}

static enum awserr
get_act(struct call *c)
{
	struct store_credential_report v;
	enum awserr e, why;
	struct buf b;

	if ((e = report_get(c, &v, &why)) != AWSERR_NONE)
		return e;
	if (why != AWSERR_NONE)
		return why;
	buf_init(&b, OUT_MAX_BYTES);
	b64_write(&b, v.content.p, v.content.n);
	out_str(&c->out, "Content", buf_view(&b));
	out_c(&c->out, "ReportFormat", "text/csv");
	out_time(&c->out, "GeneratedTime", v.created_at);
	buf_release(&b);
	return AWSERR_NONE;
}

static const struct action actions[] = {
	{ IAM_BARE("GenerateCredentialReport"), .act = generate_act },
	{ IAM_BARE("GetCredentialReport"), .read_only = true, .act = get_act },
};
const struct action_rows credential_report_rows = { actions, FIELD_N(actions) };
