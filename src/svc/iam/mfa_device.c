/*
 * mfa_device: virtual MFA devices: CreateVirtualMFADevice, EnableMFADevice,
 * ResyncMFADevice, DeactivateMFADevice, DeleteVirtualMFADevice, GetMFADevice,
 * ListMFADevices, ListVirtualMFADevices and the tags of devices. The seed is shown once, in the
 * answer that creates it. It is in no audit record, and in the store only as keyd sealed it.
 * Source: IAM API reference; wire.md 7.7.
 */
#include "svc/iam/entity.h"
#include "svc/iam/actions.h"
#include "svc/iam/quota.h"
#include "svc/iam/user.h"
#include "svc/identity/mfa.h"
#include "svc/iam/qr.h"
#include "api/hashing.h"
#include "base/b64.h"
#include "codec/uri.h"

#define MAX_SERIAL_BYTES 256
#define MAX_SEED_BYTES 64
#define MAX_SEALED_BYTES 256

static const char *const assignments[] = { "Assigned", "Unassigned", "Any", NULL };

struct device_input {
	struct str user_name, serial_number, code1, code2, path, name, assignment;
	struct field_list tags;
	struct field_strs tag_keys;
	struct page page;
	/* set by scope */
	struct store_user user;
	struct store_mfa_device device;
};

#define AT(member) .at = offsetof(struct device_input, member)
#define USER_NAME(needed) \
	{ \
		.name = "UserName", .type = FIELD_STR, AT(user_name), .required = (needed), \
		.form = FORM_IAM_NAME, .min = 1, .max = 128 \
	}
#define SERIAL_NUMBER \
	{ \
		.name = "SerialNumber", .type = FIELD_STR, AT(serial_number), .required = true, \
		.form = FORM_SERIAL, .min = 9, .max = MAX_SERIAL_BYTES \
	}
#define CODES \
	{ .name = "AuthenticationCode1", \
		.type = FIELD_STR, \
		AT(code1), \
		.required = true, \
		.form = FORM_MFA_CODE, \
		.min = 6, \
		.max = 6, \
		.audit = "-" }, \
	{ \
		.name = "AuthenticationCode2", .type = FIELD_STR, AT(code2), .required = true, \
		.form = FORM_MFA_CODE, .min = 6, .max = 6, .audit = "-" \
	}

static const struct field create_fields[] = {
	{ .name = "Path",
	    .type = FIELD_STR,
	    AT(path),
	    .form = FORM_IAM_PATH,
	    .min = 1,
	    .max = 512 },
	{ .name = "VirtualMFADeviceName",
	    .type = FIELD_STR,
	    AT(name),
	    .required = true,
	    .form = FORM_IAM_NAME,
	    .min = 1,
	    .max = 128 },
	ENTITY_TAGS_FIELD(struct device_input, tags, false),
};
static const struct field code_fields[] = { USER_NAME(true), SERIAL_NUMBER, CODES };
static const struct field user_fields[] = { USER_NAME(false), SERIAL_NUMBER };
static const struct field serial_fields[] = { SERIAL_NUMBER };
static const struct field list_fields[] = {
	USER_NAME(false),
	PAGE_FIELDS(struct device_input),
};
static const struct field list_virtual_fields[] = {
	{ .name = "AssignmentStatus", .type = FIELD_STR, AT(assignment), .words = assignments },
	PAGE_FIELDS(struct device_input),
};
static const struct field tag_fields[] = {
	SERIAL_NUMBER,
	ENTITY_TAGS_FIELD(struct device_input, tags, true),
};
static const struct field untag_fields[] = {
	SERIAL_NUMBER,
	ENTITY_TAG_KEYS_FIELD(struct device_input, tag_keys),
};
static const struct field list_tags_fields[] = {
	SERIAL_NUMBER,
	PAGE_FIELDS(struct device_input),
};

/* ---- scope ---- */

