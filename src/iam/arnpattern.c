/*
 * arnpattern: see arnpattern.h. Pure.
 */
#include "iam/arnpattern.h"

#define FLAGS (PATTERN_WILDCARDS | PATTERN_VARIABLES)

/* The text up to the next colon. A colon inside "${...}" does not count, if the policy has
 * variables. */
static struct str
next_part(struct str s, bool variables)
{
	size_t i, n;

	for (i = 0; i < s.n && s.p[i] != ':'; i += n) {
		n = 1;
		if (!variables || !str_starts(str_from(s, i), STR("${")))
			continue;
		n = pattern_variable_len(str_from(s, i));
		/* A variable that is not closed takes the rest of the text; pattern_compile
		 * refuses it later, with its place. */
		if (n == 0)
			return s;
	}
	return str_head(s, i);
}

/* Cuts the text behind "arn:" into its five parts. False when there are fewer. */
static bool
split(struct str s, bool variables, struct str ret[ARNPATTERN_PARTS])
{
	size_t i;

	if (!str_starts(s, STR("arn:")))
		return false;
	s = str_from(s, 4);
	for (i = 0; i + 1 < ARNPATTERN_PARTS; i++) {
		ret[i] = next_part(s, variables);
		if (ret[i].n == s.n)
			return false;
		s = str_from(s, ret[i].n + 1);
	}
	ret[i] = s;
	return ret[0].n > 0 && s.n > 0;
}

/* The same for a Resource, whose last parts may be missing: they are "*". The service may not be,
 * and none of the parts that are there may be empty then: a "::" or a colon at the end is most
 * likely a mistake. */
static bool
split_short(struct str s, bool variables, struct str ret[ARNPATTERN_PARTS])
{
	size_t i;

	if (!str_starts(s, STR("arn:")) || str_ends(s, STR(":")))
		return false;
	s = str_from(s, 4);
	for (i = 0; i < ARNPATTERN_PARTS; i++) {
		ret[i] = s.n > 0 ? next_part(s, variables) : STR("*");
		if ((s.n > 0 && ret[i].n == 0) || (s.n == 0 && i < 2))
			return false;
		s = str_from(s, ret[i].n + 1);
	}
	return true;
}

static int
parts_compile(struct compile *c, struct str part[ARNPATTERN_PARTS], struct arnpattern *ret)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < ARNPATTERN_PARTS; i++)
		r = pattern_compile(c, part[i], FLAGS, &ret->part[i]);
	return r;
}

int
arnpattern_resource_compile(struct compile *c, struct str raw, struct arnpattern *ret)
{
	struct str part[ARNPATTERN_PARTS];
	size_t i;
	int r;

	*ret = (struct arnpattern){ .any = raw.n > 0 && str_all_in(raw, "*") };
	if (ret->any)
		return 0;
	if ((!split(raw, c->variables, part) && !split_short(raw, c->variables, part)) ||
	    part[1].n == 0)
		return compile_fail(c, "neither an ARN nor *");
	if ((r = parts_compile(c, part, ret)) != 0)
		return r;
	for (i = 0; i + 1 < ARNPATTERN_PARTS; i++)
		if (ret->part[i].n_parts > 0)
			return compile_fail(c, "a variable before the fifth colon");
	return 0;
}

int
arnpattern_value_compile(struct compile *c, struct str raw, struct arnpattern *ret)
{
	struct str part[ARNPATTERN_PARTS];
	int r;

	*ret = (struct arnpattern){ 0 };
	if (split(raw, c->variables, part))
		return parts_compile(c, part, ret);
	ret->whole = true;
	if (!c->variables || pattern_variable_len(raw) != raw.n || raw.n == 0)
		return compile_fail(c, "not an ARN");
	if ((r = pattern_compile(c, raw, FLAGS, &ret->part[0])) != 0)
		return r;
	return pattern_is_variable(&ret->part[0]) ? 0 : compile_fail(c, "not an ARN");
}

struct arnpattern_subject
arnpattern_subject_of(struct str text)
{
	struct arnpattern_subject s = { .text = text };

	s.is_arn = split(text, false, s.part);
	return s;
}

bool
arnpattern_match(const struct arnpattern *p, const struct arnpattern_subject *s, struct matching *m)
{
	size_t i;

	if (!steps_take(&m->steps, 1))
		return false;
	if (p->any)
		return true;
	if (!s->is_arn)
		return false;
	if (p->whole)
		return pattern_match(&p->part[0], s->text, m);
	/* Compared from the end, because the last part differs most often. */
	for (i = ARNPATTERN_PARTS; i > 0; i--)
		if (!pattern_match(&p->part[i - 1], s->part[i - 1], m))
			return false;
	return true;
}
