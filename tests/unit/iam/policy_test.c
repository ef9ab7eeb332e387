/*
 * policy_test: tests which documents are policies, and which place in the others is named as
 * wrong.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "iam/document.h"

#define N(a) (sizeof(a) / sizeof(*(a)))
#define A "123456789012"
#define ID IAM_IDENTITY_POLICY
#define RP IAM_RESOURCE_POLICY

/* A policy of one statement with this in it; and with this as its rest. */
#define ONE(s) "{\"Version\":\"2012-10-17\",\"Statement\":[{" s "}]}"
#define REST(s) ONE("\"Effect\":\"Allow\",\"Action\":\"*\"," s)
#define COND(s) REST("\"Resource\":\"*\",\"Condition\":{" s "}")
#define OLD(s) "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\"," s "}}"
#define TRUST(s) ONE("\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\"," s)
#define ALL "\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\""

static const struct {
	enum iam_policy_type type;
	const char *json;
} accepted[] = {
	{ ID, ONE(ALL) },
	{ ID, "{\"Statement\":{" ALL "}}" },
	{ ID, " {\"Id\":\"x\",\t\t \t\n\"Version\":\"2008-10-17\",\"Statement\":[{" ALL "}]}\n" },
	{ IAM_PERMISSIONS_BOUNDARY, ONE(ALL) },
	{ IAM_SESSION_POLICY, ONE(ALL) },
	{ ID, ONE("\"Sid\":\"\"," ALL "},{\"Sid\":\"\"," ALL) },
	{ ID, ONE("\"Sid\":\"a\"," ALL "},{\"Sid\":\"A\"," ALL) },
	{ ID,
	    ONE("\"Effect\":\"Deny\",\"NotAction\":[\"ec2:*\",\"*:*\",\"s3:Get?*\"],"
		"\"NotResource\":[\"arn:aws:ec2:*:*:instance/*\",\"*\"]") },
	{ ID,
	    ONE("\"Effect\":\"Allow\",\"Action\":\"ec2-instance-connect:"
		"OpenInstanceConnect\",\"Resource\":\"arn:*:s3:::a:b/${aws:username}\"") },
	{ ID,
	    REST("\"Resource\":\"arn:aws:iam::" A ":user/${aws:PrincipalTag/a b, "
		 "'no one'}${*}${?}${$}\"") },
	/* What looks like a variable is none in the old version. */
	{ ID, OLD("\"Resource\":\"arn:aws:iam::" A ":user/${aws:username\"") },
	{ ID, REST("\"Resource\":\"arn:aws:iam::" A ":user/$aws{}\"") },

	{ ID, COND("") },
	{ ID, COND("\"StringEquals\":{}") },
	{ ID, COND("\"StringEquals\":{\"aws:username\":[\"a\",1,true,1.5,-3]}") },
	{ ID, COND("\"stringequalsifexists\":{\"aws:username\":\"\"}") },
	{ ID, COND("\"StringEquals\":{\"username\":\"x\",\"a:b\":[]},\"NoSuch\":{}") },
	{ ID, COND("\"FORALLVALUES:STRINGLIKE\":{\"aws:TagKeys\":\"?*\"}") },
	{ ID,
	    COND("\"ForAnyValue:StringNotEqualsIgnoreCaseIfExists\":"
		 "{\"aws:TagKeys\":\"a\"}") },
	{ ID,
	    COND("\"NumericEquals\":{\"a:b\":[\"22\",22,\"1e3\",1.5,\"-0.000000001\","
		 "\"999999999999999999\",\"+007\"]}") },
	{ ID,
	    COND("\"DateLessThan\":{\"a:b\":[\"2030\",\"2030-01\",\"2030-01-31\","
		 "\"2030-01-31T23:59Z\",\"2030-01-31T23:59:59+01:00\","
		 "\"2030-01-31T23:59:59.5-09:30\","
		 "\"1700000000\",1700000000]}") },
	{ ID, COND("\"Bool\":{\"a:b\":[true,\"False\"]}") },
	{ ID, COND("\"BinaryEquals\":{\"a:b\":[\"\",\"AA==\"]}") },
	{ ID,
	    COND("\"IpAddress\":{\"a:b\":[\"10.0.1.0/31\",\"10.0.0.1\",\"::1\","
		 "\"2001:db8::/32\",\"0.0.0.0/0\",\"::ffff:10.0.0.0/104\",\"10.1.2.3/8\"]}") },
	{ ID,
	    COND("\"ArnLike\":{\"a:b\":[\"arn:aws:iam::*:role/*\",\"arn:*:*:*:*:*\","
		 "\"${aws:PrincipalArn}\",\"arn:aws:iam::${aws:PrincipalAccount}:user/x\"]}") },
	{ ID, COND("\"Null\":{\"aws:TokenIssueTime\":[\"true\",false]}") },
	{ ID, REST("\"Resource\":[\"arn:aws:ec2:*\",\"arn:aws:s3:*\",\"arn:aws:ec2\"]") },

	{ RP, TRUST("\"Principal\":\"*\"") },
	{ RP, TRUST("\"Principal\":{\"AWS\":\"*\"}") },
	{ RP,
	    TRUST("\"Principal\":{\"AWS\":[\"" A "\",\"arn:aws:iam::" A ":root\","
		  "\"arn:aws:iam::" A ":user/p/alice\",\"arn:aws:iam::" A ":role/R\","
		  "\"arn:aws:sts::" A ":assumed-role/R/s\",\"AIDA0123456789ABCDEF\"],"
		  "\"Service\":\"ec2.amazonaws.com\",\"Federated\":[\"accounts.google.com\"]}") },
};

