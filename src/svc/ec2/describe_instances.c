/*
 * describe_instances: the act of ec2:DescribeInstances (wire.md 4.3).
 */
#include "api/call.h"
#include "region/lifecycle.h"
#include "svc/ec2/ec2.h"
#include "svc/ec2/filter.h"
#include "svc/ec2/instance.h"
#include "svc/ec2/page.h"

#define DEFAULT_RESULTS 1000
#define PAGE 100
#define PAGE_BYTES (32u << 20)

static const char *const filter_names[] = {
	"architecture",
	"availability-zone",
	"availability-zone-id",
	"client-token",
	"dns-name",
	"group-id",
	"hypervisor",
	"image-id",
	"instance-id",
	"instance-lifecycle",
	"instance-state-code",
	"instance-state-name",
	"instance-type",
	"instance.group-id",
	"ip-address",
	"key-name",
	"launch-index",
	"launch-time",
	"metadata-options.http-tokens",
	"monitoring-state",
	"network-interface.addresses.private-ip-address",
	"network-interface.network-interface-id",
	"network-interface.subnet-id",
	"network-interface.vpc-id",
	"owner-id",
	"platform",
	"platform-details",
	"private-dns-name",
	"private-ip-address",
	"reservation-id",
	"root-device-type",
	"state-reason-code",
	"subnet-id",
	"tenancy",
	"virtualization-type",
	"vpc-id",
	NULL,
};

/* What is being written. */
struct listing {
	struct call *c;
	const struct describe_instances_input *in;
	struct arena *arena;       /* of one page of the store */
	struct str reservation_id; /* the one that is open; empty: none */
	size_t n, max;
	int64_t last_seq; /* of the last one written */
	bool more;
};

static void
attrs_fill(struct filter_attrs *at, struct arena *a, const struct store_instance *v)
{
	size_t i;

	filter_attr(at, "architecture", str_of(instance_architecture()));
	filter_attr(at, "availability-zone", v->availability_zone);
	filter_attr(at, "client-token", v->client_token);
	for (i = 0; i < v->n_group_ids; i++) {
		filter_attr(at, "instance.group-id", v->group_ids[i]);
		filter_attr(at, "group-id", v->group_ids[i]);
	}
	filter_attr(at, "hypervisor", STR("xen"));
	filter_attr(at, "image-id", v->image_id);
	filter_attr(at, "instance-id", v->instance_id);
	filter_attr(at, "instance-state-code", arena_fmt(a, "%d", (int)v->state));
	filter_attr(at, "instance-state-name", str_of(instance_state_name(v->state)));
	filter_attr(at, "instance-type", v->instance_type);
	filter_attr(at, "ip-address", v->public_ip);
	filter_attr(at, "key-name", v->key_name);
	filter_attr(at, "launch-index", arena_fmt(a, "%d", (int)v->ami_launch_index));
	filter_attr(at, "metadata-options.http-tokens",
	    v->http_tokens_required ? STR("required") : STR("optional"));
	filter_attr(at, "monitoring-state", STR("disabled"));
	filter_attr(at, "network-interface.addresses.private-ip-address", v->private_ip);
	filter_attr(at, "network-interface.network-interface-id", v->eni_id);
	filter_attr(at, "network-interface.subnet-id", v->subnet_id);
	filter_attr(at, "network-interface.vpc-id", v->vpc_id);
	filter_attr(at, "owner-id", v->account_id);
	filter_attr(at, "platform-details", STR("Linux/UNIX"));
	filter_attr(at, "private-dns-name", v->hostname);
	filter_attr(at, "private-ip-address", v->private_ip);
	filter_attr(at, "reservation-id", v->reservation_id);
	filter_attr(at, "root-device-type", STR("ebs"));
	filter_attr(at, "state-reason-code", v->state_reason_code);
	filter_attr(at, "subnet-id", v->subnet_id);
	filter_attr(at, "tenancy", STR("default"));
	filter_attr(at, "virtualization-type", STR("hvm"));
	filter_attr(at, "vpc-id", v->vpc_id);
}

static void
reservation_close(struct listing *l)
{
	if (l->reservation_id.n == 0)
		return;
	out_end(&l->c->out);
	out_end(&l->c->out);
	l->reservation_id = STR("");
}

