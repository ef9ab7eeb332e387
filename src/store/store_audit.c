/*
 * store_audit: tables audit_event, audit_resource and audit_retention. Triggers in the schema make
 * the trail append-only.
 */
#include "store/store_audit.h"

#include "store/db_table.h"

static const struct db_column columns[] = {
	COL_TEXT(struct store_audit_event, event_id, DB_ONCE),
	COL_INT(struct store_audit_event, event_at, DB_ONCE),
	COL_TEXT(struct store_audit_event, account_id, DB_ONCE),
	COL_TEXT(struct store_audit_event, event_source, DB_ONCE),
	COL_TEXT(struct store_audit_event, event_name, DB_ONCE),
	COL_INT(struct store_audit_event, read_only, DB_ONCE),
	COL_TEXT(struct store_audit_event, access_key_id, DB_ONCE),
	COL_TEXT(struct store_audit_event, username, DB_ONCE),
	COL_TEXT(struct store_audit_event, principal_arn, DB_ONCE),
	COL_TEXT(struct store_audit_event, source_ip, DB_ONCE),
	COL_TEXT(struct store_audit_event, user_agent, DB_ONCE),
	COL_TEXT(struct store_audit_event, request_id, DB_ONCE),
	COL_TEXT(struct store_audit_event, error_code, DB_ONCE),
	COL_TEXT(struct store_audit_event, record, DB_ONCE),
	COL_BLOB(struct store_audit_event, prev_hash, DB_ONCE),
	COL_BLOB(struct store_audit_event, hash, DB_ONCE),
	/* The column has the place, although it is called seq; see migrations/0002.sql. */
	COL_AS(struct store_audit_event, place, "seq", DB_KIND_INT, DB_KEY),
	COL_AS(struct store_audit_event, node_id, "e.seq / 281474976710656", DB_KIND_INT, DB_READ),
	COL_AS(struct store_audit_event, seq, "e.seq % 281474976710656", DB_KIND_INT, DB_READ),
};
static const struct db_table table = {
	.name = "audit_event",
	.alias = "e",
	DB_COLUMNS(columns),
	.row_size = sizeof(struct store_audit_event),
};

#define PLACES_PER_NODE (INT64_C(1) << 48)

/* What an event was about. Account and time are repeated here for the indexes. */
struct resource {
	int64_t place;
	int64_t position;
	struct str account_id;
	int64_t event_at;
	struct store_audit_resource v;
};

static const struct db_column resource_columns[] = {
	COL_AS(struct resource, place, "seq", DB_KIND_INT, DB_KEY),
	COL_INT(struct resource, position, DB_KEY | DB_WRITE),
	COL_TEXT(struct resource, account_id, DB_WRITE),
	COL_INT(struct resource, event_at, DB_WRITE),
	COL_AS(struct resource, v.type, "resource_type", DB_KIND_TEXT, DB_ONCE),
	COL_AS(struct resource, v.name, "resource_name", DB_KIND_TEXT, DB_ONCE),
};
static const struct db_table resource_table = {
	.name = "audit_resource",
	DB_COLUMNS(resource_columns),
	.row_size = sizeof(struct resource),
};

/* ---- the head of a chain ---- */

static struct db_arg
first_place(int64_t node_id)
{
	return db_int(node_id * PLACES_PER_NODE);
}

static struct db_arg
last_place(int64_t node_id)
{
	return db_int((node_id + 1) * PLACES_PER_NODE - 1);
}

/* Reads a number and a hash from the only row. It needs no arena, because every push comes here. */
static int
head_read(struct db_stmt *q, struct store_audit_head *ret)
{
	bool row;
	int r;

	if ((r = db_step(q, &row)) == 0) {
		if (!row)
			r = ERR_NOTFOUND;
		else if (!db_col_bytes(q, 1, ret->hash, sizeof(ret->hash)))
			r = ERR_STORE;
		else
			ret->seq = db_col_i64(q, 0) % PLACES_PER_NODE;
	}
	db_done(q);
	return r;
}