#define RESOURCE(s) ID, REST("\"Resource\":" s)
#define ACTION(s) ID, ONE("\"Effect\":\"Allow\",\"Resource\":\"*\",\"Action\":" s)
#define VALUE(op, s) ID, COND("\"" op "\":{\"a:b\":" s "}")
#define AT(op) "Statement[0].Condition." op ".a:b: "
#define PRINCIPAL(s) RP, TRUST("\"Principal\":" s)

static const struct {
	enum iam_policy_type type;
	const char *json, *text;
} refused[] = {
	{ ID, "", "line 1 column 0: not JSON" },
	{ ID, "[]", "the policy is not a JSON object: {...}" },
	{ ID, "null", "the policy is not a JSON object: {...}" },
	{ ID, "{}", "Statement: missing" },
	{ ID, ONE(ALL) "x", "line 1 column 86: not JSON" },
	{ ID, ONE(ALL "," ALL), "line 1 column 91: a member given twice" },
	{ ID, "[[[[[[[[[]]]]]]]]]", "nested deeper than 8 levels" },
	{ ID, "{\"Statement\":{" ALL "},\"statement\":{}}", "statement: no such element" },
	{ ID, "{\"Version\":\"2012-10-18\",\"Statement\":{" ALL "}}",
	    "Version: neither 2012-10-17 nor 2008-10-17" },
	{ ID, "{\"Version\":20121017,\"Statement\":{" ALL "}}",
	    "Version: neither 2012-10-17 nor 2008-10-17" },
	{ ID, "{\"Version\":\"\",\"Statement\":{" ALL "}}",
	    "Version: neither 2012-10-17 nor 2008-10-17" },
	{ ID, "{\"Id\":1,\"Statement\":{" ALL "}}", "Id: not a string" },
	{ ID, "{\"Statement\":[]}", "Statement: an empty list" },
	{ ID, "{\"Statement\":\"*\"}", "Statement: not an object" },
	{ ID, "{\"Statement\":[{" ALL "},7]}", "Statement[1]: not an object" },
	{ ID, "{\"Statement\":{" ALL ",\"Actoin\":\"*\"}}", "Statement.Actoin: no such element" },
	{ ID, ONE(ALL ",\"a\\u0001\\u00e9\":1"), "Statement[0].a???: no such element" },
	{ ID, ONE(ALL ",\"" A A A A A A "\":1"),
	    "Statement[0]." A A A A A "1234...: no such element" },

	{ ID, ONE("\"Sid\":\"a b\"," ALL), "Statement[0].Sid: not of letters and digits" },
	{ ID, ONE("\"Sid\":7," ALL), "Statement[0].Sid: not of letters and digits" },
	{ ID, ONE("\"Sid\":\"a\"," ALL "},{\"Sid\":\"b\"," ALL "},{" ALL "},{\"Sid\":\"a\"," ALL),
	    "Statement[3].Sid: not unique" },
	{ ID, ONE("\"Action\":\"*\",\"Resource\":\"*\""), "Statement[0].Effect: missing" },
	{ ID, ONE("\"Effect\":\"allow\",\"Action\":\"*\",\"Resource\":\"*\""),
	    "Statement[0].Effect: neither Allow nor Deny" },
	{ ID, ONE("\"Effect\":true,\"Action\":\"*\",\"Resource\":\"*\""),
	    "Statement[0].Effect: neither Allow nor Deny" },
	{ ID, ONE("\"Effect\":\"Allow\",\"Resource\":\"*\""), "Statement[0].Action: missing" },
	{ ID, ONE(ALL ",\"NotAction\":\"*\""), "Statement[0].Action: there with its opposite" },
	{ ACTION("[]"), "Statement[0].Action: an empty list" },
	{ ACTION("{}"), "Statement[0].Action: not a string" },
	{ ACTION("[\"*\",true]"), "Statement[0].Action[1]: not a string" },
	{ ACTION("\"\""), "Statement[0].Action: neither SERVICE:ACTION nor *" },
	{ ACTION("\"SendSSHPublicKey\""), "Statement[0].Action: neither SERVICE:ACTION nor *" },
	{ ACTION("[\"*\",\"ec2\"]"), "Statement[0].Action[1]: neither SERVICE:ACTION nor *" },
	{ ACTION("\"ec2:\\u0007\""), "Statement[0].Action: neither SERVICE:ACTION nor *" },
	{ ACTION("\":x\""), "Statement[0].Action: neither SERVICE:ACTION nor *" },
	{ ACTION("\"a:b:c\""), "Statement[0].Action: neither SERVICE:ACTION nor *" },
	{ ACTION("\"e c2:DescribeInstances\""),
	    "Statement[0].Action: neither SERVICE:ACTION nor *" },
	{ ACTION("\"ec2:${aws:username}\""), "Statement[0].Action: neither SERVICE:ACTION nor *" },

	{ ID, ONE("\"Effect\":\"Allow\",\"Action\":\"*\""), "Statement[0].Resource: missing" },
	{ ID, ONE(ALL ",\"NotResource\":\"*\""), "Statement[0].Resource: there with its opposite" },
	{ ID, REST("\"NotResource\":[]"), "Statement[0].NotResource: an empty list" },
	{ RESOURCE("\"\""), "Statement[0].Resource: neither an ARN nor *" },
	{ RESOURCE("[\"*\",\"i-0123\"]"), "Statement[0].Resource[1]: neither an ARN nor *" },
	{ RESOURCE("\"arn:aws::*\""), "Statement[0].Resource: neither an ARN nor *" },
	{ RESOURCE("\"arn:aws:ec2:r:" A ":\""), "Statement[0].Resource: neither an ARN nor *" },
	{ RESOURCE("\"arn::ec2:r:" A ":x\""), "Statement[0].Resource: neither an ARN nor *" },
	{ RESOURCE("\"arn:aws::r:" A ":x\""), "Statement[0].Resource: neither an ARN nor *" },
	{ RESOURCE("\"urn:aws:ec2:r:" A ":x\""), "Statement[0].Resource: neither an ARN nor *" },
	{ RESOURCE("\"*a\""), "Statement[0].Resource: neither an ARN nor *" },
	{ RESOURCE("\"${aws:PrincipalArn}\""), "Statement[0].Resource: neither an ARN nor *" },
	{ RESOURCE("\"arn:aws:ec2:r:${aws:PrincipalAccount}:x\""),
	    "Statement[0].Resource: a variable before the fifth colon" },
	{ RESOURCE("\"arn:aws:s3:::${aws:username\""),
	    "Statement[0].Resource: a variable that is not closed" },
	{ RESOURCE("\"arn:aws:s3:::${}\""),
	    "Statement[0].Resource: a variable that is not a condition key" },
	{ RESOURCE("\"arn:aws:s3:::${username}\""),
	    "Statement[0].Resource: a variable that is not a condition key" },
	{ RESOURCE("\"arn:aws:s3:::${**}\""),
	    "Statement[0].Resource: a variable that is not a condition key" },
	{ RESOURCE("\"arn:aws:s3:::${aws:PrincipalTag/${aws:username}}\""),
	    "Statement[0].Resource: a variable within a variable" },
	{ RESOURCE("\"arn:aws:s3:::${aws:username, nobody}\""),
	    "Statement[0].Resource: a default that is not in quotes" },
	{ RESOURCE("\"arn:aws:s3:::${aws:username, '}\""),
	    "Statement[0].Resource: a default that is not in quotes" },
	{ RESOURCE("\"*\",\"Principal\":\"*\""),
	    "Statement[0].Principal: not in a policy of this type" },
	{ RESOURCE("\"*\",\"NotPrincipal\":\"*\""),
	    "Statement[0].NotPrincipal: not in a policy of this type" },

	{ RESOURCE("\"*\",\"Condition\":[]"), "Statement[0].Condition: not an object" },
	{ VALUE("StringEqual", "\"x\""), "Statement[0].Condition.StringEqual: no such operator" },
	{ VALUE("NullIfExists", "true"), "Statement[0].Condition.NullIfExists: no such operator" },
	{ VALUE("ForAnyValue:Null", "true"),
	    "Statement[0].Condition.ForAnyValue:Null: no such operator" },
	{ VALUE("ForEachValue:StringEquals", "\"x\""),
	    "Statement[0].Condition.ForEachValue:StringEquals: no such operator" },
	{ VALUE("ForAllValues:ForAllValues:StringEquals", "\"x\""),
	    "Statement[0].Condition.ForAllValues:ForAllValues:StringEquals: no such operator" },
	{ VALUE("StringEqualsIfExistsIfExists", "\"x\""),
	    "Statement[0].Condition.StringEqualsIfExistsIfExists: no such operator" },
	{ VALUE("", "\"x\""), "Statement[0].Condition.: no such operator" },
	{ ID, COND("\"StringEquals\":\"a:b\""),
	    "Statement[0].Condition.StringEquals: not an object" },
	{ ID, COND("\"StringEquals\":{\"\":\"x\"}"),
	    "Statement[0].Condition.StringEquals.: not a condition key" },
	{ VALUE("StringEquals", "null"), AT("StringEquals") "not a string, number or boolean" },
	{ VALUE("StringEquals", "0.12345678901234567890"),
	    AT("StringEquals") "a number of more than 15 digits" },
	{ VALUE("StringLike", "\"${aws:username\""),
	    AT("StringLike") "a variable that is not closed" },
	{ VALUE("StringEquals", "[\"a\",[\"b\"]]"),
	    "Statement[0].Condition.StringEquals.a:b[1]: "
	    "not a string, number or boolean" },
	{ VALUE("NumericEquals", "\"\""), AT("NumericEquals") "not a number" },
	{ VALUE("NumericEquals", "\"0x16\""), AT("NumericEquals") "not a number" },
	{ VALUE("NumericEquals", "\" 22\""), AT("NumericEquals") "not a number" },
	{ VALUE("NumericEquals", "\"22.\""), AT("NumericEquals") "not a number" },
	{ VALUE("NumericEquals", "\".5\""), AT("NumericEquals") "not a number" },
	{ VALUE("NumericEquals", "\"1e\""), AT("NumericEquals") "not a number" },
	{ VALUE("NumericEquals", "\"${a:b}\""), AT("NumericEquals") "not a number" },
	{ VALUE("NumericEquals", "true"), AT("NumericEquals") "not a number" },
	{ VALUE("NumericEquals", "\"1e99999\""), AT("NumericEquals") "a number out of range" },
	{ VALUE("NumericEquals", "\"1000000000000000000\""),
	    AT("NumericEquals") "a number out of range" },
	{ VALUE("NumericEquals", "\"1e18\""), AT("NumericEquals") "a number out of range" },
	{ VALUE("NumericEquals", "\"0.0000000001\""), AT("NumericEquals") "a number out of range" },
	{ VALUE("NumericEquals", "99999999999999999999"), "line 1 column 139: not JSON" },
	{ VALUE("NumericEquals", "1e999"), "line 1 column 124: not JSON" },
	{ VALUE("DateEquals", "\"tomorrow\""), AT("DateEquals") "not a date" },
	{ VALUE("DateEquals", "\"2023-02-29\""), AT("DateEquals") "not a date" },
	{ VALUE("DateEquals", "\"2023-02-28T10:00:00\""), AT("DateEquals") "not a date" },
	{ VALUE("DateEquals", "\"2023-02-28 10:00:00Z\""), AT("DateEquals") "not a date" },
	{ VALUE("DateEquals", "\"2023-02-28T10:00.5Z\""), AT("DateEquals") "not a date" },
	{ VALUE("DateEquals", "\"2023-02-28T10:00:00+24:00\""), AT("DateEquals") "not a date" },
	{ VALUE("DateEquals", "\"1969\""), AT("DateEquals") "not a date" },
	{ VALUE("DateEquals", "\"1970-01-01T00:00+01:00\""), AT("DateEquals") "not a date" },
	{ VALUE("DateEquals", "-5"), AT("DateEquals") "not a date" },
	{ VALUE("Bool", "\"yes\""), AT("Bool") "neither true nor false" },
	{ VALUE("Bool", "1"), AT("Bool") "neither true nor false" },
	{ VALUE("Null", "\"\""), AT("Null") "neither true nor false" },
	{ VALUE("BinaryEquals", "\"AA=\""), AT("BinaryEquals") "not base 64" },
	{ VALUE("BinaryEquals", "\"AB==\""), AT("BinaryEquals") "not base 64" },
	{ VALUE("IpAddress", "\"10.0.0\""), AT("IpAddress") "not an IP address or CIDR block" },
	{ VALUE("IpAddress", "[\"10.0.0.0/8\",\"10.0.0.0/33\"]"),
	    "Statement[0].Condition.IpAddress.a:b[1]: not an IP address or CIDR block" },
	{ VALUE("IpAddress", "[\"10.0.0.0/\"]"),
	    "Statement[0].Condition.IpAddress.a:b[0]: not an IP address or CIDR block" },
	{ VALUE("NotIpAddress", "\"::/129\""),
	    AT("NotIpAddress") "not an IP address or CIDR block" },
	{ VALUE("IpAddress", "\"10.0.0.*\""), AT("IpAddress") "not an IP address or CIDR block" },
	{ VALUE("IpAddress", "\"10.0.0.0/08\""),
	    AT("IpAddress") "not an IP address or CIDR block" },
	{ VALUE("IpAddress", "10"), AT("IpAddress") "not an IP address or CIDR block" },
	{ VALUE("ArnLike", "\"*\""), AT("ArnLike") "not an ARN" },
	{ VALUE("ArnEquals", "\"arn:aws:iam\""), AT("ArnEquals") "not an ARN" },
	{ VALUE("ArnEquals", "\"${aws:PrincipalArn}x\""), AT("ArnEquals") "not an ARN" },

	{ RP, ONE("\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\""),
	    "Statement[0].Principal: missing" },
	{ PRINCIPAL("\"*\",\"NotPrincipal\":\"*\""),
	    "Statement[0].NotPrincipal: not in a policy of this type" },
	{ RP, TRUST("\"NotPrincipal\":{\"AWS\":\"" A "\"}"),
	    "Statement[0].NotPrincipal: not in a policy of this type" },
	{ PRINCIPAL("\"*\",\"Resource\":\"*\""),
	    "Statement[0].Resource: not in a policy of this type" },
	{ PRINCIPAL("\"" A "\""), "Statement[0].Principal: neither an object nor *" },
	{ PRINCIPAL("[\"*\"]"), "Statement[0].Principal: neither an object nor *" },
	{ PRINCIPAL("{}"), "Statement[0].Principal: an empty list" },
	{ PRINCIPAL("{\"aws\":\"*\"}"), "Statement[0].Principal.aws: no such kind of principal" },
	{ PRINCIPAL("{\"AWS\":[]}"), "Statement[0].Principal.AWS: an empty list" },
	{ PRINCIPAL("{\"AWS\":[\"*\"," A "]}"), "Statement[0].Principal.AWS[1]: not a string" },
	{ PRINCIPAL("{\"AWS\":\"1234\"}"), "Statement[0].Principal.AWS: not a principal" },
	{ PRINCIPAL("{\"AWS\":\"arn:aws:iam::" A ":user/*\"}"),
	    "Statement[0].Principal.AWS: not a principal" },
	{ PRINCIPAL("{\"AWS\":\"arn:aws:iam::*:root\"}"),
	    "Statement[0].Principal.AWS: not a principal" },
	{ PRINCIPAL("{\"AWS\":\"arn:aws:iam:eu-lab-1:" A ":user/g\"}"),
	    "Statement[0].Principal.AWS: not a principal" },
	{ PRINCIPAL("{\"AWS\":\"arn:aws:iam::" A ":group/g\"}"),
	    "Statement[0].Principal.AWS: not a principal" },
	{ PRINCIPAL("{\"AWS\":\"arn:aws:sts::" A ":user/g\"}"),
	    "Statement[0].Principal.AWS: not a principal" },
	{ PRINCIPAL("{\"AWS\":\"arn:aws:iam::" A ":user/\"}"),
	    "Statement[0].Principal.AWS: not a principal" },
	{ PRINCIPAL("{\"Service\":\"*\"}"), "Statement[0].Principal.Service: not a principal" },
	{ PRINCIPAL("{\"Federated\":\"\"}"), "Statement[0].Principal.Federated: not a principal" },
};

