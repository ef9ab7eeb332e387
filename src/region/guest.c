/*
 * guest: see guest.h.
 */
#include "region/guest.h"

#include "store/store_security_group.h"
#include "store/store_subnet.h"

static int
groups_read(struct region *region, struct arena *a, const struct store_instance *v,
    struct link_list *ret)
{
	struct str *names = arena_array(a, v->n_group_ids, sizeof(*names));
	struct store_security_group g;
	size_t i;
	int r;

	for (i = 0; i < v->n_group_ids; i++) {
		if ((r = store_security_group_get(region->store, a, v->group_ids[i], &g)) != 0)
			return r;
		names[i] = g.name;
	}
	*ret = (struct link_list){ names, v->n_group_ids };
	return 0;
}

int
guest_read(struct region *region, struct arena *a, const struct store_instance *v,
    struct link_guest *ret)
{
	struct store_subnet subnet;
	struct link_list groups;
	struct store_vpc vpc;
	int r;

	if ((r = groups_read(region, a, v, &groups)) != 0 ||
	    (r = store_subnet_get(region->store, a, v->subnet_id, &subnet)) != 0 ||
	    (r = store_vpc_get(region->store, a, v->vpc_id, &vpc)) != 0)
		return r;
	*ret = (struct link_guest){
		.instance_id = v->instance_id,
		.private_ip = v->private_ip,
		.public_ip = v->public_ip,
		.mac = v->mac,
		.hostname = v->hostname,
		.ami_id = v->image_id,
		.instance_type = v->instance_type,
		.availability_zone = v->availability_zone,
		.region = region->name,
		.domain = region->domain,
		.account_id = v->account_id,
		.vpc_id = v->vpc_id,
		.subnet_id = v->subnet_id,
		.security_groups = groups,
		.http_endpoint = v->http_endpoint,
		.http_tokens_required = v->http_tokens_required,
		.hop_limit = (uint8_t)v->http_hop_limit,
		.launched_at = v->launched_at,
		.key_name = v->key_name,
		.user_data = v->user_data,
		.availability_zone_id = subnet.availability_zone_id,
		.reservation_id = v->reservation_id,
		.ami_launch_index = v->ami_launch_index,
		.interface_id = v->eni_id,
		.security_group_ids = { v->group_ids, v->n_group_ids },
		.subnet_cidr = subnet.cidr,
		.vpc_cidr = vpc.cidr,
	};
	return 0;
}
