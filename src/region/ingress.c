/*
 * ingress: see ingress.h.
 */
#include "region/ingress.h"

#include "store/store_security_group.h"

#define PAGE 256

/* The driver's name of a protocol. NULL when the driver cannot filter it. */
static const char *
protocol_name(struct str p)
{
	static const struct {
		const char *aws, *driver;
	} names[] = {
		{ "tcp", "tcp" },
		{ "6", "tcp" },
		{ "udp", "udp" },
		{ "17", "udp" },
		{ "icmp", "icmp" },
		{ "1", "icmp" },
		{ "-1", "-1" },
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (str_eq_c(p, names[i].aws))
			return names[i].driver;
	}
	return NULL;
}

static void
rule_write(struct buf *out, size_t start, const struct store_security_group_rule *rule,
    struct str peer, const char *bits)
{
	const char *protocol = protocol_name(rule->protocol);
	bool ports;

	if (protocol == NULL)
		return;
	ports = strcmp(protocol, "tcp") == 0 || strcmp(protocol, "udp") == 0;
	if (out->n > start)
		buf_ch(out, ',');
	buf_c(out, protocol);
	buf_ch(out, ':');
	buf_i64(out, ports && rule->from_port > 0 ? rule->from_port : 0);
	buf_ch(out, ':');
	if (strcmp(protocol, "-1") == 0)
		buf_ch(out, '0');
	else
		buf_i64(out, ports && rule->to_port >= 0 ? rule->to_port : 65535);
	buf_ch(out, ':');
	buf_str(out, peer);
	buf_c(out, bits);
}

static bool
is_member(const struct store_instance *v, struct str group_id)
{
	size_t i;

	for (i = 0; i < v->n_group_ids; i++) {
		if (str_eq(v->group_ids[i], group_id))
			return true;
	}
	return false;
}

/* A rule that names a security group becomes one rule for each instance in the group. */
static int
members_write(struct region *region, struct arena *a, struct str vpc_id, struct buf *out,
    size_t start, const struct store_security_group_rule *rule)
{
	struct store_instance *page;
	int64_t after = 0;
	size_t i, n;
	int r;

	do {
		r = store_instance_list_vpc(region->store, a, vpc_id, after, PAGE, &page, &n);
		if (r != 0)
			return r;
		for (i = 0; i < n; i++) {
			after = page[i].seq;
			if (page[i].state != STORE_INSTANCE_TERMINATED &&
			    is_member(&page[i], rule->referenced_group_id))
				rule_write(out, start, rule, page[i].private_ip, "/32");
		}
	} while (n == PAGE);
	return 0;
}

int
ingress_write(struct region *region, struct arena *a, const struct store_instance *v,
    struct buf *out)
{
	struct store_security_group_rule *rules;
	size_t g, i, n, start = out->n;
	int r;

	for (g = 0; g < v->n_group_ids; g++) {
		r = store_security_group_rule_list(region->store, a, v->group_ids[g], &rules, &n);
		if (r != 0)
			return r;
		for (i = 0; i < n; i++) {
			if (rules[i].is_egress)
				continue;
			if (rules[i].cidr_ipv4.n > 0)
				rule_write(out, start, &rules[i], rules[i].cidr_ipv4, "");
			else if (rules[i].referenced_group_id.n > 0 &&
			    (r = members_write(region, a, v->vpc_id, out, start, &rules[i])) != 0)
				return r;
		}
	}
	return buf_err(out);
}

int
ingress_depends(struct region *region, struct arena *a, const struct store_instance *v,
    const struct store_instance *changed, bool *ret)
{
	struct store_security_group_rule *rules;
	size_t g, i, n;
	int r;

	*ret = false;
	for (g = 0; g < v->n_group_ids; g++) {
		r = store_security_group_rule_list(region->store, a, v->group_ids[g], &rules, &n);
		if (r != 0)
			return r;
		for (i = 0; i < n; i++) {
			if (!rules[i].is_egress && rules[i].referenced_group_id.n > 0 &&
			    is_member(changed, rules[i].referenced_group_id))
				*ret = true;
		}
	}
	return 0;
}
