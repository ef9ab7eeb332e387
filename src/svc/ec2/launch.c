/*
 * launch: see launch.h.
 */
#include "svc/ec2/launch.h"

#include <assert.h>

#include "svc/ec2/ipv4.h"
#include "base/b64.h"
#include "store/store_address.h"
#include "store/store_security_group.h"
#include "store/store_vpc.h"

static enum awserr
image_find(struct call *c, const struct run_instances_input *in, struct launch *l)
{
	int r = store_image_get(c->region->store, c->arena, in->image_id, &l->image);

	if (r != 0 && r != ERR_NOTFOUND)
		return call_internal(c, "image", r);
	if (r == ERR_NOTFOUND || !str_eq(l->image.account_id, c->principal.account_id) ||
	    l->image.state != STORE_IMAGE_AVAILABLE)
		return call_fail(c, AWSERR_IMAGE_ID_NOT_FOUND,
		    "The image id '[%.*s]' does not exist", STR_FMT(in->image_id));
	return AWSERR_NONE;
}

/* Finds a default subnet of the default VPC, in the zone asked for or, without one, in any. */
static enum awserr
subnet_default(struct call *c, struct str zone, struct launch *l)
{
	struct store_subnet *subnets;
	struct store_vpc vpc;
	size_t i, n = 0;
	int r;

	r = store_vpc_get_default(c->region->store, c->arena, c->principal.account_id, &vpc);
	if (r == 0)
		r = store_subnet_list_vpc(c->region->store, c->arena, vpc.vpc_id, &subnets, &n);
	if (r != 0 && r != ERR_NOTFOUND)
		return call_internal(c, "default subnet", r);
	for (i = 0; i < n; i++) {
		if (subnets[i].default_for_az &&
		    (zone.n == 0 || str_eq(subnets[i].availability_zone, zone))) {
			l->subnet = subnets[i];
			return AWSERR_NONE;
		}
	}
	return call_fail(c, AWSERR_INVALID_PARAMETER,
	    "No default subnet was found for this user; specify a subnet");
}

static enum awserr
subnet_find(struct call *c, struct str id, struct str zone, struct launch *l)
{
	int r;

	if (id.n == 0)
		return subnet_default(c, zone, l);
	r = store_subnet_get(c->region->store, c->arena, id, &l->subnet);
	if (r != 0 && r != ERR_NOTFOUND)
		return call_internal(c, "subnet", r);
	if (r == ERR_NOTFOUND || !str_eq(l->subnet.account_id, c->principal.account_id)) {
		l->subnet = (struct store_subnet){ .subnet_id = id };
		return call_fail(c, AWSERR_SUBNET_ID_NOT_FOUND,
		    "The subnet ID '%.*s' does not exist", STR_FMT(id));
	}
	if (zone.n > 0 && !str_eq(zone, l->subnet.availability_zone))
		return call_fail(c, AWSERR_INVALID_PARAMETER_COMBINATION,
		    "The subnet '%.*s' is not in the Availability Zone '%.*s'", STR_FMT(id),
		    STR_FMT(zone));
	return AWSERR_NONE;
}

static enum awserr
group_find(struct call *c, const struct launch *l, struct str id, struct str name,
    struct str *ret_id)
{
	struct store_security_group g;
	int r;

	r = id.n > 0 ? store_security_group_get(c->region->store, c->arena, id, &g)
		     : store_security_group_get_by_name(c->region->store, c->arena,
			   l->subnet.vpc_id, name, &g);
	if (r != 0 && r != ERR_NOTFOUND)
		return call_internal(c, "group", r);
	*ret_id = id;
	if (r == ERR_NOTFOUND || !str_eq(g.account_id, c->principal.account_id))
		return call_fail(c, AWSERR_GROUP_NOT_FOUND,
		    "The security group '%.*s' does not exist in VPC '%.*s'",
		    STR_FMT(id.n > 0 ? id : name), STR_FMT(l->subnet.vpc_id));
	if (!str_eq(g.vpc_id, l->subnet.vpc_id))
		return call_fail(c, AWSERR_INVALID_PARAMETER,
		    "Security group %.*s and subnet %.*s belong to different networks.",
		    STR_FMT(g.group_id), STR_FMT(l->subnet.subnet_id));
	*ret_id = g.group_id;
	return AWSERR_NONE;
}

