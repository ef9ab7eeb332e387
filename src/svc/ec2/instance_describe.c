/*
 * instance_describe: ec2:DescribeInstances (docs/wire.md 4.3).
 */
#include "base/date.h"
#include "region/lifecycle.h"
#include "svc/ec2/actions.h"
#include "svc/ec2/describe.h"
#include "svc/ec2/instance.h"

#define V struct store_instance

/* ---- filters ---- */

static enum awserr
architecture_offer(struct describe *d, const void *item)
{
	(void)item;
	describe_offer(d, str_of(instance_architecture()));
	return AWSERR_NONE;
}

static enum awserr
groups_offer(struct describe *d, const void *item)
{
	const V *v = item;
	size_t i;

	for (i = 0; i < v->n_group_ids; i++)
		describe_offer(d, v->group_ids[i]);
	return AWSERR_NONE;
}

static enum awserr
http_tokens_offer(struct describe *d, const void *item)
{
	const V *v = item;

	describe_offer(d, v->http_tokens_required ? STR("required") : STR("optional"));
	return AWSERR_NONE;
}

static enum awserr
launch_index_offer(struct describe *d, const void *item)
{
	const V *v = item;

	describe_offer(d, arena_fmt(d->arena, "%d", (int)v->ami_launch_index));
	return AWSERR_NONE;
}

/* The filter compares the text that is in <launchTime>: "2026-11-30T*" matches a day. */
static enum awserr
launch_time_offer(struct describe *d, const void *item)
{
	const V *v = item;
	struct buf b;

	buf_init(&b, 64);
	date_iso_ms_write(&b, v->launched_at * 1000);
	describe_offer(d, buf_view(&b));
	buf_release(&b);
	return AWSERR_NONE;
}

static enum awserr
state_code_offer(struct describe *d, const void *item)
{
	const V *v = item;

	describe_offer(d, arena_fmt(d->arena, "%d", (int)v->state));
	return AWSERR_NONE;
}

static enum awserr
state_name_offer(struct describe *d, const void *item)
{
	const V *v = item;

	describe_offer(d, str_of(instance_state_name(v->state)));
	return AWSERR_NONE;
}

/* A terminated instance has no subnet, and shows no id of its zone either. */
static enum awserr
zone_id_offer(struct describe *d, const void *item)
{
	const struct instance_item *x = item;

	describe_offer(d, x->zone_id);
	return AWSERR_NONE;
}

static const struct describe_filter filters[] = {
	{ "architecture", DESCRIBE_OFFER, .offer = architecture_offer },
	{ "availability-zone", DESCRIBE_STR, .at = offsetof(V, availability_zone) },
	{ "availability-zone-id", DESCRIBE_OFFER, .offer = zone_id_offer },
	{ "client-token", DESCRIBE_STR, .at = offsetof(V, client_token) },
	/* No instance has a public name (instance.c). */
	{ .name = "dns-name", .source = DESCRIBE_NEVER },
	{ "group-id", DESCRIBE_OFFER, .offer = groups_offer },
	{ "hypervisor", DESCRIBE_TEXT, .text = "xen" },
	{ "image-id", DESCRIBE_STR, .at = offsetof(V, image_id) },
	{ "instance-id", DESCRIBE_STR, .at = offsetof(V, instance_id) },
	/* The values on AWS are "spot", "scheduled" and "capacity-block"; other instances, and
	 * all that are here, have none. */
	{ .name = "instance-lifecycle", .source = DESCRIBE_NEVER },
	{ "instance-state-code", DESCRIBE_OFFER, .offer = state_code_offer },
	{ "instance-state-name", DESCRIBE_OFFER, .offer = state_name_offer },
	{ "instance-type", DESCRIBE_STR, .at = offsetof(V, instance_type) },
	{ "instance.group-id", DESCRIBE_OFFER, .offer = groups_offer },
	{ "ip-address", DESCRIBE_STR, .at = offsetof(V, public_ip) },
	{ "key-name", DESCRIBE_STR, .at = offsetof(V, key_name) },
	{ "launch-index", DESCRIBE_OFFER, .offer = launch_index_offer },
	{ "launch-time", DESCRIBE_OFFER, .offer = launch_time_offer },
	{ "metadata-options.http-tokens", DESCRIBE_OFFER, .offer = http_tokens_offer },
	{ "monitoring-state", DESCRIBE_TEXT, .text = "disabled" },
	{ "network-interface.addresses.private-ip-address", DESCRIBE_STR,
	    .at = offsetof(V, private_ip) },
	{ "network-interface.network-interface-id", DESCRIBE_STR, .at = offsetof(V, eni_id) },
	{ "network-interface.subnet-id", DESCRIBE_STR, .at = offsetof(V, subnet_id) },
	{ "network-interface.vpc-id", DESCRIBE_STR, .at = offsetof(V, vpc_id) },
	{ "owner-id", DESCRIBE_STR, .at = offsetof(V, account_id) },
	/* "windows" is the only value on AWS; other instances have none. */
	{ .name = "platform", .source = DESCRIBE_NEVER },
	{ "platform-details", DESCRIBE_TEXT, .text = "Linux/UNIX" },
	{ "private-dns-name", DESCRIBE_STR, .at = offsetof(V, hostname) },
	{ "private-ip-address", DESCRIBE_STR, .at = offsetof(V, private_ip) },
	{ "reservation-id", DESCRIBE_STR, .at = offsetof(V, reservation_id) },
	{ "root-device-type", DESCRIBE_TEXT, .text = "ebs" },
	{ "state-reason-code", DESCRIBE_STR, .at = offsetof(V, state_reason_code) },
	{ "subnet-id", DESCRIBE_STR, .at = offsetof(V, subnet_id) },
	{ "tenancy", DESCRIBE_TEXT, .text = "default" },
	{ "virtualization-type", DESCRIBE_TEXT, .text = "hvm" },
	{ "vpc-id", DESCRIBE_STR, .at = offsetof(V, vpc_id) },
};

