/*
 * simulate: SimulatePrincipalPolicy and SimulateCustomPolicy say what would be decided. They ask
 * iam_decide, with the policies that a real decision would use, so that the result cannot differ
 * from that of a real request.
 */
#include "svc/iam/actions.h"

#include "api/limits.h"
#include "svc/iam/page.h"
#include "svc/iam/simulation.h"
#include "aws/arn.h"
#include "base/num.h"
#include "codec/json_place.h"
#include "iam/context.h"
#include "iam/policy.h"

/* Limits the size of a page: that of the documents times the number of results. IAM, too, may
 * return fewer results than asked for. */
#define MAX_PAGE_BYTES (2u << 20)
/* A page ends with the result whose decisions make it this many steps (iam/steps.h). One result
 * takes at most 3 * IAM_MAX_STEPS. */
#define MAX_PAGE_STEPS ((uint64_t)1 << 23)

struct context_input {
	struct str key, type;
	struct field_strs values;
};

struct simulate_input {
	struct str source_arn;
	struct field_strs policies, boundary, actions, resources;
	struct str owner, caller_arn;
	struct field_list context;
	struct page page;
	/* set by scope; SimulateCustomPolicy has no scope, and so no id here */
	struct store_entity source;
};

static const char *const key_types[] = { "string", "stringList", "numeric", "numericList",
	"boolean", "booleanList", "ip", "ipList", "binary", "binaryList", "date", "dateList",
	NULL };

static const struct field context_fields[] = {
	{ .name = "ContextKeyName",
	    .type = FIELD_STR,
	    .at = offsetof(struct context_input, key),
	    .required = true,
	    .form = FORM_PRINTABLE,
	    .min = 5,
	    .max = 256 },
	{ .name = "ContextKeyValues",
	    .type = FIELD_STR_LIST,
	    .at = offsetof(struct context_input, values),
	    .max_items = 256 },
	/* The type is not used: the operator of a condition says how to read the values. */
	{ .name = "ContextKeyType",
	    .type = FIELD_STR,
	    .at = offsetof(struct context_input, type),
	    .words = key_types },
};

#define SHARED_FIELDS \
	SIMULATION_POLICIES_FIELD("PermissionsBoundaryPolicyInputList", struct simulate_input, \
	    boundary, false), \
	    { .name = "ActionNames", \
		    .type = FIELD_STR_LIST, \
		    .at = offsetof(struct simulate_input, actions), \
		    .required = true, \
		    .form = FORM_PRINTABLE, \
		    .min = 3, \
		    .max = 128 }, \
	    { .name = "ResourceArns", \
		    .type = FIELD_STR_LIST, \
		    .at = offsetof(struct simulate_input, resources), \
		    .form = FORM_PRINTABLE, \
		    .min = 1, \
		    .max = 2048 }, /* No resource here has a policy of its own but roles, and AWS \
				      simulates none. */ \
	    { \
		    .name = "ResourcePolicy", \
		    .type = FIELD_UNSUPPORTED \
	    }, /* The owner of resources whose ARN names none. There are none here. */ \
	    { .name = "ResourceOwner", \
		    .type = FIELD_STR, \
		    .at = offsetof(struct simulate_input, owner), \
		    .form = FORM_PRINTABLE, \
		    .min = 1, \
		    .max = 2048 }, \
	    { .name = "CallerArn", \
		    .type = FIELD_STR, \
		    .at = offsetof(struct simulate_input, caller_arn), \
		    .form = FORM_PRINTABLE, \
		    .min = 1, \
		    .max = 2048 }, \
	    { .name = "ContextEntries", \
		    .type = FIELD_LIST, \
		    .at = offsetof(struct simulate_input, context), \
		    .max_items = 256, \
		    .members = context_fields, \
		    .n_members = FIELD_N(context_fields), \
		    .size = sizeof(struct context_input) }, \
	    { .name = "ResourceHandlingOption", .type = FIELD_UNSUPPORTED }, \
	    PAGE_FIELDS(struct simulate_input)

static const struct field custom_fields[] = {
	SIMULATION_POLICIES_FIELD("PolicyInputList", struct simulate_input, policies, true),
	SHARED_FIELDS,
};
static const struct field principal_fields[] = {
	SIMULATION_SOURCE_FIELD(struct simulate_input, source_arn),
	SIMULATION_POLICIES_FIELD("PolicyInputList", struct simulate_input, policies, false),
	SHARED_FIELDS,
};

