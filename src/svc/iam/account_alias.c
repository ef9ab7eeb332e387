/*
 * account_alias: CreateAccountAlias, DeleteAccountAlias and ListAccountAliases. An account has one
 * alias at most. On AWS it is a name in the address of the sign-in page, and there is none here: it
 * is a name for people and tools. Source: IAM API reference.
 */
#include "store/store_account.h"
#include "svc/iam/actions.h"
#include "svc/iam/page.h"

struct alias_input {
	struct str alias;
	struct page page;
};

static const struct field alias_fields[] = {
	{ .name = "AccountAlias",
	    .type = FIELD_STR,
	    .at = offsetof(struct alias_input, alias),
	    .required = true,
	    .form = FORM_ACCOUNT_ALIAS,
	    .min = 3,
	    .max = 63 },
};
static const struct field list_fields[] = {
	PAGE_FIELDS(struct alias_input),
};

static enum awserr
missing(struct call *c, struct str alias)
{
	return call_fail(c, AWSERR_NO_SUCH_ENTITY,
	    "The Account Alias with name %.*s cannot be found.", STR_FMT(alias));
}

/* The account's alias; an empty one if it has none. */
static enum awserr
alias_get(struct call *c, struct str *ret)
{
	struct store_account_alias v;
	int r;

	r = store_account_alias_get(c->region->store, c->arena, c->principal.account_id, &v);
	*ret = r == 0 ? v.alias : STR("");
	return r == 0 || r == ERR_NOTFOUND ? AWSERR_NONE : call_internal(c, "alias", r);
}

/* "If a new alias is assigned to the AWS account, then the new alias overwrites the previous
 * alias." (IAM user guide, "Your AWS account ID and its alias") */
static enum awserr
create_act(struct call *c)
{
	const struct alias_input *in = c->input;
	const struct store_account_alias v = { .account_id = c->principal.account_id,
		.alias = in->alias };
	int r = store_account_alias_put(c->region->store, &v);

	if (r == ERR_EXISTS)
		return call_fail(c, AWSERR_ENTITY_EXISTS, "The account alias %.*s already exists.",
		    STR_FMT(in->alias));
	return r == 0 ? AWSERR_NONE : call_internal(c, "alias", r);
}

static enum awserr
delete_act(struct call *c)
{
	const struct alias_input *in = c->input;
	struct str alias;
	enum awserr e;
	int r;

	if ((e = alias_get(c, &alias)) != AWSERR_NONE)
		return e;
	if (!str_eq(alias, in->alias))
		return missing(c, in->alias);
	r = store_account_alias_delete(c->region->store, c->principal.account_id);
	return r == 0 ? AWSERR_NONE : call_internal(c, "alias", r);
}

static enum awserr
list_act(struct call *c)
{
	struct alias_input *in = c->input;
	struct str alias;
	enum awserr e;

	if ((e = page_read(c, &in->page)) != AWSERR_NONE ||
	    (e = alias_get(c, &alias)) != AWSERR_NONE)
		return e;
	out_list(&c->out, "AccountAliases");
	if (alias.n > 0)
		out_item_str(&c->out, alias);
	out_end(&c->out);
	page_end(c, &in->page, 0, STR(""));
	return AWSERR_NONE;
}

static const struct action actions[] = {
	{ IAM_WRITE("CreateAccountAlias", alias_fields, struct alias_input), .act = create_act },
	{ IAM_WRITE("DeleteAccountAlias", alias_fields, struct alias_input), .act = delete_act },
	{ IAM_READ("ListAccountAliases", list_fields, struct alias_input), .act = list_act },
};
const struct action_rows account_alias_rows = { actions, FIELD_N(actions) };
