/*
 * operator: see operator.h. Pure.
 */
#include "iam/operator.h"

static const struct row {
	const char *name;
	enum value_type type;
	enum value_cmp cmp;
	bool negated;
} rows[] = {
	{ "StringEquals", VALUE_TEXT, VALUE_EQ, false },
	{ "StringNotEquals", VALUE_TEXT, VALUE_EQ, true },
	{ "StringEqualsIgnoreCase", VALUE_TEXT_NOCASE, VALUE_EQ, false },
	{ "StringNotEqualsIgnoreCase", VALUE_TEXT_NOCASE, VALUE_EQ, true },
	{ "StringLike", VALUE_TEXT_LIKE, VALUE_EQ, false },
	{ "StringNotLike", VALUE_TEXT_LIKE, VALUE_EQ, true },
	{ "NumericEquals", VALUE_NUMBER, VALUE_EQ, false },
	{ "NumericNotEquals", VALUE_NUMBER, VALUE_EQ, true },
	{ "NumericLessThan", VALUE_NUMBER, VALUE_LT, false },
	{ "NumericLessThanEquals", VALUE_NUMBER, VALUE_LE, false },
	{ "NumericGreaterThan", VALUE_NUMBER, VALUE_GT, false },
	{ "NumericGreaterThanEquals", VALUE_NUMBER, VALUE_GE, false },
	{ "DateEquals", VALUE_DATE, VALUE_EQ, false },
	{ "DateNotEquals", VALUE_DATE, VALUE_EQ, true },
	{ "DateLessThan", VALUE_DATE, VALUE_LT, false },
	{ "DateLessThanEquals", VALUE_DATE, VALUE_LE, false },
	{ "DateGreaterThan", VALUE_DATE, VALUE_GT, false },
	{ "DateGreaterThanEquals", VALUE_DATE, VALUE_GE, false },
	{ "Bool", VALUE_BOOL, VALUE_EQ, false },
	{ "BinaryEquals", VALUE_BINARY, VALUE_EQ, false },
	{ "IpAddress", VALUE_IP, VALUE_EQ, false },
	{ "NotIpAddress", VALUE_IP, VALUE_EQ, true },
	{ "ArnEquals", VALUE_ARN, VALUE_EQ, false },
	{ "ArnLike", VALUE_ARN, VALUE_EQ, false },
	{ "ArnNotEquals", VALUE_ARN, VALUE_EQ, true },
	{ "ArnNotLike", VALUE_ARN, VALUE_EQ, true },
};

/* These two take a word off the front or off the end of a name. True when it was there. */
static bool
starts_nocase(struct str *s, struct str prefix)
{
	if (!str_eq_nocase(str_head(*s, prefix.n), prefix))
		return false;
	*s = str_from(*s, prefix.n);
	return true;
}

static bool
ends_nocase(struct str *s, struct str suffix)
{
	if (s->n < suffix.n || !str_eq_nocase(str_from(*s, s->n - suffix.n), suffix))
		return false;
	*s = str_head(*s, s->n - suffix.n);
	return true;
}

int
operator_parse(struct str name, struct condition_operator *ret)
{
	size_t i;

	*ret = (struct condition_operator){ .type = VALUE_BOOL };
	if (str_eq_nocase(name, STR("Null"))) {
		ret->null = true;
		return 0;
	}
	if (starts_nocase(&name, STR("ForAllValues:")))
		ret->set = OPERATOR_ALL_VALUES;
	else if (starts_nocase(&name, STR("ForAnyValue:")))
		ret->set = OPERATOR_ANY_VALUE;
	ret->if_exists = ends_nocase(&name, STR("IfExists"));
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (!str_eq_nocase(name, str_of(rows[i].name)))
			continue;
		ret->type = rows[i].type;
		ret->cmp = rows[i].cmp;
		ret->negated = rows[i].negated;
		return 0;
	}
	return ERR_NOTFOUND;
}