static enum awserr
principal_scope(struct call *c)
{
	struct simulate_input *in = c->input;

	return simulation_source(c, in->source_arn, &in->source);
}

/* ---- who, and under which circumstances ---- */

/* Everything that a simulated decision needs, except for the action and the resource. */
struct scene {
	struct simulation sim;
	bool bounded;
	struct iam_principal who;
	struct iam_context_entry *entries;
	size_t n_entries;
	struct field_strs missing;
};

/* The name of the user whom an ARN names. Empty when it is no ARN of a user of this account. */
static struct str
user_name(const struct call *c, struct str text)
{
	struct str name = { NULL, 0 };
	struct arn arn;

	if (arn_parse(text, &arn) != 0 || !str_eq_c(arn.service, "iam") ||
	    !str_eq(arn.account, c->principal.account_id) ||
	    !str_starts(arn.resource, STR("user/")))
		return name;
	for (name = arn.resource; str_index(name, '/') < name.n;)
		name = str_from(name, str_index(name, '/') + 1);
	return name;
}

static enum awserr
set_principal(struct call *c, const struct simulate_input *in, struct iam_principal *p)
{
	const struct store_entity *e = &in->source;

	*p = (struct iam_principal){ .type = IAM_USER, .account_id = c->principal.account_id };
	if (in->caller_arn.p != NULL) {
		p->arn = in->caller_arn;
		p->name = user_name(c, p->arn);
		if (p->name.n > 0)
			return AWSERR_NONE;
		return call_fail(c, AWSERR_INVALID_INPUT,
		    "Invalid CallerArn: not that of an IAM user.");
	}
	if (e->entity_id.n > 0 && e->kind == STORE_ENTITY_USER) {
		p->arn = e->arn;
		p->user_id = e->entity_id;
		p->name = e->name;
	} else if (e->entity_id.n > 0 && e->kind == STORE_ENTITY_ROLE) {
		p->type = IAM_ASSUMED_ROLE;
		p->arn = arena_fmt(c->arena, "arn:aws:sts::%.*s:assumed-role/%.*s/simulation",
		    STR_FMT(p->account_id), STR_FMT(e->name));
		p->role_arn = e->arn;
		p->user_id = arena_fmt(c->arena, "%.*s:simulation", STR_FMT(e->entity_id));
		p->name = STR("simulation");
	} else {
		/* The policies are simulated for an unnamed user of the account. */
		p->arn = arena_fmt(c->arena, "arn:aws:iam::%.*s:user/", STR_FMT(p->account_id));
	}
	return AWSERR_NONE;
}

static bool
has_key(const struct scene *s, struct str key)
{
	size_t i;

	for (i = 0; i < s->n_entries; i++) {
		if (str_eq_nocase(s->entries[i].key, key))
			return true;
	}
	return false;
}

/* Adds a key whose value the simulator knows, unless the request gives a value for it. */
static void
known(struct call *c, struct scene *s, struct str key, struct str value)
{
	struct str *v;

	if (value.n == 0 || has_key(s, key))
		return;
	v = arena_alloc(c->arena, sizeof(*v));
	*v = value;
	s->entries[s->n_entries++] =
	    (struct iam_context_entry){ .key = key, .values = v, .n_values = 1 };
}

#define MAX_KNOWN 5 /* the calls of known in set_context, not counting those for tags */

