/*
 * describe_vpcs: the act of ec2:DescribeVpcs (wire.md 4.4).
 */
#include "svc/ec2/describe.h"
#include "svc/ec2/ec2.h"
#include "store/store_vpc.h"

static const char *const filter_names[] = {
	"cidr",
	"cidr-block",
	"dhcp-options-id",
	"is-default",
	"isDefault",
	"owner-id",
	"state",
	"vpc-id",
	NULL,
};

static const char *
state_name(enum store_net_state s)
{
	return s == STORE_NET_AVAILABLE ? "available" : "pending";
}

static void
write(struct call *c, const struct store_vpc *v, const struct filter_attrs *at)
{
	struct out *o = &c->out;

	out_item(o);
	out_str(o, "vpcId", v->vpc_id);
	out_str(o, "ownerId", v->account_id);
	out_c(o, "state", state_name(v->state));
	out_str(o, "cidrBlock", v->cidr);
	out_list(o, "cidrBlockAssociationSet");
	out_item(o);
	out_str(o, "cidrBlock", v->cidr);
	out_str(o, "associationId",
	    arena_fmt(c->arena, "vpc-cidr-assoc-%.*s", STR_FMT(str_from(v->vpc_id, 4))));
	out_object(o, "cidrBlockState");
	out_c(o, "state", "associated");
	out_end(o);
	out_end(o);
	out_end(o);
	out_list(o, "ipv6CidrBlockAssociationSet");
	out_end(o);
	out_c(o, "dhcpOptionsId", "default");
	describe_tags_write(c, at);
	out_c(o, "instanceTenancy", "default");
	out_bool(o, "isDefault", v->is_default);
	out_end(o);
}

enum awserr
describe_vpcs_act(struct call *c)
{
	const struct describe_input *in = c->input;
	struct describe_ids ids = describe_ids(c, &in->ids);
	struct filter_attrs at;
	struct store_vpc *v;
	enum awserr e;
	size_t i, n;
	int r;

	if ((e = filter_check(c, &in->filters, filter_names)) != AWSERR_NONE)
		return e;
	r = store_vpc_list(c->region->store, c->arena, c->principal.account_id, STR(""),
	    STORE_PAGE_MAX, &v, &n);
	if (r != 0)
		return call_internal(c, "vpcs", r);
	out_list(&c->out, "vpcSet");
	for (i = 0; i < n; i++) {
		if (!describe_wanted(&ids, v[i].vpc_id))
			continue;
		at = (struct filter_attrs){ .n = 0 };
		filter_attr(&at, "cidr", v[i].cidr);
		filter_attr(&at, "cidr-block", v[i].cidr);
		filter_attr(&at, "dhcp-options-id", STR("default"));
		filter_attr(&at, "is-default", v[i].is_default ? STR("true") : STR("false"));
		filter_attr(&at, "isDefault", v[i].is_default ? STR("true") : STR("false"));
		filter_attr(&at, "owner-id", v[i].account_id);
		filter_attr(&at, "state", str_of(state_name(v[i].state)));
		filter_attr(&at, "vpc-id", v[i].vpc_id);
		if ((e = describe_tags_get(c, v[i].vpc_id, &at)) != AWSERR_NONE)
			return e;
		if (filter_matches(&in->filters, &at))
			write(c, &v[i], &at);
	}
	out_end(&c->out);
	return describe_missing(c, &ids, AWSERR_VPC_ID_NOT_FOUND, "vpc ID");
}