int
store_audit_head(struct store *st, int64_t node_id, struct store_audit_head *ret)
{
	struct db_stmt *q;
	int r;

	/* It is read each time: a remembered head would be wrong after an undo. */
	if ((r = db_prepare(store_db(st),
		 "SELECT seq, hash FROM audit_event WHERE seq BETWEEN $1 AND $2"
		 " ORDER BY seq DESC LIMIT 1",
		 &q)) != 0)
		return r;
	db_bind_all(q, DB_ARGS(first_place(node_id), last_place(node_id)));
	if ((r = head_read(q, ret)) != ERR_NOTFOUND)
		return r;
	if ((r = db_prepare(store_db(st),
		 "SELECT last_seq, last_hash FROM audit_retention WHERE node_id = $1", &q)) != 0)
		return r;
	db_bind(q, 1, db_int(node_id));
	if ((r = head_read(q, ret)) != ERR_NOTFOUND)
		return r;
	*ret = (struct store_audit_head){ .seq = 0 };
	return 0;
}

int
store_audit_newest_at(struct store *st, int64_t *ret)
{
	/* One step in the index for each account. */
	return db_number(store_db(st),
	    "SELECT coalesce(max(at), 0) FROM (SELECT (SELECT max(event_at) FROM audit_event e"
	    " WHERE e.account_id = a.account_id) AS at FROM account a) newest",
	    DB_NO_ARGS, ret);
}

/* ---- recording ---- */

static int
add(struct store *st, const struct store_audit_event *v)
{
	struct store_audit_head head = { .seq = 0 };
	struct store_audit_event row = *v;
	uint8_t hash[AUDITCHAIN_BYTES];
	int r;

	if (v->node_id < 0 || v->node_id > STORE_NODE_MAX)
		return ERR_RANGE;
	if ((r = store_audit_head(st, v->node_id, &head)) != 0)
		return r;
	row.seq = head.seq + 1;
	row.place = v->node_id * PLACES_PER_NODE + row.seq;
	auditchain_hash(head.hash, (uint64_t)row.seq, v->event_id, v->record, hash);
	row.prev_hash = str_of_n(head.hash, sizeof(head.hash));
	row.hash = str_of_n(hash, sizeof(hash));
	if ((r = table_insert(store_db(st), &table, &row)) != 0)
		return r;
	for (size_t i = 0; i < v->n_resources; i++) {
		const struct resource x = { row.place, (int64_t)i, v->account_id, v->event_at,
			v->resources[i] };

		if ((r = table_insert(store_db(st), &resource_table, &x)) != 0)
			return r;
	}
	return 0;
}

int
store_audit_add(struct store *st, const struct store_audit_event *v)
{
	bool own;
	int r;

	if ((r = db_enter(store_db(st), &own)) != 0)
		return r;
	return db_leave(store_db(st), own, add(st, v));
}

/* ---- looking up ---- */

/* Reads the resources of n events, with one statement. */
static int
resources_get(struct store *st, struct arena *a, struct store_audit_event *v, size_t n)
{
	struct db_arg *places = arena_array(a, n, sizeof(*places));
	struct resource *all;
	size_t n_all;
	int r;

	for (size_t i = 0; i < n; i++)
		places[i] = db_int(v[i].place);
	if ((r = table_list_in(store_db(st), &resource_table,
		 "FROM audit_resource WHERE seq IN ($*) ORDER BY seq, position",
		 (struct db_args){ places, n }, a, &all, &n_all)) != 0)
		return r;
	for (size_t i = 0; i < n; i++) {
		const struct resource *some = table_rows_of(&resource_table, all, n_all,
		    offsetof(struct resource, place), places[i], &v[i].n_resources);
		struct store_audit_resource *resources =
		    arena_array(a, v[i].n_resources, sizeof(*resources));

		for (size_t k = 0; k < v[i].n_resources; k++)
			resources[k] = some[k].v;
		v[i].resources = v[i].n_resources > 0 ? resources : NULL;
	}
	return 0;
}

