/*
 * password_policy: UpdateAccountPasswordPolicy, GetAccountPasswordPolicy and
 * DeleteAccountPasswordPolicy, and the check of a new password.
 *
 * Nobody signs in with a password here: CreateLoginProfile and its kin keep it, and ChangePassword
 * asks for it. So the rules of length and characters hold for new passwords, and the others are
 * kept and shown, and do nothing: no password grows old (MaxPasswordAge, HardExpiry), old ones are
 * not kept (PasswordReusePrevention), and who may change the own password is what policies say
 * (AllowUsersToChangePassword). Sources: IAM API reference; IAM user guide, "Set an account
 * password policy".
 */
#include "svc/iam/password_policy.h"

#include "codec/utf8.h"
#include "store/store_password_policy.h"
#include "svc/iam/actions.h"

#define DEFAULT_MIN_CHARACTERS 8
#define DEFAULT_MIN_CLASSES 3
#define MIN_LENGTH 6

/* ---- the check ---- */

/* Which of the four classes of characters a password has. */
struct classes {
	bool upper, lower, digit, symbol;
};

static struct classes
classes_of(struct str s)
{
	struct classes v = { 0 };
	size_t i;

	for (i = 0; i < s.n; i++) {
		v.upper |= s.p[i] >= 'A' && s.p[i] <= 'Z';
		v.lower |= s.p[i] >= 'a' && s.p[i] <= 'z';
		v.digit |= s.p[i] >= '0' && s.p[i] <= '9';
		v.symbol |= strchr("!@#$%^&*()_+-=[]{}|'", s.p[i]) != NULL;
	}
	return v;
}

static enum awserr
check_default(struct call *c, struct str name, struct str password)
{
	struct classes has = classes_of(password);

	if (utf8_length(password) < DEFAULT_MIN_CHARACTERS)
		return call_fail(c, AWSERR_PASSWORD_POLICY,
		    "Password should have a minimum length of %d", DEFAULT_MIN_CHARACTERS);
	if ((unsigned)has.upper + has.lower + has.digit + has.symbol < DEFAULT_MIN_CLASSES)
		return call_fail(c, AWSERR_PASSWORD_POLICY,
		    "Password should have at least three "
		    "of these: an uppercase letter, a lowercase letter, a number, a symbol");
	if (str_eq_nocase(password, name))
		return call_fail(c, AWSERR_PASSWORD_POLICY,
		    "Password should not be the name of the user");
	return AWSERR_NONE;
}

static enum awserr
check_own(struct call *c, const struct store_password_policy *p, struct str password)
{
	struct classes has = classes_of(password);
	const struct {
		bool missing;
		const char *what;
	} rules[] = {
		{ p->uppercase && !has.upper, "uppercase letter" },
		{ p->lowercase && !has.lower, "lowercase letter" },
		{ p->numbers && !has.digit, "number" },
		{ p->symbols && !has.symbol, "symbol" },
	};
	size_t i;

	if ((int64_t)utf8_length(password) < p->minimum_length)
		return call_fail(c, AWSERR_PASSWORD_POLICY,
		    "Password should have a minimum length of %lld", (long long)p->minimum_length);
	for (i = 0; i < FIELD_N(rules); i++) {
		if (rules[i].missing)
			return call_fail(c, AWSERR_PASSWORD_POLICY,
			    "Password should have at least one %s", rules[i].what);
	}
	return AWSERR_NONE;
}

enum awserr
password_policy_check(struct call *c, struct str user_name, struct str password)
{
	struct store_password_policy p;
	int r;

	r = store_password_policy_get(c->region->store, c->arena, c->principal.account_id, &p);
	if (r == ERR_NOTFOUND)
		return check_default(c, user_name, password);
	return r == 0 ? check_own(c, &p, password) : call_internal(c, "password policy", r);
}

/* ---- the actions ---- */

struct policy_input {
	struct field_int minimum_length, max_age, reuse;
	struct field_bool symbols, numbers, uppercase, lowercase, may_change, hard_expiry;
};

