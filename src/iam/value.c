/*
 * value: see value.h. Pure.
 */
#include "iam/value.h"

#include "base/b64.h"
#include "iam/moment.h"

/* Reads "true" or "false", in any case. Returns whether it was one of them. */
static bool
bool_parse(struct str text, bool *ret)
{
	*ret = str_eq_nocase(text, STR("true"));
	return *ret || str_eq_nocase(text, STR("false"));
}

static int
number_compile(struct compile *c, struct str text, struct decimal *ret)
{
	int r = decimal_parse(text, ret);

	if (r == ERR_RANGE)
		return compile_fail(c, "a number out of range");
	return r == 0 ? 0 : compile_fail(c, "not a number");
}

static int
binary_compile(struct compile *c, struct str text, struct str *ret)
{
	struct buf b;
	int r;

	buf_init(&b, text.n);
	r = b64_parse(text, &b);
	buf_release(&b);
	/* Strict base64 has only one form for the same bytes, so that the texts can be compared
	 * instead of the bytes. */
	*ret = text;
	return r == 0 ? 0 : compile_fail(c, "not base 64");
}

static int
arn_compile(struct compile *c, struct str text, const struct arnpattern **ret)
{
	struct arnpattern *arn = arena_alloc(c->arena, sizeof(*arn));

	*ret = arn;
	return arnpattern_value_compile(c, text, arn);
}

int
value_compile(struct compile *c, enum value_type type, struct str text, union value *ret)
{
	switch (type) {
	case VALUE_TEXT:
	case VALUE_TEXT_NOCASE:
		return pattern_compile(c, text, PATTERN_VARIABLES, &ret->pattern);
	case VALUE_TEXT_LIKE:
		return pattern_compile(c, text, PATTERN_VARIABLES | PATTERN_WILDCARDS,
		    &ret->pattern);
	case VALUE_NUMBER:
		return number_compile(c, text, &ret->number);
	case VALUE_DATE:
		return moment_parse(text, &ret->number) == 0 ? 0 : compile_fail(c, "not a date");
	case VALUE_BOOL:
		return bool_parse(text, &ret->flag) ? 0 : compile_fail(c, "neither true nor false");
	case VALUE_BINARY:
		return binary_compile(c, text, &ret->binary);
	case VALUE_IP:
		return cidr_parse(text, &ret->cidr) == 0
		    ? 0
		    : compile_fail(c, "not an IP address or CIDR block");
	case VALUE_ARN:
		break;
	}
	return arn_compile(c, text, &ret->arn);
}

bool
value_read(enum value_type type, struct str text, union value_subject *ret)
{
	switch (type) {
	case VALUE_TEXT:
	case VALUE_TEXT_NOCASE:
	case VALUE_TEXT_LIKE:
	case VALUE_BINARY:
		break;
	case VALUE_NUMBER:
		return decimal_parse(text, &ret->number) == 0;
	case VALUE_DATE:
		return moment_parse(text, &ret->number) == 0;
	case VALUE_BOOL:
		return bool_parse(text, &ret->flag);
	case VALUE_IP:
		return cidr_parse(text, &ret->cidr) == 0;
	case VALUE_ARN:
		ret->arn = arnpattern_subject_of(text);
		return ret->arn.is_arn;
	}
	ret->text = text;
	return true;
}

static bool
number_match(enum value_cmp cmp, struct decimal subject, struct decimal v)
{
	int d = decimal_cmp(subject, v);

	switch (cmp) {
	case VALUE_EQ:
		break;
	case VALUE_LT:
		return d < 0;
	case VALUE_LE:
		return d <= 0;
	case VALUE_GT:
		return d > 0;
	case VALUE_GE:
		return d >= 0;
	}
	return d == 0;
}

bool
value_match(enum value_type type, enum value_cmp cmp, const union value *v,
    const union value_subject *subject, struct matching *m)
{
	if (!steps_take(&m->steps, type == VALUE_BINARY ? 1 + v->binary.n : 1))
		return false;
	switch (type) {
	case VALUE_TEXT:
	case VALUE_TEXT_LIKE:
		return pattern_match(&v->pattern, subject->text, m);
	case VALUE_TEXT_NOCASE:
		return pattern_equals_nocase(&v->pattern, subject->text, m);
	case VALUE_NUMBER:
	case VALUE_DATE:
		return number_match(cmp, subject->number, v->number);
	case VALUE_BOOL:
		return subject->flag == v->flag;
	case VALUE_BINARY:
		return str_eq(subject->text, v->binary);
	case VALUE_IP:
		return cidr_contains(&v->cidr, &subject->cidr);
	case VALUE_ARN:
		break;
	}
	return arnpattern_match(v->arn, &subject->arn, m);
}
