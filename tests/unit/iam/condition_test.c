/* condition_test: tests every condition operator with values that match and values that do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ask.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

/* Single quotes stand for double ones. */
static const struct {
	const char *op, *key, *values, *context;
	bool holds;
} rows[] = {
	{ "StringEquals", "a:b", "'x'", "a:b=x", true },
	{ "StringEquals", "A:B", "'x'", "a:b=x", true },
	{ "stringEQUALS", "a:b", "'x'", "a:b=x", true },
	{ "StringEquals", "a:b", "['y','x']", "a:b=x", true },
	{ "StringEquals", "a:b", "22", "a:b=22", true },
	{ "StringEquals", "a:b", "1.5", "a:b=1.5", true },
	{ "StringEquals", "a:b", "true", "a:b=true", true },
	{ "StringEquals", "a:b", "''", "a:b=", true },
	{ "StringEquals", "a:b", "'x'", "a:b=y|x", false },
	{ "StringEquals", "a:b", "'x'", "a:b=X", false },
	{ "StringEquals", "a:b", "'x'", "a:b=xx", false },
	{ "StringEquals", "a:b", "'xx'", "a:b=x", false },
	{ "StringEquals", "a:b", "'*'", "a:b=x", false },
	{ "StringEquals", "a:b", "'?'", "a:b=x", false },
	{ "StringEquals", "a:b", "'*'", "a:b=*", true },
	{ "StringEquals", "a:b", "'x'", "a:c=x", false },
	{ "StringEquals", "a:b", "'x'", "", false },
	{ "StringEquals", "a:b", "''", "a:b", false },
	{ "StringNotEquals", "a:b", "'x'", "a:b=y", true },
	{ "StringNotEquals", "a:b", "['x','y']", "a:b=z", true },
	{ "StringNotEquals", "a:b", "'x'", "", true },
	{ "StringNotEquals", "a:b", "'x'", "a:b", true },
	{ "StringNotEquals", "a:b", "['x','y']", "a:b=y", false },
	{ "StringNotEquals", "a:b", "'x'", "a:b=y|x", false },
	{ "StringNotEquals", "a:b", "'x'", "a:b=y|z", false },
	{ "StringEqualsIgnoreCase", "a:b", "'Xy'", "a:b=xY", true },
	{ "StringEqualsIgnoreCase", "a:b", "'xy'", "a:b=xz", false },
	{ "StringEqualsIgnoreCase", "a:b", "'x*'", "a:b=xz", false },
	{ "StringNotEqualsIgnoreCase", "a:b", "'x'", "a:b=X", false },
	{ "StringNotEqualsIgnoreCase", "a:b", "'x'", "a:b=y", true },
	{ "StringNotEqualsIgnoreCase", "a:b", "'x'", "", true },
	{ "StringLike", "a:b", "'eice-*'", "a:b=eice-1", true },
	{ "StringLike", "a:b", "'*'", "a:b=", true },
	{ "StringLike", "a:b", "'a?c'", "a:b=abc", true },
	{ "StringLike", "a:b", "'a?c'",
	    "a:b=a\xc3\xa9"
	    "c",
	    true },
	{ "StringLike", "a:b", "'eice-*'", "a:b=Eice-1", false },
	{ "StringLike", "a:b", "'a?c'", "a:b=ac", false },
	{ "StringLike", "a:b", "'*'", "", false },
	{ "StringNotLike", "a:b", "'a*'", "a:b=b", true },
	{ "StringNotLike", "a:b", "'a*'", "", true },
	{ "StringNotLike", "a:b", "'a*'", "a:b=ab", false },

	{ "NumericEquals", "a:b", "'22'", "a:b=22", true },
	{ "NumericEquals", "a:b", "22", "a:b=022.0", true },
	{ "NumericEquals", "a:b", "'2.2e1'", "a:b=22", true },
	{ "NumericEquals", "a:b", "0", "a:b=-0", true },
	{ "NumericEquals", "a:b", "'0.1'", "a:b=0.100000000", true },
	{ "NumericEquals", "a:b", "'22'", "a:b=23", false },
	{ "NumericEquals", "a:b", "'22'", "a:b=22x", false },
	{ "NumericEquals", "a:b", "'22'", "a:b=", false },
	{ "NumericEquals", "a:b", "'22'", "", false },
	{ "NumericEquals", "a:b", "'1'", "a:b=1.0000000001", false },
	{ "NumericEquals", "a:b", "'999999999999999999'", "a:b=999999999999999998", false },
	{ "NumericNotEquals", "a:b", "[1,2]", "a:b=3", true },
	{ "NumericNotEquals", "a:b", "[1,2]", "a:b=2", false },
	{ "NumericNotEquals", "a:b", "1", "a:b=one", true },
	{ "NumericNotEquals", "a:b", "1", "", true },
	{ "NumericLessThan", "a:b", "'3600'", "a:b=3599.999", true },
	{ "NumericLessThan", "a:b", "'3600'", "a:b=3600", false },
	{ "NumericLessThan", "a:b", "'-1'", "a:b=-1.5", true },
	{ "NumericLessThan", "a:b", "'-1.5'", "a:b=-1", false },
	{ "NumericLessThan", "a:b", "'3600'", "", false },
	{ "NumericLessThan", "a:b", "'3600'", "a:b=x", false },
	{ "NumericLessThanEquals", "a:b", "'3600'", "a:b=3600", true },
	{ "NumericLessThanEquals", "a:b", "'3600'", "a:b=3601", false },
	{ "NumericGreaterThan", "a:b", "1", "a:b=1.000000001", true },
	{ "NumericGreaterThan", "a:b", "1", "a:b=1", false },
	{ "NumericGreaterThanEquals", "a:b", "[5,1]", "a:b=1", true },
	{ "NumericGreaterThanEquals", "a:b", "1", "a:b=0.999999999", false },

	{ "DateEquals", "a:b", "'2024-08-01T13:24:47Z'", "a:b=2024-08-01T13:24:47Z", true },
	{ "DateEquals", "a:b", "'2024-08-01T15:24:47+02:00'", "a:b=1722518687", true },
	{ "DateEquals", "a:b", "'2024-08-01'", "a:b=2024-08-01T00:00:00Z", true },
	{ "DateEquals", "a:b", "'2024'", "a:b=2024-01-01T00:00Z", true },
	{ "DateEquals", "a:b", "1722518687", "a:b=2024-08-01T13:24:47.000Z", true },
	{ "DateEquals", "a:b", "'2024-08-01T13:24:47Z'", "a:b=2024-08-01T13:24:47.5Z", false },
	{ "DateEquals", "a:b", "'2024-08-01T13:24:47Z'", "a:b=yesterday", false },
	{ "DateEquals", "a:b", "'2024-08-01T13:24:47Z'", "", false },
	{ "DateNotEquals", "a:b", "'2024-08-01'", "a:b=2024-08-02", true },
	{ "DateNotEquals", "a:b", "'2024-08-01'", "a:b=2024-08-01", false },
	{ "DateNotEquals", "a:b", "'2024-08-01'", "", true },
	{ "DateLessThan", "a:b", "'2030-01-01T00:00:00Z'", "a:b=2029-12-31T23:59:59Z", true },
	{ "DateLessThan", "a:b", "'2030-01-01T00:00:00Z'", "a:b=2030-01-01T00:00:00Z", false },
	{ "DateLessThan", "a:b", "'2030'", "a:b=2029-12-31T23:59:59Z", true },
	{ "DateLessThanEquals", "a:b", "'2030'", "a:b=2030-01-01", true },
	{ "DateLessThanEquals", "a:b", "'2030'", "a:b=2030-01-02", false },
	{ "DateGreaterThan", "a:b", "'2020-04-01T00:00:00Z'", "a:b=2020-04-01T00:00:01Z", true },
	{ "DateGreaterThan", "a:b", "'2020-04-01T00:00:00Z'", "a:b=2020-04-01T00:00:00Z", false },
	{ "DateGreaterThanEquals", "a:b", "'2020'", "a:b=2020", true },
	{ "DateGreaterThanEquals", "a:b", "'2020'", "a:b=2019", false },

	{ "Bool", "a:b", "'true'", "a:b=true", true },
	{ "Bool", "a:b", "true", "a:b=True", true },
	{ "Bool", "a:b", "false", "a:b=false", true },
	{ "Bool", "a:b", "true", "a:b=false", false },
	{ "Bool", "a:b", "false", "a:b=1", false },
	{ "Bool", "a:b", "false", "", false },
	{ "BoolIfExists", "a:b", "false", "", true },
	{ "BoolIfExists", "a:b", "false", "a:b=true", false },
	{ "BinaryEquals", "a:b", "'AAE='", "a:b=AAE=", true },
	{ "BinaryEquals", "a:b", "'AAE='", "a:b=AAF=", false },
	{ "BinaryEquals", "a:b", "'AAE='", "", false },

	{ "IpAddress", "a:b", "'10.0.1.0/31'", "a:b=10.0.1.1", true },
	{ "IpAddress", "a:b", "'10.0.1.0/31'", "a:b=10.0.1.2", false },
	{ "IpAddress", "a:b", "'192.0.2.7'", "a:b=192.0.2.7", true },
	{ "IpAddress", "a:b", "'192.0.2.7'", "a:b=192.0.2.6", false },
	{ "IpAddress", "a:b", "'192.0.2.7/24'", "a:b=192.0.2.200", true },
	{ "IpAddress", "a:b", "'0.0.0.0/0'", "a:b=1.2.3.4", true },
	{ "IpAddress", "a:b", "'0.0.0.0/0'", "a:b=2001:db8::1", false },
	{ "IpAddress", "a:b", "'::/0'", "a:b=1.2.3.4", false },
	{ "IpAddress", "a:b", "'10.0.0.0/8'", "a:b=::ffff:10.1.2.3", true },
	{ "IpAddress", "a:b", "'::ffff:10.0.0.0/104'", "a:b=10.1.2.3", true },
	{ "IpAddress", "a:b", "'2001:db8::/33'", "a:b=2001:db8:7fff::1", true },
	{ "IpAddress", "a:b", "'2001:db8::/33'", "a:b=2001:db8:8000::1", false },
	{ "IpAddress", "a:b", "['10.0.0.0/8','2001:DB8::1']", "a:b=2001:db8:0::0:1", true },
	{ "IpAddress", "a:b", "'10.0.0.0/8'", "a:b=10.0.0.1 ", false },
	{ "IpAddress", "a:b", "'10.0.0.0/8'", "a:b=vpce", false },
	{ "IpAddress", "a:b", "'10.0.0.0/8'", "a:b=10.0.0.0/7", false },
	{ "IpAddress", "a:b", "'10.0.0.0/8'", "", false },
	{ "NotIpAddress", "a:b", "['10.0.0.0/8','11.0.0.0/8']", "a:b=12.0.0.1", true },
	{ "NotIpAddress", "a:b", "['10.0.0.0/8','11.0.0.0/8']", "a:b=11.0.0.1", false },
	{ "NotIpAddress", "a:b", "'10.0.0.0/8'", "", true },
	{ "NotIpAddress", "a:b", "'10.0.0.0/8'", "a:b=x", true },

	{ "ArnLike", "a:b", "'arn:aws:iam::*:role/*'", "a:b=" ASK_ROLE, true },
	{ "ArnEquals", "a:b", "'arn:aws:iam::*:role/*'", "a:b=" ASK_ROLE, true },
	{ "ArnLike", "a:b", "'arn:*:*:*:*:*'", "a:b=" ASK_ROLE, true },
	/* A wildcard does not cross a colon before the last part. */
	{ "ArnLike", "a:b", "'arn:aws:*:1:r:x'", "a:b=arn:aws:iam::1:r:x", false },
	{ "ArnLike", "a:b", "'arn:aws:iam::*:x'", "a:b=arn:aws:iam::1:r:x", false },
	{ "ArnLike", "a:b", "'arn:aws:sns:*:*:t*z'", "a:b=arn:aws:sns:r:1:t/a:b/z", true },
	{ "ArnLike", "a:b", "'arn:aws:iam::123456789012:role/R'", "a:b=" ASK_ROLE, false },
	{ "ArnLike", "a:b", "'arn:*:*:*:*:*'", "a:b=x", false },
	{ "ArnLike", "a:b", "'${a:c}'", "a:b=" ASK_ROLE ";a:c=" ASK_ROLE, true },
	{ "ArnLike", "a:b", "'${a:c}'", "a:b=" ASK_ROLE ";a:c=arn:aws:iam::123456789012:role/*",
	    false },
	{ "ArnLike", "a:b", "'arn:aws:iam::${a:c}:role/*'", "a:b=" ASK_ROLE ";a:c=123456789012",
	    true },
	/* A value with colons does not shift the parts. */
	{ "ArnLike", "a:b", "'arn:aws:iam:${a:c}:1:x'", "a:b=arn:aws:iam::1:1:x;a:c=:1", false },
	{ "ArnNotEquals", "a:b", "'arn:aws:iam::*:user/*'", "a:b=" ASK_ROLE, true },
	{ "ArnNotLike", "a:b", "'arn:aws:iam::*:role/*'", "a:b=" ASK_ROLE, false },
	{ "ArnNotLike", "a:b", "'arn:aws:iam::*:role/*'", "a:b=role", true },
	{ "ArnNotLike", "a:b", "'arn:aws:iam::*:role/*'", "", true },

	{ "Null", "a:b", "true", "", true },
	{ "Null", "a:b", "'false'", "", false },
	{ "Null", "a:b", "'true'", "a:b=x", false },
	{ "Null", "a:b", "false", "a:b=x", true },
	{ "Null", "a:b", "false", "a:b", false },
	{ "Null", "a:b", "true", "a:b", true },
	{ "Null", "a:b", "[true,false]", "a:b=x", true },

	{ "StringEqualsIfExists", "a:b", "'x'", "", true },
	{ "StringEqualsIfExists", "a:b", "'x'", "a:b=x", true },
	{ "StringEqualsIfExists", "a:b", "'x'", "a:b=y", false },
	{ "StringEqualsIfExists", "a:b", "'x'", "a:b", false },
	{ "StringNotEqualsIfExists", "a:b", "'x'", "a:b=x", false },
	{ "IpAddressIfExists", "a:b", "'10.0.0.0/8'", "", true },
	{ "NumericLessThanIfExists", "a:b", "5", "", true },
	{ "NumericLessThanIfExists", "a:b", "5", "a:b=6", false },
	{ "ArnLikeIfExists", "a:b", "'arn:aws:iam::*:role/*'", "", true },

	{ "ForAllValues:StringEquals", "a:b", "['x','y']", "a:b=x|y|x", true },
	{ "ForAllValues:StringEquals", "a:b", "['x','y']", "a:b=x|z", false },
	{ "ForAllValues:StringEquals", "a:b", "'x'", "", true },
	{ "ForAllValues:StringEquals", "a:b", "'x'", "a:b", true },
	{ "ForAllValues:StringNotEquals", "a:b", "['x','y']", "a:b=z|w", true },
	{ "ForAllValues:StringNotEquals", "a:b", "['x','y']", "a:b=z|x", false },
	{ "ForAllValues:StringNotEquals", "a:b", "'x'", "", true },
	{ "ForAllValues:NumericLessThan", "a:b", "5", "a:b=1|4", true },
	{ "ForAllValues:NumericLessThan", "a:b", "5", "a:b=1|5", false },
	{ "ForAllValues:NumericLessThan", "a:b", "5", "a:b=1|x", false },
	{ "ForAnyValue:StringLike", "a:b", "'x*'", "a:b=y|xy", true },
	{ "ForAnyValue:StringLike", "a:b", "'x*'", "a:b=y|z", false },
	{ "ForAnyValue:StringLike", "a:b", "'*'", "", false },
	{ "ForAnyValue:StringLike", "a:b", "'*'", "a:b", false },
	{ "ForAnyValue:StringNotEquals", "a:b", "'x'", "a:b=x|y", true },
	{ "ForAnyValue:StringNotEquals", "a:b", "'x'", "a:b=x|x", false },
	{ "ForAnyValue:StringNotEquals", "a:b", "'x'", "", false },
	{ "ForAnyValue:StringEqualsIfExists", "a:b", "'x'", "", false },
	{ "ForAnyValue:StringEqualsIfExists", "a:b", "'x'", "a:b=y", false },
	{ "forallvalues:stringequals", "a:b", "'x'", "a:b=x", true },

	{ "StringEquals", "a:b", "'${c:d}'", "a:b=x;C:D=x", true },
	{ "StringEquals", "a:b", "'<${c:d}${*}>'", "a:b=<x*>;c:d=x", true },
	{ "StringEquals", "a:b", "'${c:d}'", "a:b=x;c:d=y", false },
	{ "StringEquals", "a:b", "'${c:d}'", "a:b=", false },
	{ "StringEquals", "a:b", "'${c:d}'", "a:b=${c:d}", false },
	{ "StringNotEquals", "a:b", "'${c:d}'", "a:b=x", true },
	{ "StringEquals", "a:b", "'${c:d}'", "a:b=x;c:d=x|x", false },
	{ "StringEquals", "a:b", "'${c:d}'", "a:b=;c:d=", true },
	{ "StringEquals", "a:b", "'${c:d, \\u0027x\\u0027}'", "a:b=x", true },
	{ "StringEquals", "a:b", "'${c:d,\\u0027x\\u0027}'", "a:b=x;c:d=x|y", true },
	{ "StringEquals", "a:b", "'${c:d, \\u0027x\\u0027}'", "a:b=x;c:d=y", false },
	{ "StringLike", "a:b", "'${c:d, \\u0027*\\u0027}'", "a:b=x", false },
	{ "StringLike", "a:b", "'${c:d}-*'", "a:b=x-y;c:d=x", true },
	{ "StringLike", "a:b", "'${c:d}'", "a:b=x;c:d=*", false },
	{ "StringLike", "a:b", "'${c:d}'", "a:b=x;c:d=?", false },
	{ "StringLike", "a:b", "'${c:d}'", "a:b=*;c:d=*", true },
	{ "StringLike", "a:b", "'${c:d}'", "a:b=\xff;c:d=\xff", false },
	{ "StringLike", "a:b", "'${c:d}'", "a:b=y;c:d=${e:f};e:f=y", false },
	{ "StringLike", "a:b", "'${*}${?}${$}{c:d}'", "a:b=*?${c:d};c:d=x", true },
	{ "StringLike", "a:b", "'${*}'", "a:b=x", false },
	{ "StringLike", "a:b", "'${?}'", "a:b=x", false },
	{ "StringEqualsIgnoreCase", "a:b", "'${c:d}Y'", "a:b=XY;c:d=x", true },
	{ "StringEqualsIgnoreCase", "a:b", "'${c:d}'", "a:b=X", false },
	{ "StringEquals", "a:${c}", "'x'", "a:${c}=x", true },

	/* The synonym, and case of tags. */
	{ "StringEquals", "ec2-instance-connect:osUser", "'u'", "ec2:osuser=u", true },
	{ "StringEquals", "EC2-Instance-Connect:OSUSER", "'u'", "ec2:osuser=u", true },
	{ "StringEquals", "ec2-instance-connect:osUser", "'u'", "ec2:osuser=v", false },
	{ "StringEquals", "ec2-instance-connect:osUser", "'u'",
	    "ec2-instance-connect:osUser=u;ec2:osuser=v", false },
	{ "StringEquals", "ec2-instance-connect:osUser", "'u'", "ec2-instance-connect:osUser=u",
	    true },
	{ "StringEquals", "ec2:osuser", "'u'", "ec2-instance-connect:osUser=u", false },
	{ "StringEquals", "a:b", "'${ec2-instance-connect:osUser}'", "a:b=u;ec2:osuser=u", true },
	{ "StringEquals", "aws:ResourceTag/Env", "'x'",
	    "aws:ResourceTag/ENV=y;aws:ResourceTag/"
	    "Env=x",
	    true },
	{ "StringEquals", "aws:ResourceTag/env", "'y'",
	    "aws:ResourceTag/ENV=y;aws:ResourceTag/"
	    "Env=x",
	    true },
	{ "StringEquals", "aws:ResourceTag/Env", "'y'",
	    "aws:ResourceTag/ENV=y;aws:ResourceTag/"
	    "Env=x",
	    false },
};

