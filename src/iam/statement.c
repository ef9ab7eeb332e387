/*
 * statement: see statement.h. Pure.
 */
#include "iam/statement.h"

#define ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

static int
members_check(struct compile *c, const struct json *v)
{
	static const char *const known[] = { "Sid", "Effect", "Principal", "NotPrincipal", "Action",
		"NotAction", "Resource", "NotResource", "Condition" };
	struct json_iter it = { .obj = v };
	const struct json *m;
	struct str name;
	size_t i;

	if (json_kind(v) != JSON_KIND_OBJECT)
		return compile_fail(c, "not an object");
	while (json_next(&it, &name, &m)) {
		for (i = 0; i < sizeof(known) / sizeof(*known); i++)
			if (str_eq_c(name, known[i]))
				break;
		if (i == sizeof(known) / sizeof(*known)) {
			compile_enter(c, name);
			return compile_fail(c, "no such element");
		}
	}
	return 0;
}

/*
 * Finds an element or its opposite, such as Action and NotAction: exactly one of the two has
 * to be there. On success c's place is in the one that was found.
 */
static int
either(struct compile *c, const struct json *v, const char *name, const char *not_name,
    const struct json **ret, bool *ret_not)
{
	const struct json *yes = json_get(v, name), *no = json_get(v, not_name);

	compile_enter(c, str_of(yes == NULL && no != NULL ? not_name : name));
	if (yes == NULL && no == NULL)
		return compile_fail(c, "missing");
	if (yes != NULL && no != NULL)
		return compile_fail(c, "there with its opposite");
	*ret = yes != NULL ? yes : no;
	*ret_not = yes == NULL;
	return 0;
}

static int
sid_compile(struct compile *c, const struct json *v, struct str *ret)
{
	compile_enter(c, STR("Sid"));
	if (v != NULL && (json_str(v, ret) != 0 || !str_all_in(*ret, ALNUM)))
		return compile_fail(c, "not of letters and digits");
	compile_leave(c);
	return 0;
}

static int
effect_compile(struct compile *c, const struct json *v, enum iam_effect *ret)
{
	struct str text = STR("");

	compile_enter(c, STR("Effect"));
	if (v == NULL)
		return compile_fail(c, "missing");
	if (json_str(v, &text) != 0 || (!str_eq_c(text, "Allow") && !str_eq_c(text, "Deny")))
		return compile_fail(c, "neither Allow nor Deny");
	*ret = str_eq_c(text, "Allow") ? IAM_ALLOW : IAM_DENY;
	compile_leave(c);
	return 0;
}

/* Is s "*", or "service:Name" with or without wildcards? As on AWS, the name may be anything, which
 * then matches no action, and even nothing. */
static bool
action_valid(struct str s)
{
	size_t colon = str_index(s, ':');
	struct str service = str_head(s, colon), name = str_from(s, colon + 1);

	if (str_eq_c(s, "*"))
		return true;
	return service.n > 0 && service.n <= 64 && str_all_in(service, ALNUM "-_.*?") &&
	    colon < s.n && name.n <= 128 && str_index(name, ':') == name.n && !str_has_ctl(name);
}

static int
actions_compile(struct compile *c, const struct json *v, struct statement *ret)
{
	struct pattern *actions;
	struct str text;
	size_t i;
	int r;

	if ((r = either(c, v, "Action", "NotAction", &v, &ret->not_action)) != 0 ||
	    (r = compile_count(c, v, &ret->n_actions)) != 0)
		return r;
	ret->actions = actions = arena_array(c->arena, ret->n_actions, sizeof(*actions));
	for (i = 0; i < ret->n_actions; i++) {
		if ((r = compile_text(c, v, i, false, &text)) != 0)
			return r;
		if (!action_valid(text))
			return compile_fail(c, "neither SERVICE:ACTION nor *");
		if ((r = pattern_compile(c, text, PATTERN_WILDCARDS | PATTERN_LOWER,
			 &actions[i])) != 0)
			return r;
	}
	compile_leave(c);
	return 0;
}

