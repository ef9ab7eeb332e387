/* verb_test: tests which verbs and options eicd-compute accepts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "compute/verb.h"

#define MAX_OPTIONS 12

struct row {
	const char *verb;
	const char *options[2 * MAX_OPTIONS]; /* name, value, ... */
	int want;
	const char *id;
};

#define GUEST \
	"instance", "i-0123456789abcdef0", "vpc", "vpc-0123456789abcdef0", "subnet", \
	    "subnet-0123456789abcdef0", "cidr", "172.31.0.0/20", "private-ip", "172.31.0.10", \
	    "mac", "02:00:ac:1f:00:0a", "hostname", "ip-172-31-0-10.ec2.internal"

static const struct row rows[] = {
	{ "vpc-create", { "vpc", "vpc-0123456789abcdef0", "cidr", "172.31.0.0/16" }, 0,
	    "vpc-0123456789abcdef0" },
	{ "vpc-delete", { "vpc", "vpc-01234567" }, 0, "vpc-01234567" },
	{ "subnet-create",
	    { "subnet", "subnet-01234567", "cidr", "10.0.0.0/24", "vpc", "vpc-01234567" }, 0,
	    "vpc-01234567" },
	{ "instance-run",
	    { GUEST, "public-ip", "none", "ingress", "tcp:22:22:0.0.0.0/0,-1:0:0:172.31.0.0/16" },
	    0, "i-0123456789abcdef0" },
	{ "instance-start", { GUEST, "public-ip", "198.18.0.4", "ingress", "" }, 0,
	    "i-0123456789abcdef0" },
	{ "instance-stop", { "instance", "i-01234567" }, 0, "i-01234567" },
	{ "instance-terminate", { "instance", "i-01234567" }, 0, "i-01234567" },
	{ "instance-status", { "instance", "i-01234567" }, 0, "i-01234567" },
	{ "instance-ingress", { "instance", "i-01234567", "ingress", "icmp:0:65535:10.0.0.0/8" }, 0,
	    "i-01234567" },

	/* verbs */
	{ "", { "instance", "i-01234567" }, ERR_NOTFOUND, NULL },
	{ "instance-stop ", { "instance", "i-01234567" }, ERR_NOTFOUND, NULL },
	{ "../instance-stop", { "instance", "i-01234567" }, ERR_NOTFOUND, NULL },
	{ "/bin/sh", { "instance", "i-01234567" }, ERR_NOTFOUND, NULL },
	{ "instance-stopx", { "instance", "i-01234567" }, ERR_NOTFOUND, NULL },
	/* options */
	{ "instance-stop", { NULL }, ERR_RANGE, NULL },
	{ "instance-stop", { "vpc", "vpc-01234567" }, ERR_SYNTAX, NULL },
	{ "instance-stop", { "--instance", "i-01234567" }, ERR_SYNTAX, NULL },
	{ "instance-stop", { "instance", "i-01234567", "instance", "i-01234567" }, ERR_DUP, NULL },
	{ "instance-stop", { "instance", "i-01234567", "", "" }, ERR_SYNTAX, NULL },
	{ "instance-run", { GUEST, "public-ip", "none" }, ERR_RANGE, NULL },
	/* values */
	{ "instance-stop", { "instance", "" }, ERR_SYNTAX, NULL },
	{ "instance-stop", { "instance", "i-" }, ERR_SYNTAX, NULL },
	{ "instance-stop", { "instance", "i-0123456" }, ERR_SYNTAX, NULL },
	{ "instance-stop", { "instance", "i-0123456G" }, ERR_SYNTAX, NULL },
	{ "instance-stop", { "instance", "i-0123456\n" }, ERR_SYNTAX, NULL },
	{ "instance-stop", { "instance", "i-01234567/../.." }, ERR_SYNTAX, NULL },
	{ "instance-stop", { "instance", "--force" }, ERR_SYNTAX, NULL },
	{ "instance-stop", { "instance", "vpc-01234567" }, ERR_SYNTAX, NULL },
	{ "vpc-create", { "vpc", "vpc-01234567", "cidr", "172.31.0.0" }, ERR_SYNTAX, NULL },
	{ "vpc-create", { "vpc", "vpc-01234567", "cidr", "172.31.0.0/33" }, ERR_SYNTAX, NULL },
	{ "vpc-create", { "vpc", "vpc-01234567", "cidr", "172.31.0/16" }, ERR_SYNTAX, NULL },
	{ "vpc-create", { "vpc", "vpc-01234567", "cidr", "172.31.0.0/16;id" }, ERR_SYNTAX, NULL },
	{ "vpc-create", { "vpc", "vpc-01234567", "cidr", "172.31.0.0/" }, ERR_SYNTAX, NULL },
	{ "instance-ingress", { "instance", "i-01234567", "ingress", "," }, ERR_SYNTAX, NULL },
	{ "instance-ingress", { "instance", "i-01234567", "ingress", "tcp:22:22:0.0.0.0/0," },
	    ERR_SYNTAX, NULL },
	{ "instance-ingress", { "instance", "i-01234567", "ingress", "tcp:23:22:0.0.0.0/0" },
	    ERR_SYNTAX, NULL },
	{ "instance-ingress", { "instance", "i-01234567", "ingress", "tcp:22:65536:0.0.0.0/0" },
	    ERR_SYNTAX, NULL },
	{ "instance-ingress", { "instance", "i-01234567", "ingress", "sctp:1:1:0.0.0.0/0" },
	    ERR_SYNTAX, NULL },
	{ "instance-ingress", { "instance", "i-01234567", "ingress", "tcp:22:22" }, ERR_SYNTAX,
	    NULL },
	{ "instance-run", { "mac", "02:00:ac:1f:00:0A" }, ERR_SYNTAX, NULL },
	{ "instance-run", { "mac", "02-00-ac-1f-00-0a" }, ERR_SYNTAX, NULL },
	{ "instance-run", { "mac", "02:00:ac:1f:00" }, ERR_SYNTAX, NULL },
	{ "instance-run", { "hostname", "-a" }, ERR_SYNTAX, NULL },
	{ "instance-run", { "hostname", "a b" }, ERR_SYNTAX, NULL },
	{ "instance-run", { "hostname", "" }, ERR_SYNTAX, NULL },
	{ "instance-run", { "private-ip", "none" }, ERR_SYNTAX, NULL },
	{ "instance-run", { "private-ip", "172.31.0.256" }, ERR_SYNTAX, NULL },
	{ "instance-run", { "public-ip", "None" }, ERR_SYNTAX, NULL },
};

static void
test_rows(void **state)
{
	struct verb_option options[MAX_OPTIONS];
	struct errinfo ei;
	struct str id;
	size_t i, n;
	int r;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (n = 0; n < MAX_OPTIONS && rows[i].options[2 * n] != NULL; n++) {
			options[n].name = str_of(rows[i].options[2 * n]);
			options[n].value = str_of(rows[i].options[2 * n + 1]);
		}
		id = STR("unset");
		r = verb_check(str_of(rows[i].verb), options, n, &id, &ei);
		if (r != rows[i].want)
			fail_msg("row %zu (%s): %s, want %s", i, rows[i].verb, err_text(r),
			    err_text(rows[i].want));
		assert_true(str_eq_c(id, r == 0 ? rows[i].id : "unset"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
