/*
 * run_instances: ec2:RunInstances (wire.md 4.1, 4.3).
 */
#include "api/call.h"
#include "svc/ec2/actions.h"
#include "svc/ec2/instance.h"
#include "svc/ec2/launch.h"
#include "svc/ec2/tags.h"
#include "api/input_audit.h"
#include "region/lifecycle.h"
#include "aws/sigv4_canon.h"
#include "store/store_address.h"
#include "store/store_client_token.h"

#define DEFAULT_TYPE STR("m1.small") /* as on AWS */
#define MAX_RESULT_BYTES 65536

/* ---- scope ---- */

/* Adds the condition keys about the place of the launch, if its subnet exists. Source of the keys
 * of each resource: Service Authorization Reference, Amazon EC2, RunInstances. */
static void
place_context(struct call *c, const struct launch *l)
{
	if (l->subnet.vpc_id.n == 0)
		return;
	call_target_context(c, STR("ec2:AvailabilityZone"), l->subnet.availability_zone);
	call_target_context(c, STR("ec2:Vpc"),
	    call_arn(c, STR("ec2"), arena_fmt(c->arena, "vpc/%.*s", STR_FMT(l->subnet.vpc_id))));
}

static void
instance_target(struct call *c, const struct run_instances_input *in, const struct launch *l)
{
	const struct metadata_input *m = &in->metadata;

	call_target_arn(c, call_arn(c, STR("ec2"), STR("instance/*")));
	if (l->tags != NULL)
		tags_context(c, l->tags, true);
	place_context(c, l);
	call_target_context(c, STR("ec2:InstanceType"), in->instance_type);
	call_target_context(c, STR("ec2:RootDeviceType"), STR("ebs"));
	call_target_context(c, STR("ec2:Tenancy"), STR("default"));
	if (m->http_tokens.n > 0)
		call_target_context(c, STR("ec2:MetadataHttpTokens"), m->http_tokens);
	if (m->http_endpoint.n > 0)
		call_target_context(c, STR("ec2:MetadataHttpEndpoint"), m->http_endpoint);
	if (m->hop_limit.given)
		call_target_context(c, STR("ec2:MetadataHttpPutResponseHopLimit"),
		    arena_fmt(c->arena, "%lld", (long long)m->hop_limit.v));
}

static void
interface_target(struct call *c, const struct launch *l)
{
	call_target_arn(c, call_arn(c, STR("ec2"), STR("network-interface/*")));
	place_context(c, l);
	call_target_context(c, STR("ec2:AssociatePublicIpAddress"),
	    l->public_ip ? STR("true") : STR("false"));
	if (l->subnet.subnet_id.n > 0)
		call_target_context(c, STR("ec2:Subnet"),
		    call_arn(c, STR("ec2"),
			arena_fmt(c->arena, "subnet/%.*s", STR_FMT(l->subnet.subnet_id))));
}

static enum awserr
image_target(struct call *c, const struct run_instances_input *in)
{
	enum awserr e;

	if ((e = call_target_tagged(c, IDS_IMAGE, in->image_id)) != AWSERR_NONE)
		return e;
	call_target_context(c, STR("ec2:ImageID"), in->image_id);
	call_target_context(c, STR("ec2:ImageType"), STR("machine"));
	call_target_context(c, STR("ec2:Public"), STR("false"));
	call_target_context(c, STR("ec2:RootDeviceType"), STR("ebs"));
	return AWSERR_NONE;
}

static enum awserr
network_targets(struct call *c, const struct launch *l)
{
	enum awserr e;
	size_t i;

	interface_target(c, l);
	if (l->subnet.subnet_id.n == 0)
		call_target_arn(c, call_arn(c, STR("ec2"), STR("subnet/*")));
	else if ((e = call_target_tagged(c, IDS_SUBNET, l->subnet.subnet_id)) != AWSERR_NONE)
		return e;
	place_context(c, l);
	call_target_context(c, STR("ec2:SubnetID"), l->subnet.subnet_id);
	for (i = 0; i < l->n_group_ids; i++) {
		e = call_target_tagged(c, IDS_SECURITY_GROUP, l->group_ids[i]);
		if (e != AWSERR_NONE)
			return e;
		place_context(c, l);
		call_target_context(c, STR("ec2:SecurityGroupID"), l->group_ids[i]);
	}
	return AWSERR_NONE;
}

