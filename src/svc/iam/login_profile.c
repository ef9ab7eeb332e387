/*
 * login_profile: CreateLoginProfile, GetLoginProfile, UpdateLoginProfile,
 * DeleteLoginProfile and ChangePassword. A password goes to keyd and nowhere else: it is in no
 * audit record, no message and no log.
 * Source: IAM API reference.
 */
#include "svc/iam/entity.h"
#include "svc/iam/actions.h"
#include "api/hashing.h"
#include "svc/iam/password_policy.h"

#define MAX_SEALED_BYTES 1024

struct login_input {
	struct str user_name, password, old_password;
	struct field_bool reset;
	struct store_user user; /* set by scope */
};

#define USER_NAME \
	{ \
		.name = "UserName", .type = FIELD_STR, \
		.at = offsetof(struct login_input, user_name), .required = true, \
		.form = FORM_IAM_NAME, .min = 1, .max = 64 \
	}
#define PASSWORD(wire, member, needed) \
	{ \
		.name = (wire), .type = FIELD_STR, .at = offsetof(struct login_input, member), \
		.required = (needed), .form = FORM_POLICY_DOCUMENT, .min = 1, .max = 128, \
		.audit = "-" \
	}
#define RESET \
	{ \
		.name = "PasswordResetRequired", .type = FIELD_BOOL, \
		.at = offsetof(struct login_input, reset) \
	}

static const struct field create_fields[] = {
	USER_NAME,
	PASSWORD("Password", password, true),
	RESET,
};

static const struct field update_fields[] = {
	USER_NAME,
	PASSWORD("Password", password, false),
	RESET,
};

static const struct field name_fields[] = {
	USER_NAME,
};

static const struct field change_fields[] = {
	PASSWORD("OldPassword", old_password, true),
	PASSWORD("NewPassword", password, true),
};

static enum awserr
login_scope(struct call *c)
{
	struct login_input *in = c->input;

	return entity_user(c, in->user_name, &in->user);
}

static enum awserr
profile_missing(struct call *c, const struct store_user *u)
{
	return call_fail(c, AWSERR_NO_SUCH_ENTITY, "Login Profile for User %.*s cannot be found.",
	    STR_FMT(u->name));
}

/* Checks the password, has keyd seal it, and stores it with the user. */
static enum awserr
password_set(struct call *c, struct store_user *u, struct str password)
{
	struct buf sealed;
	enum awserr e;
	int r;

	if ((e = password_policy_check(c, u->name, password)) != AWSERR_NONE)
		return e;
	buf_init(&sealed, MAX_SEALED_BYTES);
	r = hashing_new_password(c, u->user_id, password, &sealed);
	if (r == 0) {
		u->sealed_password = buf_view(&sealed);
		u->password_changed_at = c->now_s;
		r = store_user_set_login_profile(c->region->store, u);
	}
	u->sealed_password = STR("");
	buf_wipe(&sealed);
	return r == 0 ? AWSERR_NONE : call_internal(c, "password", r);
}

static void
profile_out(struct call *c, const struct store_user *u)
{
	out_object(&c->out, "LoginProfile");
	out_str(&c->out, "UserName", u->name);
	out_time(&c->out, "CreateDate", u->password_created_at);
	out_bool(&c->out, "PasswordResetRequired", u->reset_required);
	out_end(&c->out);
}

static enum awserr
create_act(struct call *c)
{
	struct login_input *in = c->input;
	struct store_user *u = &in->user;
	enum awserr e;

	if (u->sealed_password.n > 0)
		return call_fail(c, AWSERR_ENTITY_EXISTS,
		    "Login Profile for user %.*s already exists.", STR_FMT(u->name));
	u->password_created_at = c->now_s;
	u->reset_required = in->reset.v;
	u->password_last_used_at = 0;
	if ((e = password_set(c, u, in->password)) == AWSERR_NONE)
		profile_out(c, u);
	return e;
}

static enum awserr
get_act(struct call *c)
{
	const struct login_input *in = c->input;

	if (in->user.sealed_password.n == 0)
		return profile_missing(c, &in->user);
	profile_out(c, &in->user);
	return AWSERR_NONE;
}

static enum awserr
update_act(struct call *c)
{
	struct login_input *in = c->input;
	struct store_user *u = &in->user;
	int r;

	if (u->sealed_password.n == 0)
		return profile_missing(c, u);
	if (in->reset.given)
		u->reset_required = in->reset.v;
	if (in->password.p != NULL)
		return password_set(c, u, in->password);
	if ((r = store_user_set_login_profile(c->region->store, u)) != 0)
		return call_internal(c, "login profile", r);
	return AWSERR_NONE;
}

static enum awserr
delete_act(struct call *c)
{
	struct login_input *in = c->input;
	struct store_user *u = &in->user;
	int r;

	if (u->sealed_password.n == 0)
		return profile_missing(c, u);
	u->sealed_password = STR("");
	u->password_created_at = u->password_changed_at = u->password_last_used_at = 0;
	u->reset_required = false;
	if ((r = store_user_set_login_profile(c->region->store, u)) != 0)
		return call_internal(c, "login profile", r);
	return AWSERR_NONE;
}

/* ---- ChangePassword ---- */

static enum awserr
change_scope(struct call *c)
{
	struct login_input *in = c->input;

	if (c->principal.type != IAM_USER)
		return call_fail(c, AWSERR_INVALID_USER_TYPE,
		    "Only IAM Users can change their own password.");
	return entity_user(c, in->user_name, &in->user);
}

static enum awserr
change_act(struct call *c)
{
	struct login_input *in = c->input;
	struct store_user *u = &in->user;
	bool right = false;
	int r;

	if (u->sealed_password.n == 0)
		return profile_missing(c, u);
	r = hashing_check_password(c, u->user_id, u->sealed_password, in->old_password, &right);
	if (r != 0)
		return call_internal(c, "password check", r);
	if (!right)
		return call_fail(c, AWSERR_ACCESS_DENIED, "The old password was incorrect.");
	u->reset_required = false;
	return password_set(c, u, in->password);
}

#define PASSWORD_WRITE(NAME, FIELDS) \
	.name = (NAME), .iam_action = "iam:" NAME, .class = ACTION_COSTLY, .fields = (FIELDS), \
	.n_fields = FIELD_N(FIELDS), .input_size = sizeof(struct login_input)

static const struct action actions[] = {
	{ PASSWORD_WRITE("CreateLoginProfile", create_fields), .scope = login_scope,
	    .act = create_act },
	{ IAM_READ("GetLoginProfile", name_fields, struct login_input), .scope = login_scope,
	    .act = get_act },
	{ PASSWORD_WRITE("UpdateLoginProfile", update_fields), .scope = login_scope,
	    .act = update_act },
	{ IAM_WRITE("DeleteLoginProfile", name_fields, struct login_input), .scope = login_scope,
	    .act = delete_act },
	{ PASSWORD_WRITE("ChangePassword", change_fields), .scope = change_scope,
	    .act = change_act },
};
const struct action_rows login_profile_rows = { actions, FIELD_N(actions) };