static void
accepts(void **state)
{
	struct iam_policy *p;
	struct errinfo ei;
	size_t i;

	(void)state;
	for (i = 0; i < N(accepted); i++) {
		ei.text[0] = '\0';
		if (iam_policy_parse(str_of(accepted[i].json), accepted[i].type, &p, &ei) != 0)
			fail_msg("%s: %s", accepted[i].json, ei.text);
		iam_policy_free(p);
	}
}

static void
refuses_and_says_where(void **state)
{
	struct iam_policy *p = NULL;
	struct errinfo ei;
	bool bad = false;
	size_t i;

	(void)state;
	for (i = 0; i < N(refused); i++) {
		ei.text[0] = '\0';
		assert_int_equal(iam_policy_parse(str_of(refused[i].json), refused[i].type, &p,
				     &ei),
		    ERR_SYNTAX);
		assert_int_equal(iam_policy_parse(str_of(refused[i].json), refused[i].type, &p,
				     NULL),
		    ERR_SYNTAX);
		if (strcmp(ei.text, refused[i].text) == 0)
			continue;
		print_message("# %s: \"%s\", not \"%s\"\n", refused[i].json, ei.text,
		    refused[i].text);
		bad = true;
	}
	assert_false(bad);
	assert_null(p);
}

static void
repeat(struct buf *b, const char *s, const char *between, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		buf_c(b, i == 0 ? "" : between);
		buf_c(b, s);
	}
}

