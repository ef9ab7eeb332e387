/*
 * query: the parameters of EC2, IAM and STS Query requests as a tree. "A.2.B=v" is the member B
 * of element 2 of A. Elements are ordered by their numbers, which may come in any order and with
 * gaps; "Name.member.N" is read as "Name.N". Sources: wire.md 4.1, 7.7.
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
	struct str name; /* the step: "Filter", "1"; empty at the root */
	bool has_value;
	struct str value;          /* decoded */
	const struct query *child; /* the first child; elements by number, then members by name */
	const struct query *next;  /* the next sibling */
};

/*
 * Parses a form (application/x-www-form-urlencoded) or the query of a target; *ret is the root,
 * in the arena. Names that begin with "X-Amz-" belong to the signature and are left out.
 * ERR_SYNTAX (as uri_params_parse, or an empty step in a name), ERR_DUP (the same name twice),
 * ERR_TOOBIG (too many parameters, or too deep). ei gets a sentence for the client.
 */
int query_parse(struct str form, struct arena *a, const struct query **ret,
    struct errinfo *ei) MUST_CHECK;

/* The node at a dotted path below q ("Placement.AvailabilityZone"), or NULL. */
const struct query *query_get(const struct query *q, const char *path);
/* Gets the value at a path. ERR_NOTFOUND when there is no node or it has no value. */
int query_str(const struct query *q, const char *path, struct str *ret) MUST_CHECK;

/*
 * Gets the list at a path: *ret is its first element (follow ->next), NULL when it is empty or
 * absent, and *ret_n the number of elements. ERR_SYNTAX when the node is not a list: it has a
 * value, or children that are not numbers from 1 to QUERY_MAX_NUMBER.
 */
int query_list(const struct query *q, const char *path, const struct query **ret,
    size_t *ret_n) MUST_CHECK;

#endif
