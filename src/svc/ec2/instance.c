/*
 * instance: see instance.h.
 */
#include "svc/ec2/instance.h"

#include "store/store_security_group.h"
#include "store/store_subnet.h"
#include "svc/ec2/tags.h"

const char *
instance_architecture(void)
{
#if defined(__aarch64__)
	return "arm64";
#else
	return "x86_64";
#endif
}

const char *
instance_state_name(enum store_instance_state s)
{
	switch (s) {
	case STORE_INSTANCE_PENDING:
		return "pending";
	case STORE_INSTANCE_RUNNING:
		return "running";
	case STORE_INSTANCE_SHUTTING_DOWN:
		return "shutting-down";
	case STORE_INSTANCE_TERMINATED:
		return "terminated";
	case STORE_INSTANCE_STOPPING:
		return "stopping";
	case STORE_INSTANCE_STOPPED:
		return "stopped";
	}
	return "unknown";
}

void
instance_state_write(struct out *o, const char *name, enum store_instance_state s)
{
	out_object(o, name);
	out_i64(o, "code", s);
	out_c(o, "name", instance_state_name(s));
	out_end(o);
}

const char *
instance_metadata_state(const struct store_instance *v)
{
	return v->state == STORE_INSTANCE_PENDING ? "pending" : "applied";
}

struct str
instance_reason(const struct store_instance *v)
{
	return v->transition_reason.n > 0 ? v->transition_reason : v->state_reason;
}

struct str
instance_attachment_id(struct arena *a, const struct store_instance *v)
{
	return arena_fmt(a, "eni-attach-%.*s", STR_FMT(str_from(v->eni_id, 4)));
}

/* ---- what the row of an instance does not hold ---- */

static int
names_get(struct call *c, struct arena *a, struct instance_item *x, size_t n)
{
	struct store_security_group *groups;
	size_t i, k, g, n_ids = 0, n_groups;
	struct str *ids, *names;
	int r;

	for (i = 0; i < n; i++)
		n_ids += x[i].v.n_group_ids;
	ids = arena_array(a, n_ids, sizeof(*ids));
	names = arena_array(a, n_ids, sizeof(*names));
	for (n_ids = 0, i = 0; i < n; i++) {
		for (k = 0; k < x[i].v.n_group_ids; k++)
			ids[n_ids++] = x[i].v.group_ids[k];
	}
	if ((r = store_security_group_list_of(c->region->store, a, ids, n_ids, &groups,
		 &n_groups)) != 0)
		return r;
	for (n_ids = 0, i = 0; i < n; n_ids += x[i++].v.n_group_ids) {
		x[i].group_names = names + n_ids;
		for (k = 0; k < x[i].v.n_group_ids; k++) {
			for (g = 0; g < n_groups && !str_eq(groups[g].group_id, ids[n_ids + k]);)
				g++;
			if (g == n_groups)
				return ERR_NOTFOUND;
			names[n_ids + k] = groups[g].name;
		}
	}
	return 0;
}

static int
zones_get(struct call *c, struct arena *a, struct instance_item *x, size_t n)
{
	struct str *ids = arena_array(a, n, sizeof(*ids));
	struct store_subnet *subnets;
	size_t i, k, n_subnets;
	int r;

	for (i = 0; i < n; i++)
		ids[i] = x[i].v.subnet_id;
	if ((r = store_subnet_list_of(c->region->store, a, ids, n, &subnets, &n_subnets)) != 0)
		return r;
	for (i = 0; i < n; i++) {
		for (k = 0; k < n_subnets; k++) {
			if (str_eq(subnets[k].subnet_id, x[i].v.subnet_id))
				x[i].zone_id = subnets[k].availability_zone_id;
		}
	}
	return 0;
}

int
instance_items(struct call *c, struct arena *a, const struct store_instance *v, size_t n,
    struct instance_item **ret)
{
	struct instance_item *x = arena_array(a, n, sizeof(*x));
	size_t i;
	int r;

	for (i = 0; i < n; i++)
		x[i].v = v[i];
	if ((r = names_get(c, a, x, n)) != 0 || (r = zones_get(c, a, x, n)) != 0)
		return r;
	*ret = x;
	return 0;
}

/* ---- as XML ---- */

static void
groups_write(struct call *c, const struct instance_item *x)
{
	size_t i;

	out_list(&c->out, "groupSet");
	for (i = 0; i < x->v.n_group_ids; i++) {
		out_item(&c->out);
		out_str(&c->out, "groupId", x->v.group_ids[i]);
		out_str(&c->out, "groupName", x->group_names[i]);
		out_end(&c->out);
	}
	out_end(&c->out);
}