/* AWS authorizes a volume as well; there are no volumes here. */
static enum awserr
scope(struct call *c)
{
	struct run_instances_input *in = c->input;
	struct launch *l = arena_alloc(c->arena, sizeof(*l));
	enum awserr e;

	if (in->instance_type.n == 0)
		in->instance_type = DEFAULT_TYPE;
	if ((e = launch_resolve(c, in, l)) != AWSERR_NONE ||
	    (l->tags != NULL && (e = tags_check(c, l->tags)) != AWSERR_NONE))
		return e;
	in->launch = l;
	instance_target(c, in, l);
	if ((e = network_targets(c, l)) != AWSERR_NONE || (e = image_target(c, in)) != AWSERR_NONE)
		return e;
	if (l->tags != NULL) {
		call_target_arn(c, call_arn(c, STR("ec2"), STR("instance/*")));
		call_target_action(c, "ec2:CreateTags");
		call_target_context(c, STR("ec2:CreateAction"), STR("RunInstances"));
		tags_context(c, l->tags, true);
	}
	return AWSERR_NONE;
}

/* ---- client tokens ---- */

/* A hash that is equal for equal parameters, in whatever order they were sent. */
static struct str
parameters_hash(struct call *c, struct run_instances_input *in)
{
	struct str token = in->client_token;
	struct jsonw w;
	char hash[65];
	struct buf b;

	in->client_token = (struct str){ NULL, 0 };
	buf_init(&b, 1u << 20);
	jsonw_init(&w, &b);
	input_audit_write(c, in, &w);
	buf_str(&b, in->user_data);
	sigv4_canon_hash(buf_view(&b), hash);
	buf_release(&b);
	in->client_token = token;
	return arena_str(c->arena, str_of(hash));
}

static enum awserr
token_save(struct call *c, const struct run_instances_input *in, struct str hash,
    const struct store_instance *v, size_t n)
{
	struct store_client_token t = { .account_id = c->principal.account_id,
		.action = c->operation,
		.token = in->client_token,
		.request_hash = hash,
		.created_at = c->now_s };
	struct buf ids;
	size_t i;
	int r;

	if (in->client_token.n == 0)
		return AWSERR_NONE;
	buf_init(&ids, MAX_RESULT_BYTES);
	for (i = 0; i < n; i++) {
		if (i > 0)
			buf_ch(&ids, ',');
		buf_str(&ids, v[i].instance_id);
	}
	t.result = buf_view(&ids);
	if ((r = buf_err(&ids)) == 0)
		r = store_client_token_add(c->region->store, &t);
	buf_release(&ids);
	return r == 0 ? AWSERR_NONE : call_internal(c, "client token", r);
}

/* Finds the instances that an earlier request with this client token launched, as they are now.
 * *ret_n is 0 when the token is new. */
static enum awserr
token_find(struct call *c, const struct run_instances_input *in, struct str hash,
    struct store_instance **ret, size_t *ret_n)
{
	struct store_client_token t;
	struct field_strs ids;
	struct str rest, *v;
	int r;

	*ret_n = 0;
	if (in->client_token.n == 0)
		return AWSERR_NONE;
	r = store_client_token_get(c->region->store, c->arena, c->principal.account_id,
	    c->operation, in->client_token, &t);
	if (r == ERR_NOTFOUND)
		return AWSERR_NONE;
	if (r != 0)
		return call_internal(c, "client token", r);
	if (!str_eq(t.request_hash, hash))
		return AWSERR_IDEMPOTENT_MISMATCH;
	v = arena_array(c->arena, t.result.n / 2 + 1, sizeof(*v));
	for (ids.n = 0, rest = t.result; rest.n > 0; ids.n++) {
		v[ids.n] = str_head(rest, str_index(rest, ','));
		rest = str_from(rest, v[ids.n].n + 1);
	}
	ids.v = v;
	return instance_get_all(c, &ids, ret, ret_n);
}

/* ---- launching ---- */

/* *ret is the number of instances to launch: as many of MaxCount as the limit allows. Fewer than
 * MinCount is an error. */
static enum awserr
count_allowed(struct call *c, const struct run_instances_input *in, size_t *ret)
{
	int64_t have, left;
	int r;

	r = store_instance_count(c->region->store, c->principal.account_id, &have);
	if (r != 0)
		return call_internal(c, "count", r);
	left = c->region->settings->max_instances - have;
	if (left < in->min_count.v)
		return call_fail(c, AWSERR_INSTANCE_LIMIT,
		    "You have requested more instances than your current instance limit of %lld "
		    "allows",
		    (long long)c->region->settings->max_instances);
	*ret = (size_t)(left < in->max_count.v ? left : in->max_count.v);
	return AWSERR_NONE;
}

