/*
 * iam: see iam.h. This file checks that a request can be decided on at all, and writes what
 * a denied caller is told. What the policies say is found out in evaluate.c. Pure.
 */
#include "iam/iam.h"

#include "aws/arn.h"
#include "iam/evaluate.h"

#define SERVICE_BYTES 64
#define NAME_BYTES 128
#define ACTION_BYTES (SERVICE_BYTES + 1 + NAME_BYTES)
#define SPELLING_BYTES 1024

static bool
is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Is s made of ASCII letters, digits and the character `also`? */
static bool
is_name(struct str s, char also)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]) && s.p[i] != also)
			return false;
	return s.n > 0;
}

/* Does the action have the form "service:Operation"? */
static bool
action_valid(struct str action)
{
	size_t colon = str_index(action, ':');
	struct str service = str_head(action, colon), name = str_from(action, colon + 1);

	return service.n <= SERVICE_BYTES && is_name(service, '-') && name.n <= NAME_BYTES &&
	    is_name(name, 'A');
}

static bool
principal_valid(const struct iam_principal *p)
{
	struct arn arn;

	if (p == NULL || !arn_account_valid(p->account_id) || arn_parse(p->arn, &arn) != 0)
		return false;
	return str_eq(arn.account, p->account_id);
}

/* Does the resource belong to another account? Those of AWS itself ("aws"), and those whose
 * ARN names no account, do not. */
static bool
is_foreign(const struct arnpattern_subject *resource, const struct iam_principal *p)
{
	const struct str account = resource->part[ARNPATTERN_ACCOUNT];

	return resource->is_arn && arn_account_valid(account) && !str_eq(account, p->account_id);
}

/* The resources have to be ARNs, or a single "*" that stands for all there is. ret_bad gets
 * the first one that is neither. */
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

static bool
is_root(const struct iam_principal *p)
{
	struct arn arn;

	return p->type == IAM_ROOT && arn_parse(p->arn, &arn) == 0 &&
	    str_eq_c(arn.service, "iam") && str_eq_c(arn.resource, "root");
}

static struct str
lower(struct str s, char room[ACTION_BYTES])
{
	size_t i;

	for (i = 0; i < s.n; i++)
		room[i] = str_lower(s.p[i]);
	return str_of_n(room, s.n);
}

/*
 * The service-linked role of EC2 Instance Connect has two names: the user guide's, and the one that
 * AWS's API and policies in use have (docs/decisions/0050). A policy may have either. Finds the ARN
 * with the other one; empty when the resource is not that role, or too long to be.
 */
static struct str
other_spelling(struct str arn, char room[SPELLING_BYTES])
{
	static const char *const names[] = { "/AWSServiceRoleForEC2InstanceConnect",
		"/AWSServiceRoleForEc2InstanceConnect" };
	struct str name;
	size_t i;

	for (i = 0; i < 2; i++) {
		name = str_of(names[i]);
		if (!str_ends(arn, name) || arn.n > SPELLING_BYTES)
			continue;
		memcpy(room, arn.p, arn.n);
		memcpy(room + arn.n - name.n, names[1 - i], name.n);
		return str_of_n(room, arn.n);
	}
	return STR("");
}

/* Every resource has to be allowed. The first one that is not decides. */
static void
evaluate(const struct iam_request *req, const struct iam_attached_policy *policies,
    size_t n_policies, struct iam_decision *ret)
{
	char action[ACTION_BYTES], spelling[SPELLING_BYTES];
	const uint64_t limit = req->max_steps > 0 ? req->max_steps : IAM_MAX_STEPS;
	struct matching m = { .context = &req->context, .steps = { limit } };
	struct evaluate_input in = { .root = is_root(req->principal),
		.question = { .principal = req->principal,
		    .action = lower(req->action, action),
		    .matching = &m } };
	struct iam_decision d;
	size_t i;

	for (i = 0; i < req->n_resources; i++) {
		in.question.resource = arnpattern_subject_of(req->resources[i]);
		in.question.also =
		    arnpattern_subject_of(other_spelling(req->resources[i], spelling));
		in.foreign = is_foreign(&in.question.resource, req->principal);
		evaluate_resource(&in, policies, n_policies, &d);
		if (i == 0 || d.effect == IAM_DENY)
			*ret = d;
		ret->steps = limit - m.steps.left;
		if (d.effect == IAM_DENY) {
			ret->resource = req->resources[i];
			return;
		}
	}
}

void
iam_decide(const struct iam_request *req, const struct iam_attached_policy *policies,
    size_t n_policies, struct iam_decision *ret)
{
	*ret = (struct iam_decision){ .effect = IAM_DENY, .reason = IAM_REASON_MALFORMED };
	if (!action_valid(req->action) || !principal_valid(req->principal))
		return;
	if (resources_valid(req, &ret->resource))
		evaluate(req, policies, n_policies, ret);
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

/* Appends " because no KIND allows the ACTION action". */
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
	case IAM_REASON_STEP_LIMIT:
		buf_c(b, " because the policies and the request take too long to compare");
		break;
	case IAM_REASON_ROOT:
	case IAM_REASON_ALLOW_STATEMENT:
	case IAM_REASON_MALFORMED:
		break;
	}
}