static enum awserr
missing(struct call *c, const struct device_input *in)
{
	return call_defer(c,
	    call_fail(c, AWSERR_NO_SUCH_ENTITY,
		"MFA Device with serial number %.*s does not exist.", STR_FMT(in->serial_number)));
}

static int
device_get(struct call *c, struct device_input *in)
{
	int r;

	r = store_mfa_device_get(c->region->store, c->arena, in->serial_number, &in->device);
	if (r == 0 && !str_eq(in->device.account_id, c->principal.account_id))
		r = ERR_NOTFOUND;
	return r;
}

/* The scope of actions on a user, with a device that may belong to anybody or nobody. */
static enum awserr
any_scope(struct call *c)
{
	struct device_input *in = c->input;
	enum awserr e;
	int r;

	if ((e = entity_user(c, in->user_name, &in->user)) != AWSERR_NONE)
		return e;
	if ((r = device_get(c, in)) != 0)
		return r == ERR_NOTFOUND ? missing(c, in) : call_internal(c, "mfa device", r);
	return AWSERR_NONE;
}

/* The scope of actions on a user, with a device that must belong to that user. */
static enum awserr
own_scope(struct call *c)
{
	const struct device_input *in = c->input;
	enum awserr e = any_scope(c);

	if (e == AWSERR_NONE && !str_eq(in->device.user_id, in->user.user_id))
		return missing(c, in);
	return e;
}

static enum awserr
user_scope(struct call *c)
{
	struct device_input *in = c->input;

	return entity_user(c, in->user_name, &in->user);
}

/* The scope of actions on the device itself. */
static enum awserr
device_scope(struct call *c)
{
	struct device_input *in = c->input;
	enum awserr e;
	int r = device_get(c, in);

	if (r != 0 && r != ERR_NOTFOUND)
		return call_internal(c, "mfa device", r);
	if ((e = call_target_arn_tagged(c, in->serial_number, in->serial_number)) != AWSERR_NONE)
		return e;
	return r == 0 ? AWSERR_NONE : missing(c, in);
}

static enum awserr
tag_scope(struct call *c)
{
	struct device_input *in = c->input;
	enum awserr e;

	entity_tag_keys_request(c, &in->tag_keys);
	if ((e = entity_tag_request(c, &in->tags)) != AWSERR_NONE)
		return e;
	return device_scope(c);
}

static enum awserr
create_scope(struct call *c)
{
	struct device_input *in = c->input;

	if (in->path.p == NULL)
		in->path = STR("/");
	in->serial_number = entity_arn(c, ENTITY_MFA_DEVICE, in->path, in->name);
	/* No other request accepts a longer serial number, so the device would be of no use. */
	if (in->serial_number.n > MAX_SERIAL_BYTES)
		return call_fail(c, AWSERR_VALIDATION,
		    "The serial number that path and name make is longer than %d characters",
		    MAX_SERIAL_BYTES);
	call_target_arn(c, in->serial_number);
	/* Who creates with tags needs the permission to tag as well. */
	if (in->tags.n > 0) {
		call_target_arn(c, in->serial_number);
		call_target_action(c, "iam:TagMFADevice");
	}
	return entity_tag_request(c, &in->tags);
}

/* ---- CreateVirtualMFADevice ---- */

/* Writes a secret blob in base64. It is left out of the audit record. */
static void
blob_out(struct call *c, const char *name, struct str v)
{
	struct buf text;

	buf_init(&text, 2 * QR_MAX_PNG_BYTES);
	b64_write(&text, v.p, v.n);
	out_secret(&c->out, name, buf_view(&text));
	buf_wipe(&text);
}

/* Writes the QR code that an authenticator app scans (IAM API reference, VirtualMFADevice). */
static int
qr_out(struct call *c, struct str name, struct str seed)
{
	struct buf text, png;
	int r;

	buf_init(&text, QR_MAX_TEXT_BYTES);
	buf_init(&png, QR_MAX_PNG_BYTES);
	buf_c(&text, "otpauth://totp/");
	uri_encode(&text, name);
	buf_ch(&text, '@');
	buf_str(&text, c->principal.account_id);
	buf_c(&text, "?secret=");
	buf_str(&text, seed);
	if ((r = buf_err(&text)) == 0 && (r = qr_png_write(buf_view(&text), &png)) == 0)
		blob_out(c, "QRCodePNG", buf_view(&png));
	buf_wipe(&text);
	buf_wipe(&png);
	return r;
}