static struct str
new_mac(struct call *c)
{
	uint8_t b[5];

	/* 02 marks a MAC address as locally administered. */
	rand_fill(c->region->rng, b, sizeof(b));
	return arena_fmt(c->arena, "02:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3], b[4]);
}

static void
instance_fill(struct call *c, const struct run_instances_input *in, struct str reservation_id,
    size_t index, struct store_instance *v)
{
	const struct launch *l = in->launch;
	const struct metadata_input *m = &in->metadata;

	*v = (struct store_instance){
		.instance_id = call_new_id(c, IDS_INSTANCE),
		.account_id = c->principal.account_id,
		.reservation_id = reservation_id,
		.ami_launch_index = (int32_t)index,
		.image_id = in->image_id,
		.instance_type = in->instance_type,
		.client_token = in->client_token,
		.vpc_id = l->subnet.vpc_id,
		.subnet_id = l->subnet.subnet_id,
		.availability_zone = l->subnet.availability_zone,
		.user_data = l->user_data,
		.eni_id = call_new_id(c, IDS_NETWORK_INTERFACE),
		.mac = new_mac(c),
		.public_ip_auto = l->public_ip,
		.created_at = c->now_s,
		.state = STORE_INSTANCE_PENDING,
		.launched_at = c->now_s,
		.http_endpoint = !str_eq_c(m->http_endpoint, "disabled"),
		.http_tokens_required = str_eq_c(m->http_tokens, "required"),
		.http_hop_limit = m->hop_limit.given ? (int32_t)m->hop_limit.v : 1,
		.group_ids = l->group_ids,
		.n_group_ids = l->n_group_ids,
	};
}

static enum awserr
instance_launch(struct call *c, const struct run_instances_input *in, struct store_instance *v)
{
	const struct launch *l = in->launch;
	enum awserr e;
	int r;

	if ((e = launch_addresses_take(c, v, l->private_ip)) != AWSERR_NONE)
		return e;
	if ((r = store_instance_add(c->region->store, v)) != 0)
		return call_internal(c, "instance", r);
	if (l->tags != NULL &&
	    (e = tags_set(c, IDS_INSTANCE, v->instance_id, l->tags)) != AWSERR_NONE)
		return e;
	if ((r = lifecycle_run(c->region, c->arena, v)) != 0)
		return call_internal(c, "lifecycle", r);
	return AWSERR_NONE;
}

static enum awserr
reservation_write(struct call *c, const struct store_instance *v, size_t n)
{
	struct store_tags *tags = arena_array(c->arena, n, sizeof(*tags));
	struct str *ids = arena_array(c->arena, n, sizeof(*ids));
	struct instance_item *x;
	size_t i;
	int r;

	for (i = 0; i < n; i++)
		ids[i] = v[i].instance_id;
	if ((r = instance_items(c, c->arena, v, n, &x)) != 0 ||
	    (r = store_tag_list_of(c->region->store, c->arena, ids, n, tags)) != 0)
		return call_internal(c, "reservation", r);
	out_str(&c->out, "reservationId", v[0].reservation_id);
	out_str(&c->out, "ownerId", v[0].account_id);
	out_list(&c->out, "groupSet");
	out_end(&c->out);
	out_list(&c->out, "instancesSet");
	for (i = 0; i < n; i++) {
		out_item(&c->out);
		instance_write(c, &x[i], tags[i].v, tags[i].n);
		out_end(&c->out);
	}
	out_end(&c->out);
	return AWSERR_NONE;
}

static enum awserr
act(struct call *c)
{
	struct run_instances_input *in = c->input;
	struct str hash = parameters_hash(c, in), reservation_id;
	struct store_instance *v;
	enum awserr e;
	size_t i, n;
	int r;

	if ((e = token_find(c, in, hash, &v, &n)) != AWSERR_NONE)
		return e;
	if (n > 0)
		return reservation_write(c, v, n);
	if ((e = count_allowed(c, in, &n)) != AWSERR_NONE)
		return e;
	reservation_id = call_new_id(c, IDS_RESERVATION);
	v = arena_array(c->arena, n, sizeof(*v));
	for (i = 0; i < n; i++) {
		instance_fill(c, in, reservation_id, i, &v[i]);
		e = instance_launch(c, in, &v[i]);
		/* At least MinCount were launched. The address that this one has taken is
		 * given back. */
		if (e == AWSERR_INSUFFICIENT_ADDRESSES && (int64_t)i >= in->min_count.v) {
			r = store_address_release(c->region->store, STR(""), v[i].instance_id);
			if (r != 0)
				return call_internal(c, "address", r);
			break;
		}
		if (e != AWSERR_NONE)
			return e;
		call_target(c, IDS_INSTANCE, v[i].instance_id, NULL, 0);
	}
	if ((e = token_save(c, in, hash, v, i)) != AWSERR_NONE)
		return e;
	return reservation_write(c, v, i);
}

static const struct action actions[] = {
	{ EC2_WRITE("RunInstances", run_instances_fields, struct run_instances_input),
	    .scope = scope, .act = act },
};
const struct action_rows run_instances_rows = { actions, FIELD_N(actions) };