/* The last of ten thousand statements counts as the first does. */
static void
takes_ten_thousand_statements(void **state)
{
	const struct iam_principal alice = { .type = IAM_USER,
		.arn = STR("arn:aws:iam::" A ":user/alice"),
		.account_id = STR(A) };
	const struct str resource = STR("*");
	const struct iam_request req = { .principal = &alice,
		.action = STR("ec2:DescribeVpcs"),
		.resources = &resource,
		.n_resources = 1 };
	struct iam_attached_policy attached = { ID, STR("p"), NULL };
	struct iam_decision d;
	struct iam_policy *p;
	struct errinfo ei;
	struct buf b;

	(void)state;
	buf_init(&b, IAM_POLICY_MAX_BYTES);
	buf_c(&b, "{\"Statement\":[");
	repeat(&b, "{" ALL "}", ",", 9999);
	buf_c(&b, ",{\"Effect\":\"Deny\",\"Action\":\"ec2:*\",\"Resource\":\"*\"}]}");
	assert_int_equal(iam_policy_parse(buf_view(&b), ID, &p, &ei), 0);
	assert_int_equal(p->n, 10000);
	attached.policy = p;
	iam_decide(&req, &attached, 1, &d);
	assert_int_equal(d.reason, IAM_REASON_EXPLICIT_DENY);
	assert_int_equal(d.statement, 9999);
	iam_policy_free(p);
	buf_release(&b);
}

