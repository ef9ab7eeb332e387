/*
 * store_audit: tables audit_event, audit_resource and audit_retention. That
 * the trail is append-only is kept by triggers of the schema.
 */
#include "store/store_audit.h"

#include "store/db.h"

#define COLUMNS \
	"event_id, event_at, account_id, event_source, event_name, read_only, access_key_id," \
	" username, principal_arn, source_ip, user_agent, request_id, error_code, record"

#define EVENT_COLUMNS \
	"e.event_id, e.event_at, e.account_id, e.event_source, e.event_name, e.read_only," \
	" e.access_key_id, e.username, e.principal_arn, e.source_ip, e.user_agent," \
	" e.request_id, e.error_code, e.record, e.seq"

/* ---- recording ---- */

static int
event_add(struct store *st, const struct store_audit_event *v, int64_t *ret_seq)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
	    "INSERT INTO audit_event (" COLUMNS ") VALUES"
	    " ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)", &q)) != 0)
		return r;
	db_bind_text(q, 1, v->event_id);
	db_bind_i64(q, 2, v->event_at);
	db_bind_text(q, 3, v->account_id);
	db_bind_text(q, 4, v->event_source);
	db_bind_text(q, 5, v->event_name);
	db_bind_i64(q, 6, v->read_only);
	db_bind_text(q, 7, v->access_key_id);
	db_bind_text(q, 8, v->username);
	db_bind_text(q, 9, v->principal_arn);
	db_bind_text(q, 10, v->source_ip);
	db_bind_text(q, 11, v->user_agent);
	db_bind_text(q, 12, v->request_id);
	db_bind_text(q, 13, v->error_code);
	db_bind_text(q, 14, v->record);
	return db_exec_seq(q, ret_seq);
}

static int
resource_add(struct store *st, const struct store_audit_event *v, int64_t seq, size_t i)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
	    "INSERT INTO audit_resource (seq, position, account_id, event_at, resource_type,"
	    " resource_name) VALUES ($1, $2, $3, $4, $5, $6)", &q)) != 0)
		return r;
	db_bind_i64(q, 1, seq);
	db_bind_i64(q, 2, (int64_t)i);
	db_bind_text(q, 3, v->account_id);
	db_bind_i64(q, 4, v->event_at);
	db_bind_text(q, 5, v->resources[i].type);
	db_bind_text(q, 6, v->resources[i].name);
	return db_exec(q, NULL);
}

static int
add(struct store *st, const struct store_audit_event *v)
{
	int64_t seq;
	int r;

	if ((r = event_add(st, v, &seq)) != 0)
		return r;
	for (size_t i = 0; i < v->n_resources; i++) {
		if ((r = resource_add(st, v, seq, i)) != 0)
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

static void
event_row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct store_audit_event *v = ret_row;

	v->event_id = db_col_text(q, 0, a);
	v->event_at = db_col_i64(q, 1);
	v->account_id = db_col_text(q, 2, a);
	v->event_source = db_col_text(q, 3, a);
	v->event_name = db_col_text(q, 4, a);
	v->read_only = db_col_i64(q, 5) != 0;
	v->access_key_id = db_col_text(q, 6, a);
	v->username = db_col_text(q, 7, a);
	v->principal_arn = db_col_text(q, 8, a);
	v->source_ip = db_col_text(q, 9, a);
	v->user_agent = db_col_text(q, 10, a);
	v->request_id = db_col_text(q, 11, a);
	v->error_code = db_col_text(q, 12, a);
	v->record = db_col_text(q, 13, a);
	v->seq = db_col_i64(q, 14);
}

static void
resource_row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct store_audit_resource *v = ret_row;

	v->type = db_col_text(q, 0, a);
	v->name = db_col_text(q, 1, a);
}

static int
resources_get(struct store *st, struct arena *a, struct store_audit_event *v)
{
	struct db_stmt *q;
	struct db_rows rows;
	int r;

	if ((r = db_prepare(store_db(st),
	    "SELECT resource_type, resource_name FROM audit_resource WHERE seq = $1"
	    " ORDER BY position", &q)) != 0)
		return r;
	db_bind_i64(q, 1, v->seq);
	if ((r = db_list(q, a, sizeof(*v->resources), resource_row, &rows)) != 0)
		return r;
	v->resources = rows.p;
	v->n_resources = rows.n;
	return 0;
}

/*
 * Each goes by an index that begins with the account and the attribute and
 * continues with the time. $1 account, $2 $3 time window, $4 $5 where the page
 * before ended, $6 value, $7 limit.
 */
