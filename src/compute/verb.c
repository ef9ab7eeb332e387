/*
 * verb: see verb.h. Every value starts with a letter or digit (or is one of
 * the few special texts named below), so that none can be taken for an option.
 */
#include "compute/verb.h"

#include <arpa/inet.h>

#include "base/hex.h"
#include "base/num.h"
#include "base/rd.h"

enum value_form {
	FORM_INSTANCE_ID,
	FORM_VPC_ID,
	FORM_SUBNET_ID,
	FORM_CIDR,
	FORM_IP,
	FORM_IP_OR_NONE,
	FORM_MAC,
	FORM_HOSTNAME,
	FORM_INGRESS,
};

/* Options as bits: a verb's row is a set, and "given" is one too. */
enum option_bit {
	OPT_INSTANCE = 1 << 0,
	OPT_VPC = 1 << 1,
	OPT_SUBNET = 1 << 2,
	OPT_CIDR = 1 << 3,
	OPT_PRIVATE_IP = 1 << 4,
	OPT_PUBLIC_IP = 1 << 5,
	OPT_MAC = 1 << 6,
	OPT_HOSTNAME = 1 << 7,
	OPT_INGRESS = 1 << 8,
};

#define OPTS_GUEST \
	(OPT_INSTANCE | OPT_VPC | OPT_SUBNET | OPT_CIDR | OPT_PRIVATE_IP | OPT_PUBLIC_IP | \
	    OPT_MAC | OPT_HOSTNAME | OPT_INGRESS)

static const struct {
	const char *name;
	unsigned options; /* all of them are required */
} verbs[] = {
	{ "vpc-create", OPT_VPC | OPT_CIDR },
	{ "vpc-delete", OPT_VPC },
	{ "subnet-create", OPT_VPC | OPT_SUBNET | OPT_CIDR },
	{ "instance-run", OPTS_GUEST },
	{ "instance-start", OPTS_GUEST },
	{ "instance-stop", OPT_INSTANCE },
	{ "instance-terminate", OPT_INSTANCE },
	{ "instance-status", OPT_INSTANCE },
	{ "instance-ingress", OPT_INSTANCE | OPT_INGRESS },
};

static const struct {
	const char *name;
	unsigned bit;
	enum value_form form;
} options_table[] = {
	{ "instance", OPT_INSTANCE, FORM_INSTANCE_ID },
	{ "vpc", OPT_VPC, FORM_VPC_ID },
	{ "subnet", OPT_SUBNET, FORM_SUBNET_ID },
	{ "cidr", OPT_CIDR, FORM_CIDR },
	{ "private-ip", OPT_PRIVATE_IP, FORM_IP },
	{ "public-ip", OPT_PUBLIC_IP, FORM_IP_OR_NONE },
	{ "mac", OPT_MAC, FORM_MAC },
	{ "hostname", OPT_HOSTNAME, FORM_HOSTNAME },
	{ "ingress", OPT_INGRESS, FORM_INGRESS },
};

#define N_VERBS (sizeof(verbs) / sizeof(verbs[0]))
#define N_OPTIONS (sizeof(options_table) / sizeof(options_table[0]))

static bool
id_ok(struct str s, struct str prefix)
{
	struct str rest = str_from(s, prefix.n);

	return str_starts(s, prefix) && rest.n >= 8 && rest.n <= 32 && hex_is_lower(rest);
}

static bool
ip_ok(struct str s)
{
	char text[INET_ADDRSTRLEN];
	struct in_addr a;

	return str_copy(text, sizeof(text), s) == 0 && inet_pton(AF_INET, text, &a) == 1;
}

static bool
cidr_ok(struct str s)
{
	size_t slash = str_index(s, '/');
	uint64_t bits;

	return slash < s.n && ip_ok(str_head(s, slash)) &&
	    num_u64_parse(str_from(s, slash + 1), 0, 32, &bits) == 0;
}

static bool
mac_ok(struct str s)
{
	size_t i;

	if (s.n != 17)
		return false;
	for (i = 0; i < 17; i++) {
		if (i % 3 == 2 ? s.p[i] != ':' : !hex_is_lower(str_of_n(s.p + i, 1)))
			return false;
	}
	return true;
}

