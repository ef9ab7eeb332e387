/*
 * store_entity: what users, groups and roles have in common, and the listing
 * of named things. Names are unique within account and kind, and found,
 * without regard to case (ASCII); they come out as they were stored.
 */
#ifndef STORE_STORE_ENTITY_H
#define STORE_STORE_ENTITY_H

#include "store/store.h"

/* Numbers are in the database. */
enum store_entity_kind {
	STORE_ENTITY_USER = 1,
	STORE_ENTITY_GROUP = 2,
	STORE_ENTITY_ROLE = 3,
};

struct store_entity {
	struct str entity_id; /* AIDA..., AGPA..., AROA... */
	struct str account_id;
	enum store_entity_kind kind;
	struct str name;
	struct str path; /* "/" ... "/" */
	struct str arn;
	struct str boundary_arn; /* a policy's; empty: none. Groups have none */
	int64_t created_at;
};

/* Which to list: in the order of the folded names. */
struct store_name_query {
	struct str account_id;
	struct str path_prefix; /* empty: all */
	struct str after;       /* name of the last one of the page before; empty: from the first */
	size_t limit;
};

/* Who is in a group, or the groups of a user: in the order of the folded names. */
struct store_member_query {
	struct str id;    /* the group's, or the user's */
	struct str after; /* name of the last one of the page before; empty: from the first */
	size_t limit;
};

/* ERR_NOTFOUND. For a thing of any kind by its id or its exact ARN. */
int store_entity_get(struct store *st, struct arena *a, struct str entity_id,
    struct store_entity *ret) MUST_CHECK;
int store_entity_get_arn(struct store *st, struct arena *a, struct str arn,
    struct store_entity *ret) MUST_CHECK;
/* policy_arn empty: takes it away. ERR_NOTFOUND (no such entity); ERR_BADSTATE
 * (no such policy). */
int store_entity_set_boundary(struct store *st, struct str entity_id,
    struct str policy_arn) MUST_CHECK;

/* ---- for the files of this room ---- */

/* Table entity e. */
struct db_table;
extern const struct db_table store_entity_table;
/* The columns of entity that users, groups and roles have as members of the same
 * name; id is the member for entity_id. */
#define STORE_ENTITY_COLUMNS(type, id) \
	COL_AS(type, id, "entity_id", DB_KIND_TEXT, DB_KEY), COL_TEXT(type, account_id, DB_ONCE), \
	    COL_TEXT(type, name, 0), COL_TEXT(type, path, 0), COL_TEXT(type, arn, 0), \
	    COL_INT(type, created_at, DB_ONCE)
int store_entity_add(struct store *st, const struct store_entity *v) MUST_CHECK;
int store_entity_rename(struct store *st, const struct store_entity *v) MUST_CHECK;
int store_entity_delete(struct store *st, enum store_entity_kind kind,
    struct str entity_id) MUST_CHECK;
int store_entity_count(struct store *st, enum store_entity_kind kind, struct str account_id,
    int64_t *ret) MUST_CHECK;

#endif