#define EVENTS(where) \
	"SELECT " EVENT_COLUMNS " FROM audit_event e WHERE e.account_id = $1" \
	" AND e.event_at BETWEEN $2 AND $3 AND (e.event_at, e.seq) < ($4, $5)" \
	" AND " where " ORDER BY e.event_at DESC, e.seq DESC LIMIT $7"
/* An event that names the value in several resources comes once. */
#define EVENTS_BY_RESOURCE(column) \
	"SELECT " EVENT_COLUMNS " FROM audit_resource x JOIN audit_event e ON e.seq = x.seq" \
	" WHERE x.account_id = $1 AND x.event_at BETWEEN $2 AND $3" \
	" AND (x.event_at, x.seq) < ($4, $5) AND x." column " = $6" \
	" AND NOT EXISTS (SELECT 1 FROM audit_resource y WHERE y.seq = x.seq" \
	" AND y.position < x.position AND y." column " = x." column ")" \
	" ORDER BY x.event_at DESC, x.seq DESC LIMIT $7"

static const char *
sql_for(enum store_audit_attribute attribute)
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

static int
bind_value(struct db_stmt *q, const struct store_audit_query *query)
{
	if (query->attribute == STORE_AUDIT_READ_ONLY) {
		if (!str_eq_c(query->value, "true") && !str_eq_c(query->value, "false"))
			return ERR_RANGE;
		db_bind_i64(q, 6, str_eq_c(query->value, "true"));
	} else {
		db_bind_text(q, 6,
		    query->attribute == STORE_AUDIT_ANY ? STR("") : query->value);
	}
	return 0;
}

static int
query_prepare(struct store *st, const struct store_audit_query *query, struct db_stmt **ret)
{
	const char *sql = sql_for(query->attribute);
	bool first = query->before_at == 0 && query->before_seq == 0;
	int64_t to_at = query->to_at;
	struct db_stmt *q;
	int r;

	if (sql == NULL)
		return ERR_RANGE;
	if (!first && query->before_at < to_at)
		to_at = query->before_at;	/* the index skips what was seen */
	if ((r = db_prepare(store_db(st), sql, &q)) != 0)
		return r;
	db_bind_text(q, 1, query->account_id);
	db_bind_i64(q, 2, query->from_at);
	db_bind_i64(q, 3, to_at);
	db_bind_i64(q, 4, first ? INT64_MAX : query->before_at);
	db_bind_i64(q, 5, first ? INT64_MAX : query->before_seq);
	if ((r = bind_value(q, query)) != 0) {
		db_done(q);
		return r;
	}
	db_bind_i64(q, 7, store_page(query->limit));
	*ret = q;
	return 0;
}

int
store_audit_lookup(struct store *st, struct arena *a, const struct store_audit_query *query,
    struct store_audit_event **ret, size_t *ret_n)
{
	struct store_audit_event *v;
	struct db_rows rows;
	struct db_stmt *q;
	int r;

	if ((r = query_prepare(st, query, &q)) != 0)
		return r;
	if ((r = db_list(q, a, sizeof(*v), event_row, &rows)) != 0)
		return r;
	v = rows.p;
	for (size_t i = 0; i < rows.n; i++) {
		if ((r = resources_get(st, a, &v[i])) != 0)
			return r;
	}
	*ret = v;
	*ret_n = rows.n;
	return 0;
}

/* ---- retention ---- */

static int
retain(struct store *st, int64_t keep_from_at, int64_t *ret_n)
{
	/* The first lets the triggers pass what the others delete. */
	static const char *const sql[] = {
		"UPDATE audit_retention SET keep_from_at = $1 WHERE keep_from_at <= $1",
		"DELETE FROM audit_resource WHERE event_at < $1",
		"DELETE FROM audit_event WHERE event_at < $1",
	};
	struct db_stmt *q;
	int64_t n = 0;
	int r;

	for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]); i++) {
		if ((r = db_prepare(store_db(st), sql[i], &q)) != 0)
			return r;
		db_bind_i64(q, 1, keep_from_at);
		if ((r = db_exec(q, &n)) != 0)
			return r;
	}
	if (ret_n != NULL)
		*ret_n = n;
	return 0;
}

int
store_audit_retain(struct store *st, int64_t keep_from_at, int64_t *ret_n)
{
	bool own;
	int r;

	if ((r = db_enter(store_db(st), &own)) != 0)
		return r;
	return db_leave(store_db(st), own, retain(st, keep_from_at, ret_n));
}
