/*
 * instance_describe: ec2:DescribeInstances (docs/wire.md 4.3).
 */
#include "region/lifecycle.h"
#include "svc/ec2/actions.h"
#include "svc/ec2/describe.h"
#include "svc/ec2/instance.h"
#include "svc/ec2/instance_filters.h"

#define V struct store_instance

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
	.filters = instance_filters,
	.n_filters = INSTANCE_N_FILTERS,
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
