/*
 * security_group: ec2:DescribeSecurityGroups (docs/wire.md 4.4).
 */
#include "store/store_security_group.h"
#include "svc/ec2/actions.h"
#include "svc/ec2/describe.h"
#include "svc/ec2/tags.h"

#define V struct store_security_group

/* An item of the list: a group with its rules. */
struct item {
	struct store_security_group v; /* first, where filters and picks look */
	struct store_security_group_rules rules;
};

/* ---- filters ---- */

/* What a filter "ip-permission.PART" compares of a rule. */
enum part {
	PART_CIDR,
	PART_FROM_PORT,
	PART_GROUP_ID,
	PART_IPV6_CIDR,
	PART_PREFIX_LIST_ID,
	PART_PROTOCOL,
	PART_TO_PORT,
	PART_USER_ID,
};

/* A rule for all protocols has no ports. */
static bool
has_ports(const struct store_security_group_rule *r)
{
	return !str_eq_c(r->protocol, "-1");
}

static struct str
port_text(struct describe *d, const struct store_security_group_rule *r, int32_t port)
{
	return has_ports(r) ? arena_fmt(d->arena, "%d", (int)port) : STR("");
}

static struct str
part_of(struct describe *d, const struct item *x, const struct store_security_group_rule *r)
{
	switch ((enum part)d->row->part) {
	case PART_CIDR:
		return r->cidr_ipv4;
	case PART_FROM_PORT:
		return port_text(d, r, r->from_port);
	case PART_GROUP_ID:
		return r->referenced_group_id;
	case PART_IPV6_CIDR:
		return r->cidr_ipv6;
	case PART_PREFIX_LIST_ID:
		return r->prefix_list_id;
	case PART_PROTOCOL:
		return r->protocol;
	case PART_TO_PORT:
		return port_text(d, r, r->to_port);
	case PART_USER_ID:
		return r->referenced_group_id.n > 0 ? x->v.account_id : STR("");
	}
	return STR("");
}

static enum awserr
rules_offer(struct describe *d, const struct item *x, bool egress)
{
	size_t i;

	for (i = 0; i < x->rules.n; i++) {
		if (x->rules.v[i].is_egress == egress)
			describe_offer(d, part_of(d, x, &x->rules.v[i]));
	}
	return AWSERR_NONE;
}

static enum awserr
ingress_offer(struct describe *d, const void *item)
{
	return rules_offer(d, item, false);
}

static enum awserr
egress_offer(struct describe *d, const void *item)
{
	return rules_offer(d, item, true);
}

#define RULES(prefix, fn) \
	{ prefix "cidr", DESCRIBE_OFFER, .offer = (fn), .part = PART_CIDR }, \
	    { prefix "from-port", DESCRIBE_OFFER, .offer = (fn), .part = PART_FROM_PORT }, \
	    { prefix "group-id", DESCRIBE_OFFER, .offer = (fn), .part = PART_GROUP_ID }, \
	    { .name = prefix "group-name", .source = DESCRIBE_UNSUPPORTED }, \
	    { prefix "ipv6-cidr", DESCRIBE_OFFER, .offer = (fn), .part = PART_IPV6_CIDR }, \
	    { prefix "prefix-list-id", DESCRIBE_OFFER, .offer = (fn), \
		    .part = PART_PREFIX_LIST_ID }, \
	    { prefix "protocol", DESCRIBE_OFFER, .offer = (fn), .part = PART_PROTOCOL }, \
	    { prefix "to-port", DESCRIBE_OFFER, .offer = (fn), .part = PART_TO_PORT }, \
	{ \
		prefix "user-id", DESCRIBE_OFFER, .offer = (fn), .part = PART_USER_ID \
	}