static enum awserr
create_out(struct call *c, const struct device_input *in, struct str seed)
{
	enum awserr e;
	int r;

	out_object(&c->out, "VirtualMFADevice");
	out_str(&c->out, "SerialNumber", in->serial_number);
	blob_out(c, "Base32StringSeed", seed);
	if ((r = qr_out(c, in->name, seed)) != 0)
		return call_internal(c, "qr code", r);
	if ((e = entity_tags_out(c, in->serial_number)) != AWSERR_NONE)
		return e;
	out_end(&c->out);
	return AWSERR_NONE;
}

static enum awserr
device_add(struct call *c, const struct device_input *in, struct str sealed)
{
	const struct store_mfa_device d = { .serial_number = in->serial_number,
		.account_id = c->principal.account_id,
		.name = in->name,
		.path = in->path,
		.sealed_seed = sealed,
		.created_at = c->now_s };
	int r;

	if ((r = store_mfa_device_add(c->region->store, &d)) == ERR_EXISTS)
		return call_fail(c, AWSERR_ENTITY_EXISTS,
		    "MFADevice entity at the same path and name already exists.");
	if (r != 0)
		return call_internal(c, "mfa device", r);
	return entity_tags_set(c, ENTITY_MFA_DEVICE, in->serial_number, &in->tags);
}

static enum awserr
create_act(struct call *c)
{
	const struct device_input *in = c->input;
	struct buf seed, sealed;
	enum awserr e;
	int r;

	buf_init(&seed, MAX_SEED_BYTES);
	buf_init(&sealed, MAX_SEALED_BYTES);
	if ((r = hashing_new_totp(c, in->serial_number, &seed, &sealed)) != 0)
		e = call_internal(c, "seed", r);
	else if ((e = device_add(c, in, buf_view(&sealed))) == AWSERR_NONE)
		e = create_out(c, in, buf_view(&seed));
	buf_wipe(&seed);
	buf_wipe(&sealed);
	return e;
}

/* ---- EnableMFADevice, ResyncMFADevice ---- */

static enum awserr
codes_check(struct call *c, const struct device_input *in, uint64_t *ret_step)
{
	int r;

	if ((r = mfa_check_two(c, &in->device, in->code1, in->code2, ret_step)) != 0)
		return call_internal(c, "mfa codes", r);
	if (*ret_step == 0)
		return call_fail(c, AWSERR_INVALID_MFA_CODE,
		    "Authentication code for device is not valid.");
	return AWSERR_NONE;
}

static enum awserr
enable_act(struct call *c)
{
	const struct device_input *in = c->input;
	struct store *st = c->region->store;
	struct store_mfa_device *have;
	enum awserr e;
	uint64_t step;
	size_t n;
	int r;

	if (in->device.user_id.n > 0)
		return call_fail(c, AWSERR_ENTITY_EXISTS, "MFA device is already in use.");
	if ((r = store_mfa_device_list_for_user(st, c->arena, in->user.user_id, &have, &n)) != 0)
		return call_internal(c, "mfa devices", r);
	if ((e = quota_check(c, QUOTA_MFA_DEVICES_PER_USER, (int64_t)n)) != AWSERR_NONE ||
	    (e = codes_check(c, in, &step)) != AWSERR_NONE)
		return e;
	r = store_mfa_device_assign(st, in->serial_number, in->user.user_id, c->now_s, step);
	return r == 0 ? AWSERR_NONE : call_internal(c, "mfa device", r);
}