static void
interface_write(struct call *c, const struct instance_item *x)
{
	const struct store_instance *v = &x->v;
	struct out *o = &c->out;

	out_list(o, "networkInterfaceSet");
	out_item(o);
	out_str(o, "networkInterfaceId", v->eni_id);
	out_str(o, "subnetId", v->subnet_id);
	out_str(o, "vpcId", v->vpc_id);
	out_c(o, "description", "");
	out_str(o, "ownerId", v->account_id);
	out_c(o, "status", "in-use");
	out_str(o, "macAddress", v->mac);
	out_str(o, "privateIpAddress", v->private_ip);
	out_str(o, "privateDnsName", v->hostname);
	out_bool(o, "sourceDestCheck", true);
	groups_write(c, x);
	out_object(o, "attachment");
	out_str(o, "attachmentId", instance_attachment_id(c->arena, v));
	out_i64(o, "deviceIndex", 0);
	out_c(o, "status", "attached");
	out_time(o, "attachTime", v->created_at);
	out_bool(o, "deleteOnTermination", true);
	out_end(o);
	if (v->public_ip.n > 0) {
		out_object(o, "association");
		out_str(o, "publicIp", v->public_ip);
		out_c(o, "publicDnsName", "");
		out_c(o, "ipOwnerId", "amazon");
		out_end(o);
	}
	out_list(o, "privateIpAddressesSet");
	out_item(o);
	out_str(o, "privateIpAddress", v->private_ip);
	out_str(o, "privateDnsName", v->hostname);
	out_bool(o, "primary", true);
	out_end(o);
	out_end(o);
	out_list(o, "ipv6AddressesSet");
	out_end(o);
	out_c(o, "interfaceType", "interface");
	out_end(o);
	out_end(o);
}

static void
metadata_write(struct call *c, const struct store_instance *v)
{
	struct out *o = &c->out;

	out_object(o, "metadataOptions");
	out_c(o, "state", instance_metadata_state(v));
	out_c(o, "httpTokens", v->http_tokens_required ? "required" : "optional");
	out_i64(o, "httpPutResponseHopLimit", v->http_hop_limit);
	out_c(o, "httpEndpoint", v->http_endpoint ? "enabled" : "disabled");
	out_c(o, "httpProtocolIpv6", "disabled");
	out_c(o, "instanceMetadataTags", "disabled");
	out_end(o);
}

static void
placement_write(struct call *c, const struct instance_item *x)
{
	out_object(&c->out, "placement");
	out_str(&c->out, "availabilityZone", x->v.availability_zone);
	out_opt(&c->out, "availabilityZoneId", x->zone_id);
	out_c(&c->out, "groupName", "");
	out_c(&c->out, "tenancy", "default");
	out_end(&c->out);
}

/* Writes what belongs to the network of the instance. A terminated one has none any more. */
static void
network_write(struct call *c, const struct instance_item *x)
{
	const struct store_instance *v = &x->v;
	struct out *o = &c->out;

	if (v->state == STORE_INSTANCE_TERMINATED) {
		out_list(o, "groupSet");
		out_end(o);
		out_list(o, "networkInterfaceSet");
		out_end(o);
		return;
	}
	out_str(o, "subnetId", v->subnet_id);
	out_str(o, "vpcId", v->vpc_id);
	out_str(o, "privateIpAddress", v->private_ip);
	out_opt(o, "ipAddress", v->public_ip);
	out_bool(o, "sourceDestCheck", true);
	groups_write(c, x);
	interface_write(c, x);
}

void
instance_write(struct call *c, const struct instance_item *x, const struct store_tag *tags,
    size_t n_tags)
{
	const struct store_instance *v = &x->v;
	bool gone = v->state == STORE_INSTANCE_TERMINATED;
	struct out *o = &c->out;

	out_str(o, "instanceId", v->instance_id);
	out_str(o, "imageId", v->image_id);
	instance_state_write(o, "instanceState", v->state);
	out_str(o, "privateDnsName", gone ? STR("") : v->hostname);
	/* There are no public names, as in a VPC without enableDnsHostnames: a name under
	 * amazonaws.com would lead to somebody else's machine. */
	out_c(o, "dnsName", "");
	out_str(o, "reason", instance_reason(v));
	out_opt(o, "keyName", v->key_name);
	out_i64(o, "amiLaunchIndex", v->ami_launch_index);
	out_list(o, "productCodes");
	out_end(o);
	out_str(o, "instanceType", v->instance_type);
	out_time(o, "launchTime", v->launched_at);
	placement_write(c, x);
	out_object(o, "monitoring");
	out_c(o, "state", "disabled");
	out_end(o);
	network_write(c, x);
	if (v->state_reason_code.n > 0) {
		out_object(o, "stateReason");
		out_str(o, "code", v->state_reason_code);
		out_str(o, "message", v->state_reason);
		out_end(o);
	}
	out_c(o, "architecture", instance_architecture());
	out_c(o, "rootDeviceType", "ebs");
	out_list(o, "blockDeviceMapping");
	out_end(o);
	out_c(o, "virtualizationType", "hvm");
	out_opt(o, "clientToken", v->client_token);
	tags_write(o, tags, n_tags);
	out_c(o, "hypervisor", "xen");
	out_bool(o, "ebsOptimized", false);
	out_c(o, "platformDetails", "Linux/UNIX");
	metadata_write(c, v);
}

