/*
 * query: the parameters of EC2 and IAM Query requests as a tree. "A.2.B=v" is
 * the member B of the element 2 of A. Elements are ordered by their number,
 * whatever the order and the gaps in which they came; "Name.member.N" is read
 * as "Name.N". Source: wire.md 4.1, 7.7.
 */
#ifndef AWS_QUERY_H
#define AWS_QUERY_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define QUERY_MAX_PARAMS 4096
#define QUERY_MAX_DEPTH 10
#define QUERY_MAX_NUMBER 65535

struct query {
	struct str name; /* of this step: "Filter", "1"; empty at the root */
	bool has_value;
	struct str value;          /* decoded */
	const struct query *child; /* the first; elements by number, members by name */
	const struct query *next;  /* sibling */
};

/*
 * A form (application/x-www-form-urlencoded) or the query of a target. Names
 * that start with "X-Amz-" belong to the signature and are left out.
 * ERR_SYNTAX: bad escape, empty step in a name, NUL in a name; ERR_DUP: the
 * same name twice; ERR_TOOBIG: too many or too deep. Never NULL on success.
 */
int query_parse(struct str form, struct arena *a, const struct query **ret,
    struct errinfo *ei) MUST_CHECK;

/* The node at a dotted path below q ("Placement.AvailabilityZone"), or NULL. */
const struct query *query_get(const struct query *q, const char *path);
/* Its value. ERR_NOTFOUND when absent or without a value of its own. */
int query_str(const struct query *q, const char *path, struct str *ret) MUST_CHECK;

/*
 * The list at a path: *ret is its first element (follow ->next), NULL when the
 * list is absent; *ret_n how many. ERR_SYNTAX when what is there is not a list
 * (a value of its own, or steps that are not numbers 1..QUERY_MAX_NUMBER).
 */
int query_list(const struct query *q, const char *path, const struct query **ret,
    size_t *ret_n) MUST_CHECK;

#endif
