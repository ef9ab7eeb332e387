/*
 * describe_security_groups: the act of ec2:DescribeSecurityGroups (wire.md 4.4).
 */
#include "svc/ec2/describe.h"
#include "svc/ec2/ec2.h"
#include "store/store_security_group.h"

static const char *const filter_names[] = {
	"description",
	"group-id",
	"group-name",
	"owner-id",
	"vpc-id",
	NULL,
};

/* Who a rule lets through: one of the four lists has one element. */
static void
peer_write(struct call *c, const struct store_security_group *g,
    const struct store_security_group_rule *rule)
{
	static const struct {
		const char *list, *element;
	} kinds[] = {
		{ "groups", "groupId" },
		{ "ipRanges", "cidrIp" },
		{ "ipv6Ranges", "cidrIpv6" },
		{ "prefixListIds", "prefixListId" },
	};
	const struct str values[] = { rule->referenced_group_id, rule->cidr_ipv4, rule->cidr_ipv6,
		rule->prefix_list_id };
	size_t i;

	for (i = 0; i < FIELD_N(kinds); i++) {
		out_list(&c->out, kinds[i].list);
		if (values[i].n > 0) {
			out_item(&c->out);
			out_str(&c->out, kinds[i].element, values[i]);
			if (i == 0)
				out_str(&c->out, "userId", g->account_id);
			out_opt(&c->out, "description", rule->description);
			out_end(&c->out);
		}
		out_end(&c->out);
	}
}

static void
rules_write(struct call *c, const char *name, const struct store_security_group *g,
    const struct store_security_group_rule *rules, size_t n, bool egress)
{
	struct out *o = &c->out;
	size_t i;

	out_list(o, name);
	for (i = 0; i < n; i++) {
		if (rules[i].is_egress != egress)
			continue;
		out_item(o);
		out_str(o, "ipProtocol", rules[i].protocol);
		/* "All protocols" has no ports. */
		if (!str_eq_c(rules[i].protocol, "-1")) {
			out_i64(o, "fromPort", rules[i].from_port);
			out_i64(o, "toPort", rules[i].to_port);
		}
		peer_write(c, g, &rules[i]);
		out_end(o);
	}
	out_end(o);
}

static enum awserr
write(struct call *c, const struct store_security_group *g, const struct filter_attrs *at)
{
	struct store_security_group_rule *rules;
	struct out *o = &c->out;
	size_t n;
	int r;

	r = store_security_group_rule_list(c->region->store, c->arena, g->group_id, &rules, &n);
	if (r != 0)
		return call_internal(c, "rules", r);
	out_item(o);
	out_str(o, "ownerId", g->account_id);
	out_str(o, "groupId", g->group_id);
	out_str(o, "groupName", g->name);
	out_str(o, "groupDescription", g->description);
	out_str(o, "vpcId", g->vpc_id);
	rules_write(c, "ipPermissions", g, rules, n, false);
	rules_write(c, "ipPermissionsEgress", g, rules, n, true);
	describe_tags_write(c, at);
	out_str(o, "securityGroupArn",
	    call_arn(c, STR("ec2"),
		arena_fmt(c->arena, "security-group/%.*s", STR_FMT(g->group_id))));
	out_end(o);
	return AWSERR_NONE;
}

enum awserr
describe_security_groups_act(struct call *c)
{
	const struct describe_input *in = c->input;
	struct describe_ids ids = describe_ids(c, &in->ids), names = describe_ids(c, &in->names);
	struct store_security_group *v;
	struct filter_attrs at;
	enum awserr e;
	size_t i, n;
	int r;

	if ((e = filter_check(c, &in->filters, filter_names)) != AWSERR_NONE)
		return e;
	r = store_security_group_list(c->region->store, c->arena, c->principal.account_id, STR(""),
	    STORE_PAGE_MAX, &v, &n);
	if (r != 0)
		return call_internal(c, "groups", r);
	out_list(&c->out, "securityGroupInfo");
	for (i = 0; i < n; i++) {
		if (!describe_wanted(&ids, v[i].group_id) || !describe_wanted(&names, v[i].name))
			continue;
		at = (struct filter_attrs){ .n = 0 };
		filter_attr(&at, "description", v[i].description);
		filter_attr(&at, "group-id", v[i].group_id);
		filter_attr(&at, "group-name", v[i].name);
		filter_attr(&at, "owner-id", v[i].account_id);
		filter_attr(&at, "vpc-id", v[i].vpc_id);
		if ((e = describe_tags_get(c, v[i].group_id, &at)) != AWSERR_NONE)
			return e;
		if (filter_matches(&in->filters, &at) && (e = write(c, &v[i], &at)) != AWSERR_NONE)
			return e;
	}
	out_end(&c->out);
	if ((e = describe_missing(c, &ids, AWSERR_GROUP_NOT_FOUND, "security group")) !=
	    AWSERR_NONE)
		return e;
	return describe_missing(c, &names, AWSERR_GROUP_NOT_FOUND, "security group");
}