#define AT(member) .at = offsetof(struct policy_input, member)
static const struct field update_fields[] = {
	{ .name = "MinimumPasswordLength",
	    .type = FIELD_INT,
	    AT(minimum_length),
	    .min = MIN_LENGTH,
	    .max = 128 },
	{ .name = "RequireSymbols", .type = FIELD_BOOL, AT(symbols) },
	{ .name = "RequireNumbers", .type = FIELD_BOOL, AT(numbers) },
	{ .name = "RequireUppercaseCharacters", .type = FIELD_BOOL, AT(uppercase) },
	{ .name = "RequireLowercaseCharacters", .type = FIELD_BOOL, AT(lowercase) },
	{ .name = "AllowUsersToChangePassword", .type = FIELD_BOOL, AT(may_change) },
	{ .name = "MaxPasswordAge", .type = FIELD_INT, AT(max_age), .min = 1, .max = 1095 },
	{ .name = "PasswordReusePrevention", .type = FIELD_INT, AT(reuse), .min = 1, .max = 24 },
	{ .name = "HardExpiry", .type = FIELD_BOOL, AT(hard_expiry) },
};

/* "If you don't specify a value for a parameter, then that parameter uses the default value", so
 * the policy is replaced whole. */
static enum awserr
update_act(struct call *c)
{
	const struct policy_input *in = c->input;
	const struct store_password_policy p = { .account_id = c->principal.account_id,
		.minimum_length = in->minimum_length.given ? in->minimum_length.v : MIN_LENGTH,
		.symbols = in->symbols.v,
		.numbers = in->numbers.v,
		.uppercase = in->uppercase.v,
		.lowercase = in->lowercase.v,
		.users_may_change = in->may_change.v,
		.max_age_days = in->max_age.v,
		.reuse_prevention = in->reuse.v,
		.hard_expiry = in->hard_expiry.v };
	int r = store_password_policy_put(c->region->store, &p);

	return r == 0 ? AWSERR_NONE : call_internal(c, "password policy", r);
}

static enum awserr
missing(struct call *c)
{
	return call_fail(c, AWSERR_NO_SUCH_ENTITY,
	    "The Password Policy with domain name %.*s cannot be found.",
	    STR_FMT(c->principal.account_id));
}

static enum awserr
get_act(struct call *c)
{
	struct store_password_policy p;
	struct out *o = &c->out;
	int r;

	r = store_password_policy_get(c->region->store, c->arena, c->principal.account_id, &p);
	if (r != 0)
		return r == ERR_NOTFOUND ? missing(c) : call_internal(c, "password policy", r);
	out_object(o, "PasswordPolicy");
	out_i64(o, "MinimumPasswordLength", p.minimum_length);
	out_bool(o, "RequireSymbols", p.symbols);
	out_bool(o, "RequireNumbers", p.numbers);
	out_bool(o, "RequireUppercaseCharacters", p.uppercase);
	out_bool(o, "RequireLowercaseCharacters", p.lowercase);
	out_bool(o, "AllowUsersToChangePassword", p.users_may_change);
	out_bool(o, "ExpirePasswords", p.max_age_days > 0);
	if (p.max_age_days > 0)
		out_i64(o, "MaxPasswordAge", p.max_age_days);
	if (p.reuse_prevention > 0)
		out_i64(o, "PasswordReusePrevention", p.reuse_prevention);
	out_bool(o, "HardExpiry", p.hard_expiry);
	out_end(o);
	return AWSERR_NONE;
}

static enum awserr
delete_act(struct call *c)
{
	int r = store_password_policy_delete(c->region->store, c->principal.account_id);

	if (r == ERR_NOTFOUND)
		return missing(c);
	return r == 0 ? AWSERR_NONE : call_internal(c, "password policy", r);
}

static const struct action actions[] = {
	{ IAM_WRITE("UpdateAccountPasswordPolicy", update_fields, struct policy_input),
	    .act = update_act },
	{ IAM_BARE("GetAccountPasswordPolicy"), .read_only = true, .act = get_act },
	{ IAM_BARE("DeleteAccountPasswordPolicy"), .act = delete_act },
};
const struct action_rows password_policy_rows = { actions, FIELD_N(actions) };