/*
 * Each of these uses an index that begins with the account and the attribute and goes on with the
 * time. $1 is the account, $2 and $3 the time window, $4 and $5 where the page before ended, $6 the
 * value, $7 the limit.
 */
#define EVENTS(where) \
	"FROM audit_event e WHERE e.account_id = $1" \
	" AND e.event_at BETWEEN $2 AND $3 AND (e.event_at, e.seq) < ($4, $5)" \
	" AND " where " ORDER BY e.event_at DESC, e.seq DESC LIMIT $7"
/* An event that names the value in several resources is listed once. */
#define EVENTS_BY_RESOURCE(column) \
	"FROM audit_resource x JOIN audit_event e ON e.seq = x.seq" \
	" WHERE x.account_id = $1 AND x.event_at BETWEEN $2 AND $3" \
	" AND (x.event_at, x.seq) < ($4, $5) AND x." column " = $6" \
	" AND NOT EXISTS (SELECT 1 FROM audit_resource y WHERE y.seq = x.seq" \
	" AND y.position < x.position AND y." column " = x." column ")" \
	" ORDER BY x.event_at DESC, x.seq DESC LIMIT $7"

static const char *
from_for(enum store_audit_attribute attribute)
{
	switch (attribute) {
	case STORE_AUDIT_ANY:
		return EVENTS("$6 = ''");
	case STORE_AUDIT_EVENT_ID:
		return EVENTS("e.event_id = $6");
	case STORE_AUDIT_EVENT_NAME:
		return EVENTS("e.event_name = $6");
	case STORE_AUDIT_READ_ONLY:
		return EVENTS("e.read_only = $6");
	case STORE_AUDIT_USERNAME:
		return EVENTS("e.username = $6");
	case STORE_AUDIT_RESOURCE_TYPE:
		return EVENTS_BY_RESOURCE("resource_type");
	case STORE_AUDIT_RESOURCE_NAME:
		return EVENTS_BY_RESOURCE("resource_name");
	case STORE_AUDIT_EVENT_SOURCE:
		return EVENTS("e.event_source = $6");
	case STORE_AUDIT_ACCESS_KEY_ID:
		return EVENTS("e.access_key_id = $6");
	}
	return NULL;
}

/* The value in the form that the column has. */
static int
value_of(const struct store_audit_query *query, struct db_arg *ret)
{
	bool yes = str_eq_c(query->value, "true");

	if (query->attribute == STORE_AUDIT_READ_ONLY) {
		if (!yes && !str_eq_c(query->value, "false"))
			return ERR_RANGE;
		*ret = db_int(yes);
	} else {
		*ret = db_text(query->attribute == STORE_AUDIT_ANY ? STR("") : query->value);
	}
	return 0;
}

int
store_audit_lookup(struct store *st, struct arena *a, const struct store_audit_query *query,
    struct store_audit_event **ret, size_t *ret_n)
{
	const char *from = from_for(query->attribute);
	bool first = query->before_at == 0 && query->before_place == 0;
	int64_t to_at = query->to_at;
	struct store_audit_event *v;
	struct db_arg value;
	size_t n;
	int r;

	if (from == NULL)
		return ERR_RANGE;
	if ((r = value_of(query, &value)) != 0)
		return r;
	if (!first && query->before_at < to_at)
		to_at = query->before_at; /* the index skips what was listed before */
	if ((r = table_list(store_db(st), &table, from,
		 DB_ARGS(db_text(query->account_id), db_int(query->from_at), db_int(to_at),
		     db_int(first ? INT64_MAX : query->before_at),
		     db_int(first ? INT64_MAX : query->before_place), value,
		     db_int(store_page(query->limit))),
		 a, &v, &n)) != 0)
		return r;
	if (n > 0 && (r = resources_get(st, a, v, n)) != 0)
		return r;
	*ret = v;
	*ret_n = n;
	return 0;
}

/* ---- a stretch ---- */

