/*
 * store_instance: instances (wire.md 4.3). Names of states, filters and the
 * grouping into reservations are the caller's.
 */
#ifndef STORE_STORE_INSTANCE_H
#define STORE_STORE_INSTANCE_H

#include "store/store.h"

/* EC2's own state codes; they are in the database. */
enum store_instance_state {
	STORE_INSTANCE_PENDING = 0,
	STORE_INSTANCE_RUNNING = 16,
	STORE_INSTANCE_SHUTTING_DOWN = 32,
	STORE_INSTANCE_TERMINATED = 48,
	STORE_INSTANCE_STOPPING = 64,
	STORE_INSTANCE_STOPPED = 80,
};

struct store_instance {
	int64_t seq; /* set by the store: order of creation */
	struct str instance_id;
	struct str account_id;
	struct str reservation_id;
	int32_t ami_launch_index;
	struct str image_id;
	struct str instance_type;
	struct str client_token;
	struct str availability_zone;
	struct str key_name;
	struct str user_data; /* any bytes, decoded */
	struct str hostname;
	struct str eni_id;
	struct str mac;
	bool public_ip_auto; /* each start gives it a public address */
	int64_t created_at;

	/* What follows is written again by store_instance_update. */
	enum store_instance_state state;
	struct str state_reason_code; /* Client.UserInitiatedShutdown */
	struct str state_reason;
	int64_t launched_at;   /* last start */
	int64_t terminated_at; /* 0: not terminated */
	/* Emptied when it is terminated, like the groups, so that nothing holds
	 * its network any more. */
	struct str vpc_id;
	struct str subnet_id;
	struct str private_ip;
	struct str public_ip;
	struct str agent_id;
	bool http_endpoint; /* metadata service enabled */
	bool http_tokens_required;
	int32_t http_hop_limit;      /* 1..64 */
	const struct str *group_ids; /* security groups, in order */
	size_t n_group_ids;
};

/* ERR_EXISTS; ERR_BADSTATE (account, image, subnet or a group is not there). */
int store_instance_add(struct store *st, const struct store_instance *v) MUST_CHECK;
/* ERR_NOTFOUND; ERR_BADSTATE (a group is not there). */
int store_instance_update(struct store *st, const struct store_instance *v) MUST_CHECK;
int store_instance_get(struct store *st, struct arena *a, struct str instance_id,
    struct store_instance *ret) MUST_CHECK; /* ERR_NOTFOUND */
/* Those of these ids that there are, by id, in as many statements as it takes pages
 * of 1000. */
int store_instance_list_of(struct store *st, struct arena *a, const struct str *ids, size_t n,
    struct store_instance **ret, size_t *ret_n) MUST_CHECK;
/*
 * In order of creation, so that a reservation stays together: those with a seq
 * above after_seq (0: from the start), at most limit. To walk through all
 * without holding all, use an arena per page.
 */
int store_instance_list(struct store *st, struct arena *a, struct str account_id, int64_t after_seq,
    size_t limit, struct store_instance **ret, size_t *ret_n) MUST_CHECK;
/* The same for those of one VPC. */
int store_instance_list_vpc(struct store *st, struct arena *a, struct str vpc_id, int64_t after_seq,
    size_t limit, struct store_instance **ret, size_t *ret_n) MUST_CHECK;
/* The same for all in one state: what was under way when core ended. */
int store_instance_list_state(struct store *st, struct arena *a, enum store_instance_state state,
    int64_t after_seq, size_t limit, struct store_instance **ret, size_t *ret_n) MUST_CHECK;
/* How many of an account are not terminated. */
int store_instance_count(struct store *st, struct str account_id, int64_t *ret) MUST_CHECK;
/* Forgets instances terminated before the time, with their tags. */
int store_instance_purge(struct store *st, int64_t terminated_before_at, int64_t *ret_n) MUST_CHECK;

#endif