static const struct describe_filter filters[] = {
	{ "description", DESCRIBE_STR, .at = offsetof(V, description) },
	RULES("egress.ip-permission.", egress_offer),
	{ "group-id", DESCRIBE_STR, .at = offsetof(V, group_id) },
	{ "group-name", DESCRIBE_STR, .at = offsetof(V, name) },
	RULES("ip-permission.", ingress_offer),
	{ "owner-id", DESCRIBE_STR, .at = offsetof(V, account_id) },
	{ "vpc-id", DESCRIBE_STR, .at = offsetof(V, vpc_id) },
};

/* ---- the list ---- */

static const struct describe_pick picks[] = {
	{ offsetof(struct describe_input, ids), offsetof(V, group_id), AWSERR_GROUP_NOT_FOUND,
	    "security group" },
	{ offsetof(struct describe_input, names), offsetof(V, name), AWSERR_GROUP_NOT_FOUND,
	    "security group" },
};

static int
list_page(struct describe *d, void **ret, size_t *ret_n)
{
	struct store *st = d->c->region->store;
	struct store_security_group_rules *rules;
	struct store_security_group *v;
	struct item *items;
	struct str *ids;
	size_t i, n;
	int r;

	if ((r = store_security_group_list(st, d->arena, d->c->principal.account_id, d->after,
		 DESCRIBE_PAGE, &v, &n)) != 0)
		return r;
	items = arena_array(d->arena, n, sizeof(*items));
	rules = arena_array(d->arena, n, sizeof(*rules));
	ids = arena_array(d->arena, n, sizeof(*ids));
	for (i = 0; i < n; i++)
		ids[i] = v[i].group_id;
	if ((r = store_security_group_rule_list_of(st, d->arena, ids, n, rules)) != 0)
		return r;
	for (i = 0; i < n; i++)
		items[i] = (struct item){ v[i], rules[i] };
	*ret = items;
	*ret_n = n;
	return 0;
}

/* Writes whom a rule lets through. Exactly one of the four lists has an element. */
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
		if (has_ports(&rules[i])) {
			out_i64(o, "fromPort", rules[i].from_port);
			out_i64(o, "toPort", rules[i].to_port);
		}
		peer_write(c, g, &rules[i]);
		out_end(o);
	}
	out_end(o);
}

static enum awserr
write(struct call *c, const void *item, const struct store_tag *tags, size_t n_tags)
{
	const struct item *x = item;
	struct out *o = &c->out;
	const V *g = &x->v;

	out_str(o, "ownerId", g->account_id);
	out_str(o, "groupId", g->group_id);
	out_str(o, "groupName", g->name);
	out_str(o, "groupDescription", g->description);
	out_str(o, "vpcId", g->vpc_id);
	rules_write(c, "ipPermissions", g, x->rules.v, x->rules.n, false);
	rules_write(c, "ipPermissionsEgress", g, x->rules.v, x->rules.n, true);
	tags_write(o, tags, n_tags);
	out_str(o, "securityGroupArn",
	    call_arn(c, STR("ec2"),
		arena_fmt(c->arena, "security-group/%.*s", STR_FMT(g->group_id))));
	return AWSERR_NONE;
}

static const struct describe_entity security_group = {
	.list = "securityGroupInfo",
	.size = sizeof(struct item),
	.id_at = offsetof(V, group_id),
	.tagged = true,
	.picks = picks,
	.n_picks = FIELD_N(picks),
	.filters = filters,
	.n_filters = FIELD_N(filters),
	.list_page = list_page,
	.write = write,
};

static const struct field fields[] = {
	DESCRIBE_ONE_PAGE,
	DESCRIBE_NAMES("GroupName", "securityGroupSet/groupName"),
	DESCRIBE_IDS("GroupId", FORM_GROUP_ID, "securityGroupIdSet/groupId"),
	DESCRIBE_FILTERS,
};

static const struct action actions[] = {
	{ EC2_DESCRIBE("DescribeSecurityGroups", fields, security_group) },
};
const struct action_rows security_group_rows = { actions, FIELD_N(actions) };
