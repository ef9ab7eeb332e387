/*
 * vpc: ec2:DescribeVpcs (docs/wire.md 4.4).
 */
#include "store/store_vpc.h"
#include "svc/ec2/actions.h"
#include "svc/ec2/describe.h"
#include "svc/ec2/tags.h"

#define V struct store_vpc

static const char *
state_name(enum store_net_state s)
{
	return s == STORE_NET_PENDING ? "pending" : "available";
}

static enum awserr
state_offer(struct describe *d, const void *item)
{
	const V *v = item;

	describe_offer(d, str_of(state_name(v->state)));
	return AWSERR_NONE;
}

static struct str
association_id(struct call *c, const V *v)
{
	return arena_fmt(c->arena, "vpc-cidr-assoc-%.*s", STR_FMT(str_from(v->vpc_id, 4)));
}

static enum awserr
association_offer(struct describe *d, const void *item)
{
	describe_offer(d, association_id(d->c, item));
	return AWSERR_NONE;
}

static const struct describe_filter filters[] = {
	{ "cidr", DESCRIBE_STR, .at = offsetof(V, cidr) },
	{ "cidr-block", DESCRIBE_STR, .at = offsetof(V, cidr) },
	{ "cidr-block-association.association-id", DESCRIBE_OFFER, .offer = association_offer },
	{ "cidr-block-association.cidr-block", DESCRIBE_STR, .at = offsetof(V, cidr) },
	{ "cidr-block-association.state", DESCRIBE_TEXT, .text = "associated" },
	{ "dhcp-options-id", DESCRIBE_TEXT, .text = "default" },
	/* A VPC has IPv4 alone. */
	{ .name = "ipv6-cidr-block-association.association-id", .source = DESCRIBE_NEVER },
	{ .name = "ipv6-cidr-block-association.ipv6-cidr-block", .source = DESCRIBE_NEVER },
	{ .name = "ipv6-cidr-block-association.ipv6-pool", .source = DESCRIBE_NEVER },
	{ .name = "ipv6-cidr-block-association.state", .source = DESCRIBE_NEVER },
	{ "is-default", DESCRIBE_BOOL, .at = offsetof(V, is_default) },
	{ "isDefault", DESCRIBE_BOOL, .at = offsetof(V, is_default) },
	{ "owner-id", DESCRIBE_STR, .at = offsetof(V, account_id) },
	{ "state", DESCRIBE_OFFER, .offer = state_offer },
	{ "vpc-id", DESCRIBE_STR, .at = offsetof(V, vpc_id) },
};

static const struct describe_pick picks[] = {
	{ offsetof(struct describe_input, ids), offsetof(V, vpc_id), AWSERR_VPC_ID_NOT_FOUND,
	    "vpc ID" },
};

static int
list_page(struct describe *d, void **ret, size_t *ret_n)
{
	struct store_vpc *v = NULL;
	int r = store_vpc_list(d->c->region->store, d->arena, d->c->principal.account_id, d->after,
	    DESCRIBE_PAGE, &v, ret_n);

	*ret = v;
	return r;
}

static enum awserr
write(struct call *c, const void *item, const struct store_tag *tags, size_t n_tags)
{
	struct out *o = &c->out;
	const V *v = item;

	out_str(o, "vpcId", v->vpc_id);
	out_str(o, "ownerId", v->account_id);
	out_c(o, "state", state_name(v->state));
	out_str(o, "cidrBlock", v->cidr);
	out_list(o, "cidrBlockAssociationSet");
	out_item(o);
	out_str(o, "cidrBlock", v->cidr);
	out_str(o, "associationId", association_id(c, v));
	out_object(o, "cidrBlockState");
	out_c(o, "state", "associated");
	out_end(o);
	out_end(o);
	out_end(o);
	out_list(o, "ipv6CidrBlockAssociationSet");
	out_end(o);
	out_c(o, "dhcpOptionsId", "default");
	tags_write(o, tags, n_tags);
	out_c(o, "instanceTenancy", "default");
	out_bool(o, "isDefault", v->is_default);
	return AWSERR_NONE;
}

static const struct describe_entity vpc = {
	.list = "vpcSet",
	.size = sizeof(V),
	.id_at = offsetof(V, vpc_id),
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
	DESCRIBE_IDS("VpcId", FORM_VPC_ID, "vpcSet/vpcId"),
	DESCRIBE_FILTERS,
};

static const struct action actions[] = { { EC2_DESCRIBE("DescribeVpcs", fields, vpc) } };
const struct action_rows vpc_rows = { actions, FIELD_N(actions) };
