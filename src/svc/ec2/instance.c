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

enum awserr
instance_groups_write(struct call *c, const struct store_instance *v)
{
	struct store_security_group g;
	size_t i;
	int r;

	out_list(&c->out, "groupSet");
	for (i = 0; i < v->n_group_ids; i++) {
		r = store_security_group_get(c->region->store, c->arena, v->group_ids[i], &g);
		if (r != 0)
			return call_internal(c, "group", r);
		out_item(&c->out);
		out_str(&c->out, "groupId", g.group_id);
		out_str(&c->out, "groupName", g.name);
		out_end(&c->out);
	}
	out_end(&c->out);
	return AWSERR_NONE;
}

static enum awserr
interface_write(struct call *c, const struct store_instance *v)
{
	struct out *o = &c->out;
	enum awserr e;

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
	if ((e = instance_groups_write(c, v)) != AWSERR_NONE)
		return e;
	out_object(o, "attachment");
	out_str(o, "attachmentId",
	    arena_fmt(c->arena, "eni-attach-%.*s", STR_FMT(str_from(v->eni_id, 4))));
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
	return AWSERR_NONE;
}

static void
metadata_write(struct call *c, const struct store_instance *v)
{
	struct out *o = &c->out;

	out_object(o, "metadataOptions");
	out_c(o, "state", v->state == STORE_INSTANCE_PENDING ? "pending" : "applied");
	out_c(o, "httpTokens", v->http_tokens_required ? "required" : "optional");
	out_i64(o, "httpPutResponseHopLimit", v->http_hop_limit);
	out_c(o, "httpEndpoint", v->http_endpoint ? "enabled" : "disabled");
	out_c(o, "httpProtocolIpv6", "disabled");
	out_c(o, "instanceMetadataTags", "disabled");
	out_end(o);
}

static void
placement_write(struct call *c, const struct store_instance *v)
{
	struct store_subnet subnet;

	out_object(&c->out, "placement");
	out_str(&c->out, "availabilityZone", v->availability_zone);
	if (store_subnet_get(c->region->store, c->arena, v->subnet_id, &subnet) == 0)
		out_str(&c->out, "availabilityZoneId", subnet.availability_zone_id);
	out_c(&c->out, "groupName", "");
	out_c(&c->out, "tenancy", "default");
	out_end(&c->out);
}

/* What a terminated instance has no more: its network. */
static enum awserr
network_write(struct call *c, const struct store_instance *v)
{
	struct out *o = &c->out;
	enum awserr e;

	if (v->state == STORE_INSTANCE_TERMINATED) {
		out_list(o, "groupSet");
		out_end(o);
		out_list(o, "networkInterfaceSet");
		out_end(o);
		return AWSERR_NONE;
	}
	out_str(o, "subnetId", v->subnet_id);
	out_str(o, "vpcId", v->vpc_id);
	out_str(o, "privateIpAddress", v->private_ip);
	out_opt(o, "ipAddress", v->public_ip);
	out_bool(o, "sourceDestCheck", true);
	if ((e = instance_groups_write(c, v)) != AWSERR_NONE)
		return e;
	return interface_write(c, v);
}

enum awserr
instance_write(struct call *c, const struct store_instance *v, const struct store_tag *tags,
    size_t n_tags)
{
	bool gone = v->state == STORE_INSTANCE_TERMINATED;
	struct out *o = &c->out;
	enum awserr e;

	out_str(o, "instanceId", v->instance_id);
	out_str(o, "imageId", v->image_id);
	instance_state_write(o, "instanceState", v->state);
	out_str(o, "privateDnsName", gone ? STR("") : v->hostname);
	/* Public names are off, as in a VPC without enableDnsHostnames: a name under
	 * amazonaws.com would lead to a machine of somebody else. */
	out_c(o, "dnsName", "");
	out_str(o, "reason", v->state_reason);
	out_opt(o, "keyName", v->key_name);
	out_i64(o, "amiLaunchIndex", v->ami_launch_index);
	out_list(o, "productCodes");
	out_end(o);
	out_str(o, "instanceType", v->instance_type);
	out_time(o, "launchTime", v->launched_at);
	placement_write(c, v);
	out_object(o, "monitoring");
	out_c(o, "state", "disabled");
	out_end(o);
	if ((e = network_write(c, v)) != AWSERR_NONE)
		return e;
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
	return AWSERR_NONE;
}

enum awserr
instance_get_all(struct call *c, const struct field_strs *ids, struct store_instance **ret,
    size_t *ret_n)
{
	struct store_instance *v = arena_array(c->arena, ids->n, sizeof(*v));
	size_t i, j, n = 0, n_missing = 0;
	struct str missing = STR("");
	int r;

	for (i = 0; i < ids->n; i++) {
		for (j = 0; j < i && !str_eq(ids->v[i], ids->v[j]); j++)
			;
		if (j < i)
			continue;
		r = store_instance_get(c->region->store, c->arena, ids->v[i], &v[n]);
		if (r != 0 && r != ERR_NOTFOUND)
			return call_internal(c, "instance", r);
		if (r == 0 && str_eq(v[n].account_id, c->principal.account_id)) {
			n++;
			continue;
		}
		missing = n_missing++ == 0
		    ? ids->v[i]
		    : arena_fmt(c->arena, "%.*s, %.*s", STR_FMT(missing), STR_FMT(ids->v[i]));
	}
	if (n_missing == 1)
		return call_fail(c, AWSERR_INSTANCE_ID_NOT_FOUND,
		    "The instance ID '%.*s' does not exist", STR_FMT(missing));
	if (n_missing > 1)
		return call_fail(c, AWSERR_INSTANCE_ID_NOT_FOUND,
		    "The instance IDs '%.*s' do not exist", STR_FMT(missing));
	*ret = v;
	*ret_n = n;
	return AWSERR_NONE;
}

/* Source: Service Authorization Reference, Amazon EC2, instance. */
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