/* An id of the request, and its place there. */
struct named {
	struct str id;
	size_t at;
};

static int
named_cmp(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int r = str_cmp(x->id, y->id);

	return r != 0 ? r : (x->at > y->at) - (x->at < y->at);
}

static int
instance_cmp(const void *a, const void *b)
{
	const struct store_instance *x = a, *y = b;

	return str_cmp(x->instance_id, y->instance_id);
}

/* For each id, in its place: the caller's instance among all, which are in order, or NULL.
 * *ret_first: is it the first time that the id is named? A request may name a thousand, so this
 * sorts them. */
static const struct store_instance **
find_named(struct call *c, const struct field_strs *ids, const struct store_instance *all,
    size_t n_all, bool **ret_first)
{
	const struct store_instance **found = arena_array(c->arena, ids->n, sizeof(*found)), *x;
	struct named *v = arena_array(c->arena, ids->n, sizeof(*v));
	bool *first = arena_array(c->arena, ids->n, sizeof(*first));
	struct store_instance key;
	size_t i;

	for (i = 0; i < ids->n; i++)
		v[i] = (struct named){ ids->v[i], i };
	qsort(v, ids->n, sizeof(*v), named_cmp);
	for (i = 0; i < ids->n; i++) {
		first[v[i].at] = i == 0 || !str_eq(v[i].id, v[i - 1].id);
		key = (struct store_instance){ .instance_id = v[i].id };
		x = n_all == 0 ? NULL : bsearch(&key, all, n_all, sizeof(*all), instance_cmp);
		if (x != NULL && str_eq(x->account_id, c->principal.account_id))
			found[v[i].at] = x;
	}
	*ret_first = first;
	return found;
}

enum awserr
instance_get_all(struct call *c, const struct field_strs *ids, struct store_instance **ret,
    size_t *ret_n)
{
	struct store_instance *v = arena_array(c->arena, ids->n, sizeof(*v)), *all;
	const struct store_instance **found;
	enum awserr e = AWSERR_NONE;
	size_t i, n_all, n = 0, n_missing = 0;
	struct buf missing;
	bool *first;
	int r;

	r = store_instance_list_of(c->region->store, c->arena, ids->v, ids->n, &all, &n_all);
	if (r != 0)
		return call_internal(c, "instances", r);
	found = find_named(c, ids, all, n_all, &first);
	buf_init(&missing, 1u << 16);
	for (i = 0; i < ids->n; i++) {
		if (!first[i])
			continue;
		if (found[i] != NULL) {
			v[n++] = *found[i];
			continue;
		}
		buf_c(&missing, n_missing++ == 0 ? "" : ", ");
		buf_str(&missing, ids->v[i]);
	}
	if (n_missing == 1)
		e = call_fail(c, AWSERR_INSTANCE_ID_NOT_FOUND,
		    "The instance ID '%.*s' does not exist", STR_FMT(buf_view(&missing)));
	else if (n_missing > 1)
		e = call_fail(c, AWSERR_INSTANCE_ID_NOT_FOUND,
		    "The instance IDs '%.*s' do not exist", STR_FMT(buf_view(&missing)));
	buf_release(&missing);
	*ret = v;
	*ret_n = n;
	return e;
}

/* The condition keys of an instance. Source: Service Authorization Reference, Amazon EC2,
 * instance. */
void
instance_context(struct call *c, const struct store_instance *v)
{
	call_target_context(c, STR("ec2:AvailabilityZone"), v->availability_zone);
	call_target_context(c, STR("ec2:InstanceID"), v->instance_id);
	call_target_context(c, STR("ec2:InstanceType"), v->instance_type);
	call_target_context(c, STR("ec2:MetadataHttpEndpoint"),
	    v->http_endpoint ? STR("enabled") : STR("disabled"));
	call_target_context(c, STR("ec2:MetadataHttpPutResponseHopLimit"),
	    arena_fmt(c->arena, "%d", (int)v->http_hop_limit));
	call_target_context(c, STR("ec2:MetadataHttpTokens"),
	    v->http_tokens_required ? STR("required") : STR("optional"));
	call_target_context(c, STR("ec2:RootDeviceType"), STR("ebs"));
	call_target_context(c, STR("ec2:Tenancy"), STR("default"));
}