static enum awserr
set_context(struct call *c, const struct simulate_input *in, struct scene *s)
{
	const struct context_input *given = in->context.v;
	const struct iam_principal *p = &s->who;
	struct store_tag *tags = NULL;
	size_t i, n = 0;
	int r;

	if (in->source.entity_id.n > 0 && in->caller_arn.p == NULL &&
	    (r = store_tag_list(c->region->store, c->arena, in->source.entity_id, &tags, &n)) != 0)
		return call_internal(c, "tags", r);
	s->entries = arena_array(c->arena, in->context.n + n + MAX_KNOWN, sizeof(s->entries[0]));
	for (i = 0; i < in->context.n; i++) {
		if (has_key(s, given[i].key))
			return call_fail(c, AWSERR_INVALID_INPUT, "Duplicate context key: %.*s",
			    STR_FMT(given[i].key));
		s->entries[s->n_entries++] = (struct iam_context_entry){ .key = given[i].key,
			.values = given[i].values.v,
			.n_values = given[i].values.n };
	}
	known(c, s, STR("aws:PrincipalAccount"), p->account_id);
	if (p->name.n > 0) {
		known(c, s, STR("aws:PrincipalArn"), p->role_arn.n > 0 ? p->role_arn : p->arn);
		known(c, s, STR("aws:PrincipalType"),
		    p->type == IAM_USER ? STR("User") : STR("AssumedRole"));
	}
	known(c, s, STR("aws:userid"), p->user_id);
	known(c, s, STR("aws:username"), p->type == IAM_USER ? p->name : STR(""));
	for (i = 0; i < n; i++)
		known(c, s, arena_fmt(c->arena, "aws:PrincipalTag/%.*s", STR_FMT(tags[i].key)),
		    tags[i].value);
	return AWSERR_NONE;
}

static void
set_missing(struct call *c, struct scene *s)
{
	struct field_strs all = simulation_keys(c, &s->sim);
	const struct iam_context ctx = { .entries = s->entries, .n = s->n_entries };
	/* Once for a page, and bounded by the sizes of the policies and of the context. */
	struct matching m = { .context = &ctx, .steps = { UINT64_MAX } };
	struct str *v = arena_array(c->arena, all.n + 1, sizeof(*v));
	size_t i, n = 0;

	for (i = 0; i < all.n; i++) {
		if (context_find(&m, all.v[i]) == NULL)
			v[n++] = all.v[i];
	}
	s->missing = (struct field_strs){ .v = v, .n = n };
}

static enum awserr
set_scene(struct call *c, const struct simulate_input *in, struct scene *s)
{
	enum awserr e;
	size_t i;

	if (in->boundary.n > 1)
		return call_fail(c, AWSERR_INVALID_INPUT,
		    "Only one permissions boundary can be simulated.");
	/* A boundary in the request replaces the one that the entity has. */
	if (in->source.entity_id.n > 0 &&
	    (e = simulation_add_entity(c, &s->sim, &in->source, in->boundary.n == 0)) !=
		AWSERR_NONE)
		return e;
	if ((e = simulation_add_inputs(c, &s->sim, IAM_IDENTITY_POLICY, "PolicyInputList",
		 &in->policies)) != AWSERR_NONE ||
	    (e = simulation_add_inputs(c, &s->sim, IAM_PERMISSIONS_BOUNDARY,
		 "PermissionsBoundaryPolicyInputList", &in->boundary)) != AWSERR_NONE ||
	    (e = set_principal(c, in, &s->who)) != AWSERR_NONE ||
	    (e = set_context(c, in, s)) != AWSERR_NONE)
		return e;
	for (i = 0; i < s->sim.n; i++)
		s->bounded |= s->sim.attached[i].type == IAM_PERMISSIONS_BOUNDARY;
	set_missing(c, s);
	return AWSERR_NONE;
}

/* ---- the results ---- */

static void
position_write(struct call *c, const char *name, const struct json_place *p)
{
	out_object(&c->out, name);
	out_i64(&c->out, "Line", (int64_t)p->line);
	out_i64(&c->out, "Column", (int64_t)p->column);
	out_end(&c->out);
}

static void
statement_write(struct call *c, const struct simulation *s, size_t i, size_t statement)
{
	struct json_place from, to;

	out_item(&c->out);
	out_str(&c->out, "SourcePolicyId", s->attached[i].name);
	/* AWS answers this for every policy, although its model lists other values. */
	out_c(&c->out, "SourcePolicyType", "IAM Policy");
	if (json_place(s->documents[i].text, STR("Statement"), statement, &from, &to) == 0) {
		position_write(c, "StartPosition", &from);
		position_write(c, "EndPosition", &to);
	}
	out_end(&c->out);
}

/* A statement of one of the policies, which leads to the decision. */
struct matched {
	size_t policy, statement;
};

/* What is told about one action on one resource. */
struct result {
	struct iam_decision decision;
	struct matched *matched; /* by policy */
	size_t n_matched;
	bool passes; /* the boundary, if there is one, allows the request */
};