int
store_audit_stretch(struct store *st, struct arena *a, int64_t node_id, int64_t from_seq,
    size_t limit, struct store_audit_event **ret, size_t *ret_n)
{
	return table_list(store_db(st), &table,
	    "FROM audit_event e WHERE e.seq BETWEEN $1 AND $2 ORDER BY e.seq LIMIT $3",
	    DB_ARGS(db_int(node_id * PLACES_PER_NODE + (from_seq > 0 ? from_seq : 0)),
		last_place(node_id), db_int(store_page(limit))),
	    a, ret, ret_n);
}

/* ---- retention ---- */

/* The mark of a chain: the last of its events that was deleted. */
struct mark {
	int64_t node_id;
	int64_t last_seq;
	struct str last_hash;
};

static const struct db_column mark_columns[] = {
	COL_INT(struct mark, node_id, DB_KEY),
	COL_INT(struct mark, last_seq, 0),
	COL_BLOB(struct mark, last_hash, 0),
};
static const struct db_table mark_table = {
	.name = "audit_retention",
	DB_COLUMNS(mark_columns),
	.row_size = sizeof(struct mark),
};

/* Finds the last event of the piece to delete, and counts the events in it. */
static int
piece_find(struct store *st, int64_t node_id, int64_t keep_from_at, size_t limit,
    struct store_audit_head *ret_last, int64_t *ret_n)
{
	struct db_stmt *q;
	bool row;
	int r;

	*ret_n = 0;
	if ((r = db_prepare(store_db(st),
		 "SELECT seq, hash, event_at FROM audit_event WHERE seq BETWEEN $1 AND $2"
		 " ORDER BY seq LIMIT $3",
		 &q)) != 0)
		return r;
	db_bind_all(q,
	    DB_ARGS(first_place(node_id), last_place(node_id), db_int(store_page(limit))));
	while ((r = db_step(q, &row)) == 0 && row && db_col_i64(q, 2) < keep_from_at) {
		if (!db_col_bytes(q, 1, ret_last->hash, sizeof(ret_last->hash))) {
			r = ERR_STORE;
			break;
		}
		ret_last->seq = db_col_i64(q, 0) % PLACES_PER_NODE;
		++*ret_n;
	}
	db_done(q);
	return r;
}

static int
retain(struct store *st, int64_t node_id, int64_t keep_from_at, size_t limit, int64_t *ret_n)
{
	static const char *const sql[] = {
		"DELETE FROM audit_resource WHERE seq BETWEEN $1 AND $2",
		"DELETE FROM audit_event WHERE seq BETWEEN $1 AND $2",
	};
	struct store_audit_head last = { .seq = 0 };
	struct mark mark = { .node_id = node_id };
	int r;

	if ((r = piece_find(st, node_id, keep_from_at, limit, &last, ret_n)) != 0 || *ret_n == 0)
		return r;
	/* The mark makes the triggers accept the deletions that follow. */
	mark.last_seq = last.seq;
	mark.last_hash = str_of_n(last.hash, sizeof(last.hash));
	if ((r = table_put(store_db(st), &mark_table, &mark)) != 0)
		return r;
	for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]); i++) {
		if ((r = db_run(store_db(st), sql[i],
			 DB_ARGS(first_place(node_id),
			     db_int(node_id * PLACES_PER_NODE + last.seq)),
			 NULL)) != 0)
			return r;
	}
	/* The last of the digests whose events are all deleted stays: it vouches for the hash in
	 * the mark. */
	return db_run(store_db(st),
	    "DELETE FROM audit_digest WHERE node_id = $1 AND last_seq <"
	    " (SELECT max(last_seq) FROM audit_digest WHERE node_id = $1 AND last_seq <= $2)",
	    DB_ARGS(db_int(node_id), db_int(last.seq)), NULL);
}

int
store_audit_retain(struct store *st, int64_t node_id, int64_t keep_from_at, size_t limit,
    int64_t *ret_n)
{
	bool own;
	int r;

	if ((r = db_enter(store_db(st), &own)) != 0)
		return r;
	return db_leave(store_db(st), own, retain(st, node_id, keep_from_at, limit, ret_n));
}