static void
quoted(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++)
		buf_ch(b, *s == '\'' ? '"' : *s);
}

static bool
holds(const char *version, const char *condition, const char *context)
{
	struct ask_answer a;
	struct ask q = { .context = context };
	struct buf b;
	char *json;
	bool r;

	buf_init(&b, 8192);
	quoted(&b, version);
	quoted(&b, "'Statement':{'Effect':'Allow','Action':'*','Resource':'*','Condition':{");
	quoted(&b, condition);
	quoted(&b, "}}}");
	q.policies[0].json = json = buf_take(&b, NULL);
	ask(&q, &a);
	r = a.d.effect == IAM_ALLOW;
	ask_release(&a);
	free(json);
	buf_release(&b);
	return r;
}

static void
each_operator(void **state)
{
	char condition[1024];
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		snprintf(condition, sizeof(condition), "'%s':{'%s':%s}", rows[i].op, rows[i].key,
		    rows[i].values);
		if (holds("{'Version':'2012-10-17',", condition, rows[i].context) != rows[i].holds)
			fail_msg("row %zu: %s with %s", i, condition, rows[i].context);
	}
}

static void
all_of_them(void **state)
{
	static const char v[] = "{'Version':'2012-10-17',";
	static const char keys[] = "'StringEquals':{'a:b':'x','a:c':'y'}";
	static const char ops[] = "'StringEquals':{'a:b':'x'},'Bool':{'a:c':true}";

	(void)state;
	assert_true(holds(v, "", ""));
	assert_true(holds(v, "'StringEquals':{}", ""));
	assert_true(holds(v, keys, "a:b=x;a:c=y"));
	assert_false(holds(v, keys, "a:b=x;a:c=x"));
	assert_false(holds(v, keys, "a:b=y;a:c=y"));
	assert_true(holds(v, ops, "a:b=x;a:c=true"));
	assert_false(holds(v, ops, "a:b=x;a:c=false"));
	assert_false(holds(v, ops, "a:b=y;a:c=true"));
}

