/*
 * iam: the decision; see iam.h. For now the account's own key may do everything
 * with what the account owns, and nobody else may do anything: policies are not
 * evaluated yet, and a policy that is not evaluated allows nothing. Pure.
 */
#include "iam/iam.h"

#include "aws/arn.h"

#define ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

/* "service:Operation". */
static bool
action_valid(struct str action)
{
	size_t colon = str_index(action, ':');
	struct str service = str_head(action, colon), name = str_from(action, colon + 1);

	return service.n > 0 && service.n <= 64 && str_all_in(service, ALNUM "-") &&
	    name.n > 0 && name.n <= 128 && str_all_in(name, ALNUM);
}

static bool
principal_valid(const struct iam_principal *p)
{
	struct arn arn;

	if (p == NULL || !arn_account_valid(p->account_id) || arn_parse(p->arn, &arn) != 0)
		return false;
	return str_eq(arn.account, p->account_id);
}

/* The first resource that is no ARN; a single "*" stands for all there is. */
static bool
resources_valid(const struct iam_request *req, struct str *ret_bad)
{
	struct arn arn;
	size_t i;

	if (req->n_resources == 0)
		return false;
	if (req->n_resources == 1 && str_eq_c(req->resources[0], "*"))
		return true;
	for (i = 0; i < req->n_resources; i++) {
		if (arn_parse(req->resources[i], &arn) != 0) {
			*ret_bad = req->resources[i];
			return false;
		}
	}
	return true;
}

/* The first resource that another account owns. Those of AWS itself ("aws")
 * and those without an account belong to no other. */
static bool
all_own(const struct iam_request *req, struct str *ret_other)
{
	struct arn arn;
	size_t i;

	for (i = 0; i < req->n_resources; i++) {
		if (arn_parse(req->resources[i], &arn) != 0 || !arn_account_valid(arn.account) ||
		    str_eq(arn.account, req->principal->account_id))
			continue;
		*ret_other = req->resources[i];
		return false;
	}
	return true;
}

static bool
is_root(const struct iam_principal *p)
{
	struct arn arn;

	return p->type == IAM_ROOT && arn_parse(p->arn, &arn) == 0 &&
	    str_eq_c(arn.service, "iam") && str_eq_c(arn.resource, "root");
}

void
iam_decide(const struct iam_request *req, const struct iam_attached_policy *policies,
    size_t n_policies, struct iam_decision *ret)
{
	(void)policies;
	(void)n_policies;
	*ret = (struct iam_decision){ .effect = IAM_DENY, .reason = IAM_REASON_MALFORMED };
	if (!action_valid(req->action) || !principal_valid(req->principal) ||
	    !resources_valid(req, &ret->resource))
		return;
	if (!all_own(req, &ret->resource)) {
		ret->reason = IAM_REASON_OTHER_ACCOUNT;
		return;
	}
	if (is_root(req->principal)) {
		ret->effect = IAM_ALLOW;
		ret->reason = IAM_REASON_ROOT;
		return;
	}
	ret->reason = IAM_REASON_NO_IDENTITY_ALLOW;
	ret->resource = req->resources[0];
}

static const char *
policy_words(enum iam_policy_type t)
{
	switch (t) {
	case IAM_IDENTITY_POLICY:
		return "an identity-based policy";
	case IAM_PERMISSIONS_BOUNDARY:
		return "a permissions boundary";
	case IAM_SESSION_POLICY:
		return "a session policy";
	case IAM_RESOURCE_POLICY:
		break;
	}
	return "a resource-based policy";
}

/* " because no KIND allows the ACTION action" */
static void
write_no_allow(struct buf *b, const char *kind, struct str action)
{
	buf_c(b, " because no ");
	buf_c(b, kind);
	buf_c(b, " allows the ");
	buf_str(b, action);
	buf_c(b, " action");
}

void
iam_denial_write(struct buf *b, const struct iam_request *req, const struct iam_decision *d)
{
	struct str resource = d->resource;

	if (resource.n == 0 && req->n_resources > 0)
		resource = req->resources[0];
	buf_c(b, "User: ");
	if (req->principal != NULL)
		buf_str(b, req->principal->arn);
	buf_c(b, " is not authorized to perform: ");
	buf_str(b, req->action);
	buf_c(b, " on resource: ");
	buf_str(b, resource);
	switch (d->reason) {
	case IAM_REASON_EXPLICIT_DENY:
		buf_c(b, " with an explicit deny in ");
		buf_c(b, policy_words(d->policy_type));
		break;
	case IAM_REASON_NO_IDENTITY_ALLOW:
		write_no_allow(b, "identity-based policy", req->action);
		break;
	case IAM_REASON_NO_BOUNDARY_ALLOW:
		write_no_allow(b, "permissions boundary", req->action);
		break;
	case IAM_REASON_NO_SESSION_ALLOW:
		write_no_allow(b, "session policy", req->action);
		break;
	case IAM_REASON_NO_TRUST_ALLOW:
		write_no_allow(b, "role trust policy", req->action);
		break;
	case IAM_REASON_OTHER_ACCOUNT:
		write_no_allow(b, "resource-based policy", req->action);
		break;
	case IAM_REASON_ROOT:
	case IAM_REASON_ALLOW_STATEMENT:
	case IAM_REASON_MALFORMED:
		break;
	}
}