/* Finds the security groups by id and by name, or the default group of the VPC when none is
 * given. A group named twice is listed once. The error about a group that does not exist is
 * deferred until the caller is authorized; if it was named by id, that is listed all the same. */
static enum awserr
groups_find(struct call *c, const struct field_strs *ids, const struct field_strs *names,
    struct launch *l)
{
	static const struct str only_default = { "default", 7 };
	const struct field_strs dflt = { .v = &only_default, .n = 1 };
	struct str *v, empty = STR("");
	enum awserr e;
	size_t i, j, n = 0;

	if (ids->n + names->n == 0)
		names = &dflt;
	v = arena_array(c->arena, ids->n + names->n, sizeof(*v));
	for (i = 0; i < ids->n + names->n; i++) {
		e = i < ids->n ? group_find(c, l, ids->v[i], empty, &v[n])
			       : group_find(c, l, empty, names->v[i - ids->n], &v[n]);
		if ((e = call_defer(c, e)) != AWSERR_NONE)
			return e;
		for (j = 0; j < n && !str_eq(v[j], v[n]); j++)
			;
		if (j == n && v[n].n > 0)
			n++;
	}
	l->group_ids = v;
	l->n_group_ids = n;
	return AWSERR_NONE;
}

static enum awserr
user_data_decode(struct call *c, struct str text, struct launch *l)
{
	enum awserr e = AWSERR_NONE;
	struct buf b;
	int r;

	l->user_data = STR("");
	if (text.n == 0)
		return AWSERR_NONE;
	buf_init(&b, LAUNCH_MAX_USER_DATA_BYTES);
	r = b64_parse(text, &b);
	if (r == ERR_TOOBIG)
		e = call_fail(c, AWSERR_INVALID_PARAMETER_VALUE,
		    "User data is limited to 16384 bytes");
	else if (r != 0)
		e = call_fail(c, AWSERR_INVALID_PARAMETER_VALUE,
		    "Invalid BASE64 encoding of user data");
	else
		l->user_data = arena_str(c->arena, buf_view(&b));
	buf_release(&b);
	return e;
}

static enum awserr
tag_specs_check(struct call *c, const struct run_instances_input *in, struct launch *l)
{
	const struct tag_specification *t = in->tag_specs.v;
	size_t i;

	for (i = 0; i < in->tag_specs.n; i++) {
		if (l->tags != NULL)
			return call_fail(c, AWSERR_INVALID_PARAMETER_VALUE,
			    "Tags for resource type instance are specified more than once");
		l->tags = &t[i].tags;
	}
	return AWSERR_NONE;
}

static enum awserr
interface_check(struct call *c, const struct run_instances_input *in)
{
	const struct network_interface_input *ni = in->interfaces.v;

	if (in->interfaces.n == 0)
		return AWSERR_NONE;
	assert(ni != NULL);
	if (in->interfaces.n > 1 || ni->device_index.v != 0)
		return call_fail(c, AWSERR_UNSUPPORTED,
		    "An instance has one network interface here, with device index 0");
	if (in->subnet_id.n > 0)
		return call_fail(c, AWSERR_INVALID_PARAMETER_COMBINATION,
		    "Network interfaces and an instance-level subnet ID may not be specified on "
		    "the same request");
	if (in->group_ids.n + in->group_names.n > 0)
		return call_fail(c, AWSERR_INVALID_PARAMETER_COMBINATION,
		    "Network interfaces and instance-level security groups may not be specified "
		    "on the same request");
	if (in->private_ip.n > 0)
		return call_fail(c, AWSERR_INVALID_PARAMETER_COMBINATION,
		    "Network interfaces and an instance-level private IP address may not be "
		    "specified on the same request");
	return AWSERR_NONE;
}

static enum awserr
counts_check(struct call *c, const struct run_instances_input *in, const struct launch *l)
{
	if (in->max_count.v < in->min_count.v)
		return call_fail(c, AWSERR_INVALID_PARAMETER_COMBINATION,
		    "MinCount must not be greater than MaxCount");
	if (l->private_ip.n > 0 && in->max_count.v > 1)
		return call_fail(c, AWSERR_INVALID_PARAMETER_COMBINATION,
		    "A private IP address can be specified for one instance only");
	if (in->key_name.n > 0)
		return call_fail(c, AWSERR_KEY_PAIR_NOT_FOUND, "The key pair '%.*s' does not exist",
		    STR_FMT(in->key_name));
	if (in->disable_api_termination.v)
		return call_fail(c, AWSERR_UNSUPPORTED,
		    "Termination protection is not supported here");
	if (in->disable_api_stop.v)
		return call_fail(c, AWSERR_UNSUPPORTED, "Stop protection is not supported here");
	return AWSERR_NONE;
}