/* The old version has no variables: the text is what it is. */
static void
no_variables_before_2012(void **state)
{
	static const char cond[] = "'StringEquals':{'a:b':'${c:d}'}";

	(void)state;
	assert_true(holds("{'Version':'2012-10-17',", cond, "a:b=x;c:d=x"));
	assert_false(holds("{'Version':'2008-10-17',", cond, "a:b=x;c:d=x"));
	assert_false(holds("{", cond, "a:b=x;c:d=x"));
	assert_true(holds("{", cond, "a:b=${c:d};c:d=x"));
}

/* What is longer than there is room for is not cut: it does not match. */
static void
variables_have_room(void **state)
{
	static const char v[] = "{'Version':'2012-10-17',";
	struct buf context, values;
	size_t i;

	(void)state;
	buf_init(&context, 16384);
	buf_init(&values, 16384);
	for (i = 0; i < 4095; i++)
		buf_ch(&values, 'x');
	buf_c(&context, "c:d=");
	buf_str(&context, buf_view(&values));
	buf_c(&context, ";a:b=y");
	buf_str(&context, buf_view(&values));
	buf_ch(&context, '\0');
	assert_true(holds(v, "'StringEquals':{'a:b':'y${c:d}'}", context.p));
	context.n--;
	buf_c(&context, "z");
	buf_ch(&context, '\0');
	assert_false(holds(v, "'StringEquals':{'a:b':'y${c:d}z'}", context.p));
	assert_false(holds(v, "'StringLike':{'a:b':'y${c:d}*'}", context.p));
	buf_release(&context);
	buf_release(&values);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_operator),
		cmocka_unit_test(all_of_them),
		cmocka_unit_test(no_variables_before_2012),
		cmocka_unit_test(variables_have_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