/*
 * Finds, for each policy that alone would lead to the same decision, the statement that does. An
 * explicit deny ends the decision itself, but not this, so all these together may take
 * IAM_MAX_STEPS; statements that are found later are left out. Adds to *steps what was taken.
 */
static void
matched_find(struct call *c, const struct scene *s, const struct iam_request *rq, struct result *r,
    uint64_t *steps)
{
	const struct iam_decision *d = &r->decision;
	const bool decided = d->effect == IAM_ALLOW || d->reason == IAM_REASON_EXPLICIT_DENY;
	struct iam_request limited = *rq;
	struct iam_attached_policy alone;
	struct iam_decision own;
	size_t i;

	limited.max_steps = IAM_MAX_STEPS;
	r->matched = arena_array(c->arena, s->sim.n > 0 ? s->sim.n : 1, sizeof(*r->matched));
	for (i = 0; decided && limited.max_steps > 0 && i < s->sim.n; i++) {
		alone = s->sim.attached[i];
		iam_decide(&limited, &alone, 1, &own);
		limited.max_steps -= own.steps;
		if ((d->effect == IAM_ALLOW && own.effect == IAM_ALLOW) ||
		    (d->reason == IAM_REASON_EXPLICIT_DENY &&
			own.reason == IAM_REASON_EXPLICIT_DENY))
			r->matched[r->n_matched++] = (struct matched){ i, own.statement };
	}
	*steps += IAM_MAX_STEPS - limited.max_steps;
}

/* Does the boundary allow the request? A boundary alone never allows anything, so it is evaluated
 * as an identity policy. Adds to *steps what was taken. */
static bool
boundary_passes(const struct scene *s, const struct iam_request *rq, uint64_t *steps)
{
	struct iam_attached_policy alone;
	struct iam_decision own;
	bool passes = false;
	size_t i;

	for (i = 0; i < s->sim.n; i++) {
		if (s->sim.attached[i].type != IAM_PERMISSIONS_BOUNDARY)
			continue;
		alone = s->sim.attached[i];
		alone.type = IAM_IDENTITY_POLICY;
		iam_decide(rq, &alone, 1, &own);
		passes = own.effect == IAM_ALLOW;
		*steps += own.steps;
	}
	return passes;
}

/* Writes what a result says behind its decision. */
static void
details_write(struct call *c, const struct scene *s, const struct result *r)
{
	size_t i;

	out_list(&c->out, "MatchedStatements");
	for (i = 0; i < r->n_matched; i++)
		statement_write(c, &s->sim, r->matched[i].policy, r->matched[i].statement);
	out_end(&c->out);
	out_list(&c->out, "MissingContextValues");
	for (i = 0; i < s->missing.n; i++)
		out_item_str(&c->out, s->missing.v[i]);
	out_end(&c->out);
	if (!s->bounded)
		return;
	out_object(&c->out, "PermissionsBoundaryDecisionDetail");
	out_bool(&c->out, "AllowedByPermissionsBoundary", r->passes);
	out_end(&c->out);
}

static const char *
decision_name(const struct iam_decision *d)
{
	if (d->effect == IAM_ALLOW)
		return "allowed";
	return d->reason == IAM_REASON_EXPLICIT_DENY ? "explicitDeny" : "implicitDeny";
}

/* For a resource that the request names, the same once more as the result for that resource, and
 * an empty map, which would have something in it if the resource belonged to another account.
 * Source: IAM API reference, EvaluationResult. */
static void
specific_write(struct call *c, const struct scene *s, struct str resource, const struct result *r)
{
	out_object(&c->out, "EvalDecisionDetails");
	out_end(&c->out);
	out_list(&c->out, "ResourceSpecificResults");
	out_item(&c->out);
	out_str(&c->out, "EvalResourceName", resource);
	out_c(&c->out, "EvalResourceDecision", decision_name(&r->decision));
	details_write(c, s, r);
	out_end(&c->out);
	out_end(&c->out);
}

