/*
 * store_entity: what users, groups and roles have in common, and how named things are listed. A
 * name is unique within account and kind, and it is found without regard to case (ASCII). It is
 * returned as it was stored.
 */
#ifndef STORE_STORE_ENTITY_H
#define STORE_STORE_ENTITY_H

#include "store/store.h"

/* The numbers are those in the database. */
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
	struct str boundary_arn; /* the ARN of a policy; empty: none; groups have none */
	int64_t created_at;
};

/* What to list. The list is in the order of the names in lower case. */
struct store_name_query {
	struct str account_id;
	struct str path_prefix; /* empty: all */
	/* name of the last item of the page before; empty: the first page */
	struct str after;
	size_t limit;
};

/* For listing who is in a group, or the groups of a user, in the order of the names in lower
 * case. */
struct store_member_query {
	struct str id;    /* of the group or the user */
	struct str after; /* name of the last item of the page before; empty: the first page */
	size_t limit;
};

/* Find an entity of any kind by its id or its exact ARN. ERR_NOTFOUND. */
int store_entity_get(struct store *st, struct arena *a, struct str entity_id,
    struct store_entity *ret) MUST_CHECK;
int store_entity_get_arn(struct store *st, struct arena *a, struct str arn,
    struct store_entity *ret) MUST_CHECK;
/* Sets the boundary; an empty policy_arn takes it away. ERR_NOTFOUND (no such user or role),
 * ERR_BADSTATE (no such policy). */
int store_entity_set_boundary(struct store *st, struct str entity_id,
    struct str policy_arn) MUST_CHECK;

/* ---- for the files of this room ---- */

/* Table entity, with the alias e. */
struct db_table;
extern const struct db_table store_entity_table;
/* The columns of entity that users, groups and roles have as members of the same name. id is the
 * member for entity_id. */
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
