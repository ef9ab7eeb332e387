/*
 * store_vpc: VPCs (wire.md 4.4).
 */
#ifndef STORE_STORE_VPC_H
#define STORE_STORE_VPC_H

#include "store/store.h"

/* The state of a VPC or a subnet. The numbers are those in the database. */
enum store_net_state { STORE_NET_PENDING = 1, STORE_NET_AVAILABLE = 2 };

struct store_vpc {
	struct str vpc_id;
	struct str account_id;
	struct str cidr;
	bool is_default; /* at most one for each account */
	enum store_net_state state;
	int64_t created_at;
};

/* ERR_EXISTS (id, or a second default), ERR_BADSTATE (no such account). */
int store_vpc_add(struct store *st, const struct store_vpc *v) MUST_CHECK;
int store_vpc_get(struct store *st, struct arena *a, struct str vpc_id,
    struct store_vpc *ret) MUST_CHECK; /* ERR_NOTFOUND */
int store_vpc_get_default(struct store *st, struct arena *a, struct str account_id,
    struct store_vpc *ret) MUST_CHECK; /* ERR_NOTFOUND */
/* Lists them in the order of their ids, beginning behind `after`; empty: with the first. */
int store_vpc_list(struct store *st, struct arena *a, struct str account_id, struct str after,
    size_t limit, struct store_vpc **ret, size_t *ret_n) MUST_CHECK;
int store_vpc_set_state(struct store *st, struct str vpc_id,
    enum store_net_state state) MUST_CHECK; /* ERR_NOTFOUND */
/* ERR_NOTFOUND, ERR_BADSTATE (something is still in it). */
int store_vpc_delete(struct store *st, struct str vpc_id) MUST_CHECK;

#endif