/* The longest document there may be, and one byte more. */
static void
has_a_longest(void **state)
{
	struct iam_policy *p;
	struct errinfo ei;
	struct buf b;

	(void)state;
	buf_init(&b, IAM_POLICY_MAX_BYTES + 1);
	buf_c(&b, ONE(ALL));
	repeat(&b, " ", "", IAM_POLICY_MAX_BYTES - b.n);
	assert_int_equal(iam_policy_parse(buf_view(&b), ID, &p, &ei), 0);
	iam_policy_free(p);
	buf_ch(&b, ' ');
	assert_int_equal(iam_policy_parse(buf_view(&b), ID, &p, &ei), ERR_TOOBIG);
	assert_string_equal(ei.text, "longer than 1048576 bytes");
	buf_release(&b);
}

static void
keys_have_a_longest(void **state)
{
	struct iam_policy *p;
	struct errinfo ei;
	struct buf b;
	size_t n;

	(void)state;
	for (n = 512; n <= 513; n++) {
		buf_init(&b, 2048);
		buf_c(&b, "{\"Statement\":{" ALL ",\"Condition\":{\"Null\":{\"a:");
		repeat(&b, "k", "", n - 2);
		buf_c(&b, "\":true}}}}");
		assert_int_equal(iam_policy_parse(buf_view(&b), ID, &p, &ei),
		    n == 512 ? 0 : ERR_SYNTAX);
		if (n == 512)
			iam_policy_free(p);
		buf_release(&b);
	}
	assert_true(str_ends(str_of(ei.text), STR("...: not a condition key")));
}

