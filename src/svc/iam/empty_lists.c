/*
 * empty_lists: lists of what IAM has on AWS and no account can have here: SSH keys for CodeCommit,
 * X.509 certificates, credentials of single services, and SAML providers. Scripts that clean up
 * a user, and those that audit an account, ask for all of them; that there are none is true.
 */
#include "svc/iam/actions.h"
#include "svc/iam/entity.h"
#include "svc/iam/page.h"

struct input {
	struct str user_name, path_prefix;
	struct page page;
};

/* What is told apart: the row's `about`. */
struct list {
	const char *name;     /* of the list in the answer */
	const char *resource; /* what is asked for when it is no user's: "saml-provider/" */
	bool paged;           /* the answer says that it is not truncated */
};

#define USER_NAME(most) \
	{ \
		.name = "UserName", .type = FIELD_STR, .at = offsetof(struct input, user_name), \
		.form = FORM_IAM_NAME, .min = 1, .max = (most) \
	}

static const struct field ssh_fields[] = {
	USER_NAME(64),
	PAGE_FIELDS(struct input),
};

static const struct field signing_fields[] = {
	USER_NAME(128),
	PAGE_FIELDS(struct input),
};

static const struct field specific_fields[] = {
	USER_NAME(64),
	/* Both only choose among what there is not. */
	{ .name = "ServiceName", .type = FIELD_IGNORED },
	{ .name = "AllUsers", .type = FIELD_IGNORED },
	PAGE_FIELDS(struct input),
};

static const struct field server_fields[] = {
	{ .name = "PathPrefix",
	    .type = FIELD_STR,
	    .at = offsetof(struct input, path_prefix),
	    .form = FORM_IAM_PATH_PREFIX,
	    .min = 1,
	    .max = 512 },
	PAGE_FIELDS(struct input),
};

/* Those of the user that is named, or of the caller. */
static enum awserr
user_scope(struct call *c)
{
	const struct input *in = c->input;
	struct store_user u;

	if (in->user_name.p == NULL && c->principal.type == IAM_ROOT) {
		call_target_arn(c, c->principal.arn);
		return AWSERR_NONE;
	}
	return entity_user(c, in->user_name, &u);
}

static enum awserr
account_scope(struct call *c)
{
	const struct list *l = c->action->about;

	call_target_arn(c,
	    arena_fmt(c->arena, "arn:aws:iam::%.*s:%s", STR_FMT(c->principal.account_id),
		l->resource));
	return AWSERR_NONE;
}

static enum awserr
list_act(struct call *c)
{
	const struct list *l = c->action->about;
	struct input *in = c->input;
	enum awserr e;

	if (l->paged && (e = page_read(c, &in->page)) != AWSERR_NONE)
		return e;
	out_list(&c->out, l->name);
	out_end(&c->out);
	if (l->paged)
		page_end(c, &in->page, 0, STR(""));
	return AWSERR_NONE;
}

static const struct list ssh = { "SSHPublicKeys", NULL, true };
static const struct list signing = { "Certificates", NULL, true };
static const struct list specific = { "ServiceSpecificCredentials", NULL, true };
static const struct list server = { "ServerCertificateMetadataList", "server-certificate/", true };
static const struct list saml = { "SAMLProviderList", "saml-provider/*", false };

#define OF_USER(NAME, FIELDS, LIST) \
	IAM_READ(NAME, FIELDS, struct input), .scope = user_scope, .act = list_act, .about = &(LIST)
#define OF_ACCOUNT(NAME, LIST) \
	IAM_BARE(NAME), .read_only = true, .scope = account_scope, .act = list_act, .about = &(LIST)

static const struct action actions[] = {
	{ OF_USER("ListSSHPublicKeys", ssh_fields, ssh) },
	{ OF_USER("ListSigningCertificates", signing_fields, signing) },
	{ OF_USER("ListServiceSpecificCredentials", specific_fields, specific) },
	{ IAM_READ("ListServerCertificates", server_fields, struct input), .scope = account_scope,
	    .act = list_act, .about = &server },
	{ OF_ACCOUNT("ListSAMLProviders", saml) },
};
const struct action_rows empty_lists_rows = { actions, FIELD_N(actions) };