/* Errors are deferred until the caller is authorized, and the remaining lookups done all the
 * same: otherwise the time of the answer would tell what does not exist. */
enum awserr
launch_resolve(struct call *c, const struct run_instances_input *in, struct launch *l)
{
	const struct network_interface_input *ni = in->interfaces.n > 0 ? in->interfaces.v : NULL;
	struct str zone = in->placement.availability_zone;
	enum awserr e;

	l->private_ip = ni != NULL ? ni->private_ip : in->private_ip;
	if ((e = call_defer(c, interface_check(c, in))) != AWSERR_NONE ||
	    (e = call_defer(c, counts_check(c, in, l))) != AWSERR_NONE ||
	    (e = call_defer(c, image_find(c, in, l))) != AWSERR_NONE ||
	    (e = call_defer(c,
		 subnet_find(c, ni != NULL ? ni->subnet_id : in->subnet_id, zone, l))) !=
		AWSERR_NONE ||
	    (e = groups_find(c, ni != NULL ? &ni->group_ids : &in->group_ids, &in->group_names,
		 l)) != AWSERR_NONE ||
	    (e = call_defer(c, user_data_decode(c, in->user_data, l))) != AWSERR_NONE)
		return e;
	l->public_ip = ni != NULL && ni->associate_public_ip.given ? ni->associate_public_ip.v
								   : l->subnet.map_public_ip;
	return tag_specs_check(c, in, l);
}

enum awserr
launch_public_take(struct call *c, struct store_instance *v)
{
	int64_t ip;
	int r;

	r = store_address_take(c->region->store, STORE_ADDRESS_PUBLIC, v->instance_id, &ip);
	if (r == ERR_UNAVAIL || r == ERR_NOTFOUND)
		return call_fail(c, AWSERR_INSUFFICIENT_ADDRESSES,
		    "There is no free public address");
	if (r != 0)
		return call_internal(c, "public address", r);
	v->public_ip = ipv4_text(c->arena, (uint32_t)ip);
	return AWSERR_NONE;
}

static enum awserr
private_take(struct call *c, struct store_instance *v, struct str wanted, uint32_t *ret)
{
	uint32_t want = 0;
	int64_t ip;
	int r;

	if (wanted.n == 0) {
		r = store_address_take(c->region->store, v->subnet_id, v->instance_id, &ip);
	} else {
		if (ipv4_parse(wanted, &want) != 0)
			return AWSERR_INVALID_PARAMETER_VALUE;
		ip = want;
		r = store_address_claim(c->region->store, v->subnet_id, v->instance_id, ip);
	}
	*ret = (uint32_t)ip;
	if (r == ERR_UNAVAIL)
		return call_fail(c, AWSERR_INSUFFICIENT_ADDRESSES,
		    "There are not enough free addresses in subnet '%.*s'", STR_FMT(v->subnet_id));
	if (r == ERR_RANGE)
		return call_fail(c, AWSERR_INVALID_PARAMETER_VALUE,
		    "Address %.*s does not fall within the subnet's address range",
		    STR_FMT(wanted));
	if (r == ERR_EXISTS)
		return call_fail(c, AWSERR_ADDRESS_IN_USE, "Address %.*s is in use.",
		    STR_FMT(wanted));
	return r == 0 ? AWSERR_NONE : call_internal(c, "private address", r);
}

enum awserr
launch_addresses_take(struct call *c, struct store_instance *v, struct str private_ip)
{
	uint32_t ip = 0;
	enum awserr e;

	if ((e = private_take(c, v, private_ip, &ip)) != AWSERR_NONE)
		return e;
	v->private_ip = ipv4_text(c->arena, ip);
	v->hostname = ipv4_dashed(c->arena, STR("ip-"), ip,
	    arena_fmt(c->arena, ".%.*s.compute.internal", STR_FMT(c->region->name)));
	return v->public_ip_auto ? launch_public_take(c, v) : AWSERR_NONE;
}