/* The compiled form of the densest document fits. */
static void
takes_the_densest_document(void **state)
{
	struct iam_policy *p;
	struct errinfo ei;
	struct buf b;

	(void)state;
	buf_init(&b, IAM_POLICY_MAX_BYTES);
	buf_c(&b,
	    "{\"Version\":\"2012-10-17\",\"Statement\":{" ALL
	    ",\"Condition\":{\"ArnEquals\":{\"a:b\":[");
	repeat(&b, "\"arn:a::::$\"", ",", (IAM_POLICY_MAX_BYTES - 200) / 13);
	buf_c(&b, "]}}}}");
	assert_int_equal(iam_policy_parse(buf_view(&b), ID, &p, &ei), 0);
	iam_policy_free(p);
	buf_clear(&b);
	buf_c(&b,
	    "{\"Version\":\"2012-10-17\",\"Statement\":{" ALL
	    ",\"Condition\":{\"StringEquals\":{\"a:b\":\"");
	repeat(&b, "$", "", IAM_POLICY_MAX_BYTES - 200);
	buf_c(&b, "\"}}}}");
	assert_int_equal(iam_policy_parse(buf_view(&b), ID, &p, &ei), 0);
	iam_policy_free(p);
	buf_release(&b);
}

static void
names_its_context_keys(void **state)
{
	static const char json[] = ONE(
	    "\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":"
	    "\"arn:aws:iam::" A ":user/${aws:username}${*}\",\"Condition\":{"
	    "\"StringLike\":{\"ec2:osuser\":\"${aws:PrincipalTag/os, 'x'}\","
	    "\"AWS:UserName\":\"*\"},"
	    "\"Null\":{\"aws:TokenIssueTime\":true}},\"Sid\":\"one\"},{\"Effect\":\"Allow\","
	    "\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"Bool\":{\"aws:SecureTransport\":"
	    "\"true\"},\"StringEquals\":{\"EC2:osuser\":[\"a\",\"${aws:username}\"]}}");
	static const char *const want[] = { "aws:PrincipalTag/os", "aws:SecureTransport",
		"aws:TokenIssueTime", "aws:username", "ec2:osuser" };
	const struct str *keys;
	struct iam_policy *p;
	struct errinfo ei;
	size_t i, n;

	(void)state;
	assert_int_equal(iam_policy_parse(STR(json), IAM_IDENTITY_POLICY, &p, &ei), 0);
	n = iam_policy_context_keys(p, &keys);
	assert_int_equal(n, N(want));
	for (i = 0; i < n; i++)
		assert_true(str_eq_c(keys[i], want[i]));
	iam_policy_free(p);
	assert_int_equal(iam_policy_parse(STR(ONE(ALL)), IAM_IDENTITY_POLICY, &p, &ei), 0);
	assert_int_equal(iam_policy_context_keys(p, &keys), 0);
	iam_policy_free(p);
}