/* Adds to *steps what the decisions about this result took. */
static enum awserr
result_write(struct call *c, const struct scene *s, struct str action, struct str resource,
    uint64_t *steps)
{
	const struct iam_request rq = { .principal = &s->who,
		.action = action,
		.resources = &resource,
		.n_resources = 1,
		.context = { .entries = s->entries, .n = s->n_entries } };
	struct result r = { .n_matched = 0 };

	iam_decide(&rq, s->sim.attached, s->sim.n, &r.decision);
	*steps += r.decision.steps;
	if (r.decision.reason == IAM_REASON_MALFORMED)
		return call_fail(c, AWSERR_INVALID_INPUT,
		    "Invalid action or resource: %.*s on %.*s", STR_FMT(action), STR_FMT(resource));
	matched_find(c, s, &rq, &r, steps);
	r.passes = s->bounded && boundary_passes(s, &rq, steps);
	out_item(&c->out);
	out_str(&c->out, "EvalActionName", action);
	out_str(&c->out, "EvalResourceName", resource);
	out_c(&c->out, "EvalDecision", decision_name(&r.decision));
	details_write(c, s, &r);
	if (!str_eq_c(resource, "*"))
		specific_write(c, s, resource, &r);
	out_end(&c->out);
	return AWSERR_NONE;
}

/* Limits how many results there may be on a page by the size of the documents. */
static void
set_limit(const struct scene *s, struct page *p)
{
	size_t most = MAX_PAGE_BYTES / (s->sim.bytes + 4096);

	if (p->limit > most)
		p->limit = most > 0 ? most : 1;
}

/* The results are numbered: all actions on the first resource, then all on the next. The marker
 * is such a number. A page has one result at least, whatever it takes. Adds its steps to *steps,
 * also when it fails. */
static enum awserr
results_write(struct call *c, struct simulate_input *in, const struct scene *s, uint64_t *steps)
{
	static const struct str everything = { "*", 1 };
	struct field_strs resources = in->resources;
	size_t first = 0, n, i;
	uint64_t after;
	enum awserr e;

	if ((e = page_read(c, &in->page)) != AWSERR_NONE)
		return e;
	if (resources.n == 0)
		resources = (struct field_strs){ .v = &everything, .n = 1 };
	if (in->page.after.n > 0) {
		if (num_u64_parse(in->page.after, 0, in->actions.n * resources.n, &after) != 0)
			return call_fail(c, AWSERR_VALIDATION, "Invalid Marker.");
		first = (size_t)after;
	}
	set_limit(s, &in->page);
	n = in->actions.n * resources.n - first;
	out_list(&c->out, "EvaluationResults");
	for (i = first; i < first + page_n(&in->page, n) && *steps < MAX_PAGE_STEPS; i++) {
		if ((e = result_write(c, s, in->actions.v[i % in->actions.n],
			 resources.v[i / in->actions.n], steps)) != AWSERR_NONE)
			return e;
	}
	out_end(&c->out);
	in->page.limit = i - first;
	page_end(c, &in->page, n, arena_fmt(c->arena, "%zu", i));
	return AWSERR_NONE;
}

static enum awserr
simulate_act(struct call *c)
{
	struct simulate_input *in = c->input;
	struct scene s = { .n_entries = 0 };
	uint64_t steps = 0;
	enum awserr e;

	simulation_init(&s.sim);
	if (in->actions.n == 0)
		e = call_fail(c, AWSERR_INVALID_INPUT, "ActionNames must not be empty.");
	else if ((e = limits_simulation(c)) == AWSERR_NONE &&
	    (e = set_scene(c, in, &s)) == AWSERR_NONE)
		e = results_write(c, in, &s, &steps);
	limits_simulated(c, steps);
	simulation_release(&s.sim);
	return e;
}

#define SIMULATE(NAME, FIELDS) \
	.name = (NAME), .iam_action = "iam:" NAME, .class = ACTION_SIMULATION, .read_only = true, \
	.fields = (FIELDS), .n_fields = FIELD_N(FIELDS), \
	.input_size = sizeof(struct simulate_input)

static const struct action actions[] = {
	{ SIMULATE("SimulateCustomPolicy", custom_fields), .act = simulate_act },
	{ SIMULATE("SimulatePrincipalPolicy", principal_fields), .scope = principal_scope,
	    .act = simulate_act },
};
const struct action_rows simulate_rows = { actions, FIELD_N(actions) };