static enum awserr
resync_act(struct call *c)
{
	const struct device_input *in = c->input;
	enum awserr e;
	uint64_t step;
	int r;

	if ((e = codes_check(c, in, &step)) != AWSERR_NONE)
		return e;
	r = store_mfa_device_set_step(c->region->store, in->serial_number, step);
	return r == 0 ? AWSERR_NONE : call_internal(c, "mfa device", r);
}

/* ---- DeactivateMFADevice, DeleteVirtualMFADevice, GetMFADevice ---- */

static enum awserr
deactivate_act(struct call *c)
{
	const struct device_input *in = c->input;
	int r = store_mfa_device_unassign(c->region->store, in->serial_number);

	return r == 0 ? AWSERR_NONE : call_internal(c, "mfa device", r);
}

static enum awserr
delete_act(struct call *c)
{
	const struct device_input *in = c->input;
	struct store *st = c->region->store;
	int r;

	if (in->device.user_id.n > 0)
		return call_fail(c, AWSERR_DELETE_CONFLICT,
		    "MFA VirtualDevice in use. Must deactivate first.");
	if ((r = store_tag_delete_all(st, in->serial_number)) != 0 ||
	    (r = store_mfa_device_delete(st, in->serial_number)) != 0)
		return call_internal(c, "mfa device", r);
	return AWSERR_NONE;
}

static void
device_out(struct call *c, struct str user_name, const struct store_mfa_device *d)
{
	out_str(&c->out, "UserName", user_name);
	out_str(&c->out, "SerialNumber", d->serial_number);
	out_time(&c->out, "EnableDate", d->enabled_at);
}

static enum awserr
get_act(struct call *c)
{
	const struct device_input *in = c->input;

	device_out(c, in->user.name, &in->device);
	return AWSERR_NONE;
}

/* ---- ListMFADevices, ListVirtualMFADevices ---- */

static enum awserr
list_act(struct call *c)
{
	struct device_input *in = c->input;
	struct store_mfa_device *v;
	size_t i, n, first = 0;
	enum awserr e;
	int r;

	if ((e = page_read(c, &in->page)) != AWSERR_NONE)
		return e;
	r = store_mfa_device_list_for_user(c->region->store, c->arena, in->user.user_id, &v, &n);
	if (r != 0)
		return call_internal(c, "mfa devices", r);
	/* A user has few devices. They are sorted by when they were enabled, not by name, so the
	 * page begins where the marker's device is found. */
	for (i = 0; i < n && in->page.after.n > 0; i++) {
		if (str_eq(v[i].serial_number, in->page.after))
			first = i + 1;
	}
	n -= first;
	out_list(&c->out, "MFADevices");
	for (i = 0; i < page_n(&in->page, n); i++) {
		out_item(&c->out);
		device_out(c, in->user.name, &v[first + i]);
		out_end(&c->out);
	}
	out_end(&c->out);
	page_end(c, &in->page, n, i > 0 ? v[first + i - 1].serial_number : STR(""));
	return AWSERR_NONE;
}

/* The users who have the devices, in one statement. */
static int
users_get(struct call *c, const struct store_mfa_device *v, size_t n, struct store_user **ret,
    size_t *ret_n)
{
	struct str *ids = arena_array(c->arena, n, sizeof(*ids));
	size_t i, n_ids = 0;

	for (i = 0; i < n; i++) {
		if (v[i].user_id.n > 0)
			ids[n_ids++] = v[i].user_id;
	}
	return store_user_list_of(c->region->store, c->arena, ids, n_ids, ret, ret_n);
}

static enum awserr
virtual_out(struct call *c, const struct store_mfa_device *d, const struct store_user *users,
    size_t n)
{
	size_t i;

	out_item(&c->out);
	out_str(&c->out, "SerialNumber", d->serial_number);
	if (d->user_id.n > 0) {
		for (i = 0; i < n && !str_eq(users[i].user_id, d->user_id); i++)
			;
		if (i == n)
			return call_internal(c, "user", ERR_NOTFOUND);
		out_object(&c->out, "User");
		user_out(c, &users[i]);
		out_end(&c->out);
		out_time(&c->out, "EnableDate", d->enabled_at);
	}
	out_end(&c->out);
	return AWSERR_NONE;
}