static void
reservation_open(struct listing *l, const struct store_instance *v)
{
	struct out *o = &l->c->out;

	if (str_eq(l->reservation_id, v->reservation_id))
		return;
	reservation_close(l);
	l->reservation_id = arena_str(l->c->arena, v->reservation_id);
	out_item(o);
	out_str(o, "reservationId", v->reservation_id);
	out_str(o, "ownerId", v->account_id);
	out_list(o, "groupSet");
	out_end(o);
	out_list(o, "instancesSet");
}

/* One that may be shown: counts, or writes it when it matches. */
static enum awserr
consider(struct listing *l, const struct store_instance *v)
{
	int64_t shown_from = l->c->now_s - LIFECYCLE_TERMINATED_SHOWN_S;
	struct filter_attrs at = { .n = 0 };
	struct store_tag *tags;
	enum awserr e;
	int r;

	if (v->state == STORE_INSTANCE_TERMINATED && v->terminated_at < shown_from)
		return AWSERR_NONE;
	r = store_tag_list(l->c->region->store, l->arena, v->instance_id, &tags, &at.n_tags);
	if (r != 0)
		return call_internal(l->c, "tags", r);
	at.tags = tags;
	if (l->in->filters.n > 0)
		attrs_fill(&at, l->arena, v);
	if (!filter_matches(&l->in->filters, &at))
		return AWSERR_NONE;
	if (l->n == l->max) {
		l->more = true;
		return AWSERR_NONE;
	}
	reservation_open(l, v);
	out_item(&l->c->out);
	if ((e = instance_write(l->c, v, tags, at.n_tags)) != AWSERR_NONE)
		return e;
	out_end(&l->c->out);
	l->n++;
	l->last_seq = v->seq;
	return AWSERR_NONE;
}

static enum awserr
list_named(struct listing *l)
{
	struct store_instance *v;
	enum awserr e;
	size_t i, n;

	if ((e = instance_get_all(l->c, &l->in->ids, &v, &n)) != AWSERR_NONE)
		return e;
	for (i = 0; i < n && e == AWSERR_NONE; i++)
		e = consider(l, &v[i]);
	return e;
}

static enum awserr
list_all(struct listing *l, int64_t after)
{
	struct store_instance *v;
	enum awserr e = AWSERR_NONE;
	size_t i, n;
	int r;

	do {
		arena_reset(l->arena);
		r = store_instance_list(l->c->region->store, l->arena, l->c->principal.account_id,
		    after, PAGE, &v, &n);
		if (r != 0)
			return call_internal(l->c, "instances", r);
		for (i = 0; i < n && !l->more && e == AWSERR_NONE; i++) {
			after = v[i].seq;
			e = consider(l, &v[i]);
		}
	} while (n == PAGE && !l->more && e == AWSERR_NONE);
	return e;
}

enum awserr
describe_instances_act(struct call *c)
{
	const struct describe_instances_input *in = c->input;
	struct listing l = { .c = c, .in = in, .max = DEFAULT_RESULTS };
	int64_t after = 0;
	enum awserr e;

	if (in->max_results.given) {
		l.max = (size_t)in->max_results.v;
		if (in->ids.n > 0)
			return call_fail(c, AWSERR_INVALID_PARAMETER_COMBINATION,
			    "The parameter instancesSet cannot be used with the parameter "
			    "maxResults");
	}
	if ((e = filter_check(c, &in->filters, filter_names)) != AWSERR_NONE)
		return e;
	if (in->next_token.n > 0 &&
	    (e = page_place_number(c, in->next_token, &after)) != AWSERR_NONE)
		return e;
	l.arena = arena_new(PAGE_BYTES);
	out_list(&c->out, "reservationSet");
	e = in->ids.n > 0 ? list_named(&l) : list_all(&l, after);
	if (e == AWSERR_NONE) {
		reservation_close(&l);
		out_end(&c->out);
		if (l.more)
			out_str(&c->out, "nextToken",
			    page_token(c, arena_fmt(c->arena, "%lld", (long long)l.last_seq)));
	}
	arena_free(l.arena);
	return e;
}
