/*
 * store_instance: instances (wire.md 4.3). The caller knows the names of states, the filters and
 * the grouping into reservations.
 */
#ifndef STORE_STORE_INSTANCE_H
#define STORE_STORE_INSTANCE_H

#include "store/store.h"

/* EC2's own codes of states. The database has the same numbers. */
enum store_instance_state {
	STORE_INSTANCE_PENDING = 0,
	STORE_INSTANCE_RUNNING = 16,
	STORE_INSTANCE_SHUTTING_DOWN = 32,
	STORE_INSTANCE_TERMINATED = 48,
	STORE_INSTANCE_STOPPING = 64,
	STORE_INSTANCE_STOPPED = 80,
};

struct store_instance {
	int64_t seq; /* set by the store: the order of creation */
	struct str instance_id;
	struct str account_id;
	struct str reservation_id;
	int32_t ami_launch_index;
	struct str image_id;
	struct str instance_type;
	struct str client_token;
	struct str availability_zone;
	struct str key_name;
	struct str user_data; /* any bytes, decoded from base64 */
	struct str hostname;
	struct str eni_id;
	struct str mac;
	bool public_ip_auto; /* it gets a public address at each start */
	int64_t created_at;

	/* store_instance_update writes all of the following again. */
	enum store_instance_state state;
	struct str state_reason_code; /* such as "Client.UserInitiatedShutdown" */
	struct str state_reason;
	/* Who asked for the state and when, "User initiated (2026-11-30 12:00:00 GMT)"; empty:
	 * nobody did. */
	struct str transition_reason;
	int64_t launched_at;   /* the last start */
	int64_t terminated_at; /* 0: not terminated */
	/* These and the groups are emptied when it is terminated, so that nothing holds its network
	 * any more. */
	struct str vpc_id;
	struct str subnet_id;
	struct str private_ip;
	struct str public_ip;
	struct str agent_id;
	bool http_endpoint; /* the metadata service is enabled */
	bool http_tokens_required;
	int32_t http_hop_limit;      /* 1..64 */
	const struct str *group_ids; /* its security groups, in order */
	size_t n_group_ids;
};

/* ERR_EXISTS, ERR_BADSTATE (no such account, image, VPC, subnet or group). */
int store_instance_add(struct store *st, const struct store_instance *v) MUST_CHECK;
/* ERR_NOTFOUND, ERR_BADSTATE (no such VPC, subnet or group). */
int store_instance_update(struct store *st, const struct store_instance *v) MUST_CHECK;
int store_instance_get(struct store *st, struct arena *a, struct str instance_id,
    struct store_instance *ret) MUST_CHECK; /* ERR_NOTFOUND */
/* Lists those of these ids that exist, in the order of their ids, with one statement for 1000 of
 * them. If there are more, the ids must be in order. */
int store_instance_list_of(struct store *st, struct arena *a, const struct str *ids, size_t n,
    struct store_instance **ret, size_t *ret_n) MUST_CHECK;
/*
 * Lists instances in the order of creation, so that a reservation stays together, beginning behind
 * after_seq; 0: with the first. To go through all without having all in memory, use an arena for
 * each page.
 */
int store_instance_list(struct store *st, struct arena *a, struct str account_id, int64_t after_seq,
    size_t limit, struct store_instance **ret, size_t *ret_n) MUST_CHECK;
/* The same for the instances of one VPC. */
int store_instance_list_vpc(struct store *st, struct arena *a, struct str vpc_id, int64_t after_seq,
    size_t limit, struct store_instance **ret, size_t *ret_n) MUST_CHECK;
/* The same for all instances in one state, for example those on their way when core ended. */
int store_instance_list_state(struct store *st, struct arena *a, enum store_instance_state state,
    int64_t after_seq, size_t limit, struct store_instance **ret, size_t *ret_n) MUST_CHECK;
/* The private addresses of the members of a security group that are not terminated, in the order of
 * creation: the first STORE_PAGE_MAX of them. */
int store_instance_list_addresses(struct store *st, struct arena *a, struct str group_id,
    struct str **ret, size_t *ret_n) MUST_CHECK;
/* How many instances of an account are not terminated. */
int store_instance_count(struct store *st, struct str account_id, int64_t *ret) MUST_CHECK;
/* Deletes the instances that were terminated before this time, with their tags and keys. ret_n may
 * be NULL. */
int store_instance_purge(struct store *st, int64_t terminated_before_at, int64_t *ret_n) MUST_CHECK;

#endif
