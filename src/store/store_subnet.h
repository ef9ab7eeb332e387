/*
 * store_subnet: subnets (wire.md 4.4). Their addresses are a pool of
 * store_address with the subnet's id.
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
	bool default_for_az; /* at most one per VPC and zone */
	bool map_public_ip;  /* instances get a public address unless told otherwise */
	enum store_net_state state;
	int64_t created_at;
};

/* ERR_EXISTS (id, or a second default of the zone); ERR_BADSTATE (no such VPC). */
int store_subnet_add(struct store *st, const struct store_subnet *v) MUST_CHECK;
int store_subnet_get(struct store *st, struct arena *a, struct str subnet_id,
    struct store_subnet *ret) MUST_CHECK; /* ERR_NOTFOUND */
/* Those of these ids that there are, by id, in one statement for 1000. */
int store_subnet_list_of(struct store *st, struct arena *a, const struct str *ids, size_t n,
    struct store_subnet **ret, size_t *ret_n) MUST_CHECK;
/* Ids above `after` (empty: from the start) in their order, at most limit. */
int store_subnet_list(struct store *st, struct arena *a, struct str account_id, struct str after,
    size_t limit, struct store_subnet **ret, size_t *ret_n) MUST_CHECK;
/* Those of one VPC, by zone and id. */
int store_subnet_list_vpc(struct store *st, struct arena *a, struct str vpc_id,
    struct store_subnet **ret, size_t *ret_n) MUST_CHECK;
int store_subnet_set_state(struct store *st, struct str subnet_id,
    enum store_net_state state) MUST_CHECK; /* ERR_NOTFOUND */
/* ERR_NOTFOUND; ERR_BADSTATE (something is still in it). */
int store_subnet_delete(struct store *st, struct str subnet_id) MUST_CHECK;

#endif