static void
statement_write(const struct iam_policy *p, size_t i, struct buf *b)
{
	struct jsonw w;

	jsonw_init(&w, b);
	document_value_write(&w, document_statement(p, i));
	assert_int_equal(jsonw_finish(&w), 0);
}

static void
writes_a_statement(void **state)
{
	static const char one[] =
	    "{\"Sid\":\"S\",\"Effect\":\"Allow\",\"Action\":[\"ec2:*\"],"
	    "\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\"a:b\":[22,1.5,true,\"\\\"\"]}}}";
	struct iam_policy *p;
	struct errinfo ei;
	struct buf doc, b;

	(void)state;
	buf_init(&doc, 1024);
	buf_init(&b, 1024);
	buf_c(&doc, "{\"Statement\":[{" ALL "}, ");
	buf_c(&doc, one);
	buf_c(&doc, "]}");
	assert_int_equal(iam_policy_parse(buf_view(&doc), IAM_IDENTITY_POLICY, &p, &ei), 0);
	statement_write(p, 1, &b);
	assert_true(str_eq_c(buf_view(&b), one));
	buf_clear(&b);
	statement_write(p, 0, &b);
	assert_true(str_eq_c(buf_view(&b), "{" ALL "}"));
	iam_policy_free(p);
	iam_policy_free(NULL);
	buf_release(&doc);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts),
		cmocka_unit_test(refuses_and_says_where),
		cmocka_unit_test(takes_ten_thousand_statements),
		cmocka_unit_test(has_a_longest),
		cmocka_unit_test(keys_have_a_longest),
		cmocka_unit_test(takes_the_densest_document),
		cmocka_unit_test(names_its_context_keys),
		cmocka_unit_test(writes_a_statement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
