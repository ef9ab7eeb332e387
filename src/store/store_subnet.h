/*
 * store_subnet: subnets (wire.md 4.4). The addresses of a subnet are a pool of store_address under
 * the subnet's id.
 */
#ifndef STORE_STORE_SUBNET_H
#define STORE_STORE_SUBNET_H

#include "store/store.h"
#include "store/store_vpc.h"

struct store_subnet {
	struct str subnet_id;
	struct str account_id;
	struct str vpc_id;
	struct str cidr;
	struct str availability_zone;
	struct str availability_zone_id;
	bool default_for_az; /* at most one for each VPC and zone */
	bool map_public_ip;  /* instances get a public address, unless the request says otherwise */
	enum store_net_state state;
	int64_t created_at;
};

/* ERR_EXISTS (id, or a second default in the zone), ERR_BADSTATE (no such account or VPC). */
int store_subnet_add(struct store *st, const struct store_subnet *v) MUST_CHECK;
int store_subnet_get(struct store *st, struct arena *a, struct str subnet_id,
    struct store_subnet *ret) MUST_CHECK; /* ERR_NOTFOUND */
/* Lists those of these ids that exist, in the order of their ids, with one statement for 1000. If
 * there are more, the ids must be in order. */
int store_subnet_list_of(struct store *st, struct arena *a, const struct str *ids, size_t n,
    struct store_subnet **ret, size_t *ret_n) MUST_CHECK;
/* Lists them in the order of their ids, beginning behind `after`; empty: with the first. */
int store_subnet_list(struct store *st, struct arena *a, struct str account_id, struct str after,
    size_t limit, struct store_subnet **ret, size_t *ret_n) MUST_CHECK;
/* All subnets of one VPC, in the order of zone and id. */
int store_subnet_list_vpc(struct store *st, struct arena *a, struct str vpc_id,
    struct store_subnet **ret, size_t *ret_n) MUST_CHECK;
int store_subnet_set_state(struct store *st, struct str subnet_id,
    enum store_net_state state) MUST_CHECK; /* ERR_NOTFOUND */
/* ERR_NOTFOUND, ERR_BADSTATE (something is still in it). */
int store_subnet_delete(struct store *st, struct str subnet_id) MUST_CHECK;

#endif
