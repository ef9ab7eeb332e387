/*
 * explain: see explain.h. Lists are written as objects with the member "items", as AWS
 * writes them. Pure.
 */
#include "iam/explain.h"

#include "codec/jsonw.h"
#include "iam/document.h"

const char *
iam_explain_reason(enum iam_reason r)
{
	static const char *const names[] = {
		[IAM_REASON_ROOT] = "Root",
		[IAM_REASON_ALLOW_STATEMENT] = "AllowStatement",
		[IAM_REASON_EXPLICIT_DENY] = "ExplicitDeny",
		[IAM_REASON_NO_IDENTITY_ALLOW] = "NoIdentityAllow",
		[IAM_REASON_NO_BOUNDARY_ALLOW] = "NoBoundaryAllow",
		[IAM_REASON_NO_SESSION_ALLOW] = "NoSessionAllow",
		[IAM_REASON_NO_TRUST_ALLOW] = "NoTrustAllow",
		[IAM_REASON_OTHER_ACCOUNT] = "OtherAccount",
		[IAM_REASON_MALFORMED] = "Malformed",
		[IAM_REASON_STEP_LIMIT] = "StepLimit",
	};

	return names[r];
}

static const char *
type_name(enum iam_policy_type t)
{
	static const char *const names[] = {
		[IAM_IDENTITY_POLICY] = "IdentityPolicy",
		[IAM_PERMISSIONS_BOUNDARY] = "PermissionsBoundary",
		[IAM_SESSION_POLICY] = "SessionPolicy",
		[IAM_RESOURCE_POLICY] = "ResourcePolicy",
	};

	return names[t];
}

static void
items_begin(struct jsonw *w, const char *name)
{
	jsonw_m_object(w, name);
	jsonw_m_array(w, "items");
}

static void
items_end(struct jsonw *w)
{
	jsonw_end(w);
	jsonw_end(w);
}

static void
item(struct jsonw *w, struct str value)
{
	jsonw_object(w);
	jsonw_m_str(w, "value", value);
	jsonw_end(w);
}

/* Writes a value as the policy has it: a string as it is, a boolean or a number as a word. */
static void
json_item(struct jsonw *w, const struct json *v)
{
	struct buf b;
	struct str s;
	int64_t n;
	bool flag;

	buf_init(&b, 64);
	if (json_str(v, &s) != 0) {
		if (json_bool(v, &flag) == 0)
			buf_c(&b, flag ? "true" : "false");
		else if (json_i64(v, &n) == 0)
			buf_i64(&b, n);
		else if (compile_real_write(v, &b) != 0)
			buf_clear(&b);
		s = buf_view(&b);
	}
	item(w, s);
	buf_release(&b);
}

/* Writes one value or a list of them. Writes nothing when v is NULL. */
static void
values(struct jsonw *w, const char *name, const struct json *v)
{
	size_t i;

	items_begin(w, name);
	if (json_kind(v) == JSON_KIND_ARRAY)
		for (i = 0; i < json_len(v); i++)
			json_item(w, json_at(v, i));
	else if (v != NULL)
		json_item(w, v);
	items_end(w);
}

/* Writes {OPERATOR: {KEY: VALUES}} as a list. AWS leaves the operator out; we name it, since
 * without it nobody can tell why a condition did not hold. */
static void
conditions(struct jsonw *w, const struct json *v)
{
	struct json_iter ops = { .obj = v }, keys;
	const struct json *op, *vals;
	struct str op_name, key;

	items_begin(w, "conditions");
	while (v != NULL && json_next(&ops, &op_name, &op)) {
		keys = (struct json_iter){ .obj = op };
		while (json_next(&keys, &key, &vals)) {
			jsonw_object(w);
			jsonw_m_str(w, "operator", op_name);
			jsonw_m_str(w, "key", key);
			values(w, "values", vals);
			jsonw_end(w);
		}
	}
	items_end(w);
}

