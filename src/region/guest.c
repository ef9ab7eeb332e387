/*
 * guest: see guest.h.
 */
#include "region/guest.h"

#include "base/b64.h"
#include "codec/jsonw.h"
#include "store/store_security_group.h"

static int
groups_write(struct region *region, struct arena *a, const struct store_instance *v,
    struct jsonw *w)
{
	struct store_security_group g;
	size_t i;
	int r;

	jsonw_m_array(w, "security_groups");
	for (i = 0; i < v->n_group_ids; i++) {
		if ((r = store_security_group_get(region->store, a, v->group_ids[i], &g)) != 0)
			return r;
		jsonw_str(w, g.name);
	}
	jsonw_end(w);
	return 0;
}

int
guest_write(struct region *region, struct arena *a, const struct store_instance *v, struct buf *out)
{
	struct buf user_data;
	struct jsonw w;
	int r;

	buf_init(&user_data, GUEST_MAX_BYTES);
	b64_write(&user_data, v->user_data.p, v->user_data.n);
	jsonw_init(&w, out);
	jsonw_object(&w);
	jsonw_m_c(&w, "type", "guest");
	jsonw_m_str(&w, "instance_id", v->instance_id);
	jsonw_m_str(&w, "private_ip", v->private_ip);
	jsonw_m_str(&w, "public_ip", v->public_ip);
	jsonw_m_str(&w, "mac", v->mac);
	jsonw_m_str(&w, "hostname", v->hostname);
	jsonw_m_str(&w, "ami_id", v->image_id);
	jsonw_m_str(&w, "instance_type", v->instance_type);
	jsonw_m_str(&w, "availability_zone", v->availability_zone);
	jsonw_m_str(&w, "region", region->name);
	jsonw_m_str(&w, "domain", region->domain);
	jsonw_m_str(&w, "account_id", v->account_id);
	jsonw_m_str(&w, "vpc_id", v->vpc_id);
	jsonw_m_str(&w, "subnet_id", v->subnet_id);
	if ((r = groups_write(region, a, v, &w)) != 0)
		goto out;
	/* InstanceMetadataTags is "disabled" for all. */
	jsonw_m_object(&w, "tags");
	jsonw_end(&w);
	jsonw_m_c(&w, "http_endpoint", v->http_endpoint ? "enabled" : "disabled");
	jsonw_m_c(&w, "http_tokens", v->http_tokens_required ? "required" : "optional");
	jsonw_m_i64(&w, "hop_limit", v->http_hop_limit);
	jsonw_m_i64(&w, "launch_time", v->launched_at);
	jsonw_m_str(&w, "key_name", v->key_name);
	jsonw_m_c(&w, "public_key", "");
	jsonw_m_str(&w, "user_data", buf_view(&user_data));
	jsonw_end(&w);
	if ((r = buf_err(&user_data)) == 0)
		r = jsonw_finish(&w);
out:
	buf_release(&user_data);
	return r;
}
