/*
 * store_security_group: security groups and their rules (wire.md 4.4).
 */
#ifndef STORE_STORE_SECURITY_GROUP_H
#define STORE_STORE_SECURITY_GROUP_H

#include "store/store.h"

struct store_security_group {
	struct str group_id;
	struct str account_id;
	struct str vpc_id;
	struct str name; /* unique in its VPC */
	struct str description;
	int64_t created_at;
};

/* Exactly one of cidr_ipv4, cidr_ipv6, prefix_list_id and referenced_group_id is set. */
struct store_security_group_rule {
	struct str rule_id; /* sgr-... */
	struct str group_id;
	bool is_egress;
	struct str protocol; /* tcp, udp, icmp, a number, or -1 for all */
	int32_t from_port;   /* -1 where ports do not apply */
	int32_t to_port;
	struct str cidr_ipv4;
	struct str cidr_ipv6;
	struct str prefix_list_id;
	struct str referenced_group_id;
	struct str description;
};

/* ERR_EXISTS (id, or name in the VPC), ERR_BADSTATE (no such account or VPC). */
int store_security_group_add(struct store *st, const struct store_security_group *v) MUST_CHECK;
int store_security_group_get(struct store *st, struct arena *a, struct str group_id,
    struct store_security_group *ret) MUST_CHECK; /* ERR_NOTFOUND */
int store_security_group_get_by_name(struct store *st, struct arena *a, struct str vpc_id,
    struct str name, struct store_security_group *ret) MUST_CHECK; /* ERR_NOTFOUND */
/* Lists those of these ids that exist, in the order of their ids, with one statement for 1000. If
 * there are more, the ids must be in order. */
int store_security_group_list_of(struct store *st, struct arena *a, const struct str *ids, size_t n,
    struct store_security_group **ret, size_t *ret_n) MUST_CHECK;
/* Lists them in the order of their ids, beginning behind `after`; empty: with the first. */
int store_security_group_list(struct store *st, struct arena *a, struct str account_id,
    struct str after, size_t limit, struct store_security_group **ret, size_t *ret_n) MUST_CHECK;
/* Deletes a group with its rules. ERR_NOTFOUND, ERR_BADSTATE (an instance or a rule of another
 * group uses it). */
int store_security_group_delete(struct store *st, struct str group_id) MUST_CHECK;

/* ERR_EXISTS (id, or the same rule in the group), ERR_BADSTATE (no such group or referenced group),
 * ERR_RANGE (not exactly one peer). */
int store_security_group_rule_add(struct store *st,
    const struct store_security_group_rule *v) MUST_CHECK;
int store_security_group_rule_delete(struct store *st,
    struct str rule_id) MUST_CHECK; /* ERR_NOTFOUND */
/* The rules of n groups: ret[i] is what store_security_group_rule_list returns for group_ids[i]. It
 * takes one statement for 1000; if there are more, the ids must be in order. */
struct store_security_group_rules {
	const struct store_security_group_rule *v;
	size_t n;
};
int store_security_group_rule_list_of(struct store *st, struct arena *a,
    const struct str *group_ids, size_t n, struct store_security_group_rules *ret) MUST_CHECK;
/* Lists the rules of a group: ingress before egress, then by id. */
int store_security_group_rule_list(struct store *st, struct arena *a, struct str group_id,
    struct store_security_group_rule **ret, size_t *ret_n) MUST_CHECK;

#endif