static enum awserr
list_virtual_act(struct call *c)
{
	struct device_input *in = c->input;
	struct store_mfa_device_query q = { .account_id = c->principal.account_id,
		.assignment = STORE_MFA_ANY };
	struct store_mfa_device *v;
	struct store_user *users;
	enum awserr e;
	size_t i, n, n_users;
	int r;

	if ((e = page_read(c, &in->page)) != AWSERR_NONE)
		return e;
	if (str_eq_c(in->assignment, "Assigned"))
		q.assignment = STORE_MFA_ASSIGNED;
	else if (str_eq_c(in->assignment, "Unassigned"))
		q.assignment = STORE_MFA_UNASSIGNED;
	q.after = in->page.after;
	q.limit = in->page.limit + 1;
	if ((r = store_mfa_device_list(c->region->store, c->arena, &q, &v, &n)) != 0)
		return call_internal(c, "mfa devices", r);
	if ((r = users_get(c, v, page_n(&in->page, n), &users, &n_users)) != 0)
		return call_internal(c, "users", r);
	out_list(&c->out, "VirtualMFADevices");
	for (i = 0; i < page_n(&in->page, n); i++) {
		if ((e = virtual_out(c, &v[i], users, n_users)) != AWSERR_NONE)
			return e;
	}
	out_end(&c->out);
	page_end(c, &in->page, n, i > 0 ? v[i - 1].serial_number : STR(""));
	return AWSERR_NONE;
}

/* ---- tags ---- */

static enum awserr
tag_act(struct call *c)
{
	const struct device_input *in = c->input;

	return entity_tags_set(c, ENTITY_MFA_DEVICE, in->serial_number, &in->tags);
}

static enum awserr
untag_act(struct call *c)
{
	const struct device_input *in = c->input;

	return entity_tags_remove(c, in->serial_number, &in->tag_keys);
}

static enum awserr
list_tags_act(struct call *c)
{
	struct device_input *in = c->input;

	return entity_tags_list(c, in->serial_number, &in->page);
}

#define CODES_WRITE(NAME) \
	.name = (NAME), .iam_action = "iam:" NAME, .class = ACTION_COSTLY, .fields = code_fields, \
	.n_fields = FIELD_N(code_fields), .input_size = sizeof(struct device_input)

static const struct action actions[] = {
	{ IAM_WRITE("CreateVirtualMFADevice", create_fields, struct device_input), .once = true,
	    .scope = create_scope, .act = create_act },
	{ CODES_WRITE("EnableMFADevice"), .keeps_writes = true, .scope = any_scope,
	    .act = enable_act },
	{ CODES_WRITE("ResyncMFADevice"), .keeps_writes = true, .scope = own_scope,
	    .act = resync_act },
	{ IAM_WRITE("DeactivateMFADevice", user_fields, struct device_input), .scope = own_scope,
	    .act = deactivate_act },
	{ IAM_WRITE("DeleteVirtualMFADevice", serial_fields, struct device_input),
	    .scope = device_scope, .act = delete_act },
	{ IAM_READ("GetMFADevice", user_fields, struct device_input), .scope = own_scope,
	    .act = get_act },
	{ IAM_READ("ListMFADevices", list_fields, struct device_input), .scope = user_scope,
	    .act = list_act },
	{ IAM_READ("ListVirtualMFADevices", list_virtual_fields, struct device_input),
	    .act = list_virtual_act },
	{ IAM_WRITE("TagMFADevice", tag_fields, struct device_input), .scope = tag_scope,
	    .act = tag_act },
	{ IAM_WRITE("UntagMFADevice", untag_fields, struct device_input), .scope = tag_scope,
	    .act = untag_act },
	{ IAM_READ("ListMFADeviceTags", list_tags_fields, struct device_input),
	    .scope = device_scope, .act = list_tags_act },
};
const struct action_rows mfa_device_rows = { actions, FIELD_N(actions) };