static void
either(struct jsonw *w, const struct json *v, const char *element, const char *name,
    const char *not_element, const char *not_name)
{
	const struct json *not_v = json_get(v, not_element);

	if (not_v != NULL)
		values(w, not_name, not_v);
	else
		values(w, name, json_get(v, element));
}

static void
statement(struct jsonw *w, const struct iam_request *req, const struct iam_policy *p, size_t i)
{
	const struct json *v = document_statement(p, i);

	jsonw_object(w);
	jsonw_m_str(w, "statementId", p->v[i].sid);
	jsonw_m_c(w, "effect", p->v[i].effect == IAM_ALLOW ? "ALLOW" : "DENY");
	items_begin(w, "principals");
	item(w, req->principal->user_id);
	items_end(w);
	items_begin(w, "principalGroups");
	items_end(w);
	either(w, v, "Action", "actions", "NotAction", "notActions");
	either(w, v, "Resource", "resources", "NotResource", "notResources");
	conditions(w, json_get(v, "Condition"));
	jsonw_end(w);
}

static bool
by_statement(const struct iam_decision *d)
{
	return d->reason == IAM_REASON_ALLOW_STATEMENT || d->reason == IAM_REASON_EXPLICIT_DENY;
}

/* The policy whose statement decided, or NULL if it is none of those handed in. */
static const struct iam_policy *
deciding(const struct iam_attached_policy *policies, size_t n_policies,
    const struct iam_decision *d)
{
	const struct iam_policy *p;

	if (!by_statement(d) || d->policy_at >= n_policies)
		return NULL;
	p = policies[d->policy_at].policy;
	return p != NULL && d->statement < p->n ? p : NULL;
}

static void
context(struct jsonw *w, const struct iam_request *req, const struct iam_decision *d)
{
	const struct iam_context_entry *e;
	struct str resource = d->resource;
	size_t i, j;

	if (resource.n == 0 && req->n_resources > 0)
		resource = req->resources[0];
	jsonw_m_object(w, "context");
	jsonw_m_object(w, "principal");
	jsonw_m_str(w, "id", req->principal == NULL ? STR("") : req->principal->user_id);
	jsonw_m_str(w, "arn", req->principal == NULL ? STR("") : req->principal->arn);
	jsonw_end(w);
	jsonw_m_str(w, "action", req->action);
	jsonw_m_str(w, "resource", resource);
	items_begin(w, "conditions");
	for (i = 0; i < req->context.n; i++) {
		e = &req->context.entries[i];
		jsonw_object(w);
		jsonw_m_str(w, "key", e->key);
		items_begin(w, "values");
		for (j = 0; j < e->n_values; j++)
			item(w, e->values[j]);
		items_end(w);
		jsonw_end(w);
	}
	items_end(w);
	jsonw_end(w);
}

void
iam_explain_write(struct buf *b, const struct iam_request *req,
    const struct iam_attached_policy *policies, size_t n_policies, const struct iam_decision *d)
{
	const struct iam_policy *p = deciding(policies, n_policies, d);
	struct jsonw w;

	jsonw_init(&w, b);
	jsonw_object(&w);
	jsonw_m_bool(&w, "allowed", d->effect == IAM_ALLOW);
	jsonw_m_bool(&w, "explicitDeny", d->reason == IAM_REASON_EXPLICIT_DENY);
	items_begin(&w, "matchedStatements");
	if (p != NULL)
		statement(&w, req, p, d->statement);
	items_end(&w);
	items_begin(&w, "failures");
	items_end(&w);
	context(&w, req, d);
	jsonw_m_c(&w, "reason", iam_explain_reason(d->reason));
	if (p != NULL || (by_statement(d) && d->policy.n > 0)) {
		jsonw_m_str(&w, "policy", d->policy);
		jsonw_m_c(&w, "policyType", type_name(d->policy_type));
		jsonw_m_u64(&w, "statement", d->statement);
	}
	jsonw_end(&w);
	/* If it did not fit, buf_err says so to the caller. */
	(void)!jsonw_finish(&w);
}