/* ---- the list ---- */

/* The offsets of the filters are those in a struct store_instance, so an item begins with it. */
_Static_assert(offsetof(struct instance_item, v) == 0, "the instance comes first");

static int
list_page(struct describe *d, void **ret, size_t *ret_n)
{
	struct instance_item *x;
	size_t n;
	V *v;
	int r;

	if ((r = store_instance_list(d->c->region->store, d->arena, d->c->principal.account_id,
		 d->after_seq, DESCRIBE_PAGE, &v, &n)) != 0 ||
	    (r = instance_items(d->c, d->arena, v, n, &x)) != 0)
		return r;
	*ret = x;
	*ret_n = n;
	return 0;
}

static enum awserr
get_ids(struct describe *d, void **ret, size_t *ret_n)
{
	struct instance_item *x;
	enum awserr e;
	size_t n;
	V *v;
	int r;

	if ((e = instance_get_all(d->c, &d->in->ids, &v, &n)) != AWSERR_NONE)
		return e;
	if ((r = instance_items(d->c, d->arena, v, n, &x)) != 0)
		return call_internal(d->c, "instances", r);
	*ret = x;
	*ret_n = n;
	return AWSERR_NONE;
}

static bool
is_shown(const struct describe *d, const void *item)
{
	const V *v = item;

	return v->state != STORE_INSTANCE_TERMINATED ||
	    v->terminated_at >= d->c->now_s - LIFECYCLE_TERMINATED_SHOWN_S;
}

static void
reservation_open(struct call *c, const void *item)
{
	struct out *o = &c->out;
	const V *v = item;

	out_item(o);
	out_str(o, "reservationId", v->reservation_id);
	out_str(o, "ownerId", v->account_id);
	out_list(o, "groupSet");
	out_end(o);
	out_list(o, "instancesSet");
}

static void
reservation_close(struct call *c)
{
	out_end(&c->out);
	out_end(&c->out);
}

static enum awserr
write(struct call *c, const void *item, const struct store_tag *tags, size_t n_tags)
{
	instance_write(c, item, tags, n_tags);
	return AWSERR_NONE;
}

static const struct describe_entity instance = {
	.list = "reservationSet",
	.size = sizeof(struct instance_item),
	.id_at = offsetof(V, instance_id),
	.tagged = true,
	.by_seq = true,
	.seq_at = offsetof(V, seq),
	.max_results = 1000,
	.ids_set = "instancesSet",
	.filters = filters,
	.n_filters = FIELD_N(filters),
	.list_page = list_page,
	.get_ids = get_ids,
	.is_shown = is_shown,
	.write = write,
	.group_at = offsetof(V, reservation_id),
	.group_open = reservation_open,
	.group_close = reservation_close,
};

static const struct field fields[] = {
	DESCRIBE_PAGES,
	DESCRIBE_IDS("InstanceId", FORM_INSTANCE_ID, "instancesSet/instanceId"),
	DESCRIBE_FILTERS,
	/* No instance here is managed by a provider. */
	DESCRIBE_MORE("IncludeManagedResources", more),
};

static const struct action actions[] = {
	{ EC2_DESCRIBE("DescribeInstances", fields, instance) },
};
const struct action_rows instance_describe_rows = { actions, FIELD_N(actions) };
