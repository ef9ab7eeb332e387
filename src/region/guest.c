/*
 * guest: see guest.h.
 */
#include "region/guest.h"

#include "store/store_security_group.h"

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
	struct link_list groups;
	int r;

	if ((r = groups_read(region, a, v, &groups)) != 0)
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
	};
	return 0;
}