static int
resources_compile(struct compile *c, const struct json *v, struct statement *ret)
{
	struct arnpattern *resources;
	struct str text;
	size_t i;
	int r;

	if ((r = either(c, v, "Resource", "NotResource", &v, &ret->not_resource)) != 0 ||
	    (r = compile_count(c, v, &ret->n_resources)) != 0)
		return r;
	ret->resources = resources = arena_array(c->arena, ret->n_resources, sizeof(*resources));
	for (i = 0; i < ret->n_resources; i++)
		if ((r = compile_text(c, v, i, false, &text)) != 0 ||
		    (r = arnpattern_resource_compile(c, text, &resources[i])) != 0)
			return r;
	compile_leave(c);
	return 0;
}

static int
principals_compile(struct compile *c, const struct json *v, struct statement *ret)
{
	int r;

	compile_enter(c, STR("Principal"));
	if ((v = json_get(v, "Principal")) == NULL)
		return compile_fail(c, "missing");
	if ((r = principal_compile(c, v, &ret->principals)) != 0)
		return r;
	compile_leave(c);
	return 0;
}

/* Refuses the elements that a policy of this kind may not have. NotPrincipal is in neither: only
 * the policies of other services' resources have it. */
static int
refuse(struct compile *c, const struct json *v, bool trust)
{
	const char *const names[] = { trust ? "Resource" : "Principal",
		trust ? "NotResource" : "NotPrincipal", "NotPrincipal" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (json_get(v, names[i]) == NULL)
			continue;
		compile_enter(c, str_of(names[i]));
		return compile_fail(c, "not in a policy of this type");
	}
	return 0;
}

static int
conditions_compile(struct compile *c, const struct json *v, struct statement *ret)
{
	int r;

	if (v == NULL)
		return 0;
	compile_enter(c, STR("Condition"));
	if ((r = condition_compile(c, v, &ret->conditions)) != 0)
		return r;
	compile_leave(c);
	return 0;
}

int
statement_compile(struct compile *c, const struct json *v, bool trust, struct statement *ret)
{
	int r;

	*ret = (struct statement){ .effect = IAM_DENY };
	if ((r = members_check(c, v)) != 0 ||
	    (r = sid_compile(c, json_get(v, "Sid"), &ret->sid)) != 0 ||
	    (r = effect_compile(c, json_get(v, "Effect"), &ret->effect)) != 0)
		return r;
	if ((r = refuse(c, v, trust)) != 0 || (r = actions_compile(c, v, ret)) != 0 ||
	    (r = trust ? principals_compile(c, v, ret) : resources_compile(c, v, ret)) != 0)
		return r;
	return conditions_compile(c, json_get(v, "Condition"), ret);
}

static bool
action_matches(const struct statement *s, const struct statement_question *q)
{
	size_t i;

	for (i = 0; i < s->n_actions; i++)
		if (pattern_match(&s->actions[i], q->action, q->matching))
			return !s->not_action;
	return s->not_action;
}

static bool
names_resource(const struct arnpattern *p, const struct statement_question *q)
{
	return arnpattern_match(p, &q->resource, q->matching) ||
	    (q->also.is_arn && arnpattern_match(p, &q->also, q->matching));
}

static bool
resource_matches(const struct statement *s, const struct statement_question *q)
{
	size_t i;

	if (s->n_resources == 0)
		return true;
	for (i = 0; i < s->n_resources; i++)
		if (names_resource(&s->resources[i], q))
			return !s->not_resource;
	return s->not_resource;
}

/* A policy without a Principal is about whoever it is attached to. */
static enum principal_match
principal_matches(const struct statement *s, const struct statement_question *q)
{
	if (s->principals.n == 0)
		return PRINCIPAL_ITSELF;
	if (!steps_take(&q->matching->steps, s->principals.n))
		return PRINCIPAL_NOT;
	return principal_match(&s->principals, q->principal);
}

enum principal_match
statement_applies(const struct statement *s, const struct statement_question *q)
{
	if (!action_matches(s, q) || !resource_matches(s, q) ||
	    !condition_holds(&s->conditions, q->matching))
		return PRINCIPAL_NOT;
	return principal_matches(s, q);
}