static bool
hostname_ok(struct str s)
{
	return s.n >= 1 && s.n <= 64 && str_all_in(s, "abcdefghijklmnopqrstuvwxyz0123456789.-") &&
	    s.p[0] != '-' && s.p[0] != '.' && s.p[s.n - 1] != '-' && s.p[s.n - 1] != '.';
}

/* protocol:from:to:cidr; the protocol by name, or -1 for all. */
static bool
ingress_rule_ok(struct str s)
{
	struct rd r = rd_of(s);
	struct str protocol, from, to;
	uint64_t n;

	if (rd_until(&r, ':', 4, &protocol) != 0 || rd_until(&r, ':', 5, &from) != 0 ||
	    rd_until(&r, ':', 5, &to) != 0)
		return false;
	if (!str_eq_c(protocol, "tcp") && !str_eq_c(protocol, "udp") &&
	    !str_eq_c(protocol, "icmp") && !str_eq_c(protocol, "-1"))
		return false;
	return num_u64_parse(from, 0, 65535, &n) == 0 && num_u64_parse(to, n, 65535, &n) == 0 &&
	    cidr_ok(r.rest);
}

static bool
ingress_ok(struct str s)
{
	size_t comma;

	if (s.n == 0)
		return true;
	if (s.n > 16384)
		return false;
	while ((comma = str_index(s, ',')) < s.n) {
		if (!ingress_rule_ok(str_head(s, comma)))
			return false;
		s = str_from(s, comma + 1);
	}
	return ingress_rule_ok(s);
}

static bool
value_ok(enum value_form form, struct str s)
{
	switch (form) {
	case FORM_INSTANCE_ID:
		return id_ok(s, STR("i-"));
	case FORM_VPC_ID:
		return id_ok(s, STR("vpc-"));
	case FORM_SUBNET_ID:
		return id_ok(s, STR("subnet-"));
	case FORM_CIDR:
		return cidr_ok(s);
	case FORM_IP:
		return ip_ok(s);
	case FORM_IP_OR_NONE:
		return str_eq_c(s, "none") || ip_ok(s);
	case FORM_MAC:
		return mac_ok(s);
	case FORM_HOSTNAME:
		return hostname_ok(s);
	case FORM_INGRESS:
		return ingress_ok(s);
	}
	return false;
}

static size_t
option_find(struct str name)
{
	size_t i;

	for (i = 0; i < N_OPTIONS && !str_eq_c(name, options_table[i].name); i++)
		;
	return i;
}

int
verb_check(struct str verb, const struct verb_option *options, size_t n, struct str *ret_id,
    struct errinfo *ei)
{
	struct str id = { NULL, 0 };
	unsigned given = 0;
	size_t v, i, o;

	for (v = 0; v < N_VERBS && !str_eq_c(verb, verbs[v].name); v++)
		;
	if (v == N_VERBS) {
		err_set(ei, "no such verb");
		return ERR_NOTFOUND;
	}
	for (i = 0; i < n; i++) {
		o = option_find(options[i].name);
		if (o == N_OPTIONS || (options_table[o].bit & verbs[v].options) == 0) {
			err_set(ei, "%s: option %zu is not one of its own", verbs[v].name, i);
			return ERR_SYNTAX;
		}
		if ((given & options_table[o].bit) != 0) {
			err_set(ei, "%s: --%s twice", verbs[v].name, options_table[o].name);
			return ERR_DUP;
		}
		if (!value_ok(options_table[o].form, options[i].value)) {
			err_set(ei, "%s: --%s has a bad value", verbs[v].name,
			    options_table[o].name);
			return ERR_SYNTAX;
		}
		given |= options_table[o].bit;
		if (options_table[o].bit == OPT_INSTANCE ||
		    (options_table[o].bit == OPT_VPC && id.p == NULL))
			id = options[i].value;
	}
	if (given != verbs[v].options) {
		err_set(ei, "%s: an option is missing", verbs[v].name);
		return ERR_RANGE;
	}
	*ret_id = id;
	return 0;
}
