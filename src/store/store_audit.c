/*
 * store_audit: tables audit_event, audit_resource and audit_retention. That
 * the trail is append-only is kept by triggers of the schema.
 */
#include "store/store_audit.h"

#include "store/db.h"

#define COLUMNS \
	"event_id, event_at, account_id, event_source, event_name, read_only, access_key_id," \
	" username, principal_arn, source_ip, user_agent, request_id, error_code, record," \
	" prev_hash, hash, seq"

#define EVENT_COLUMNS \
	"e.event_id, e.event_at, e.account_id, e.event_source, e.event_name, e.read_only," \
	" e.access_key_id, e.username, e.principal_arn, e.source_ip, e.user_agent," \
	" e.request_id, e.error_code, e.record, e.prev_hash, e.hash, e.seq"

/* ---- the head of the chain ---- */

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
			ret->seq = db_col_i64(q, 0);
	}
	db_done(q);
	return r;
}

int
store_audit_head(struct store *st, struct store_audit_head *ret)
{
	struct db_stmt *q;
	int r;

	/* Asked for each time: what is remembered would outlive an undo. */
	if ((r = db_prepare(store_db(st),
		 "SELECT seq, hash FROM audit_event ORDER BY seq DESC LIMIT 1", &q)) != 0)
		return r;
	if ((r = head_read(q, ret)) != ERR_NOTFOUND)
		return r;
	if ((r = db_prepare(store_db(st), "SELECT last_seq, last_hash FROM audit_retention", &q)) !=
	    0)
		return r;
	return head_read(q, ret);
}

/* ---- recording ---- */

static int
event_add(struct store *st, const struct store_audit_event *v, int64_t *ret_seq)
{
	struct store_audit_head head = { .seq = 0 };
	uint8_t hash[AUDITCHAIN_BYTES];
	struct db_stmt *q;
	int r;

	if ((r = store_audit_head(st, &head)) != 0)
		return r;
	*ret_seq = head.seq + 1;
	auditchain_hash(head.hash, (uint64_t)*ret_seq, v->event_id, v->record, hash);
	if ((r = db_prepare(store_db(st),
		 "INSERT INTO audit_event (" COLUMNS ") VALUES"
		 " ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
		 &q)) != 0)
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
	db_bind_blob(q, 15, str_of_n(head.hash, sizeof(head.hash)));
	db_bind_blob(q, 16, str_of_n(hash, sizeof(hash)));
	db_bind_i64(q, 17, *ret_seq);
	return db_exec(q, NULL);
}

static int
resource_add(struct store *st, const struct store_audit_event *v, int64_t seq, size_t i)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "INSERT INTO audit_resource (seq, position, account_id, event_at, resource_type,"
		 " resource_name) VALUES ($1, $2, $3, $4, $5, $6)",
		 &q)) != 0)
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
	v->prev_hash = db_col_blob(q, 14, a);
	v->hash = db_col_blob(q, 15, a);
	v->seq = db_col_i64(q, 16);
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
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT resource_type, resource_name FROM audit_resource WHERE seq = $1"
		 " ORDER BY position",
		 &q)) != 0)
		return r;
	db_bind_i64(q, 1, v->seq);
	return db_list(q, a, sizeof(*v->resources), resource_row, &v->resources, &v->n_resources);
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
		db_bind_text(q, 6, query->attribute == STORE_AUDIT_ANY ? STR("") : query->value);
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
		to_at = query->before_at; /* the index skips what was seen */
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
	struct db_stmt *q;
	size_t n;
	int r;

	if ((r = query_prepare(st, query, &q)) != 0)
		return r;
	if ((r = db_list(q, a, sizeof(*v), event_row, &v, &n)) != 0)
		return r;
	for (size_t i = 0; i < n; i++) {
		if ((r = resources_get(st, a, &v[i])) != 0)
			return r;
	}
	*ret = v;
	*ret_n = n;
	return 0;
}

/* ---- a stretch ---- */

int
store_audit_stretch(struct store *st, struct arena *a, int64_t from_seq, size_t limit,
    struct store_audit_event **ret, size_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT " EVENT_COLUMNS " FROM audit_event e WHERE e.seq >= $1"
		 " ORDER BY e.seq LIMIT $2",
		 &q)) != 0)
		return r;
	db_bind_i64(q, 1, from_seq);
	db_bind_i64(q, 2, store_page(limit));
	return db_list(q, a, sizeof(**ret), event_row, ret, ret_n);
}

/* ---- retention ---- */

/* The last event of the piece that goes, and how many go. */
static int
piece_find(struct store *st, int64_t keep_from_at, size_t limit, struct store_audit_head *ret_last,
    int64_t *ret_n)
{
	struct db_stmt *q;
	bool row;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT seq, hash, event_at FROM audit_event ORDER BY seq LIMIT $1", &q)) != 0)
		return r;
	db_bind_i64(q, 1, store_page(limit));
	*ret_n = 0;
	while ((r = db_step(q, &row)) == 0 && row && db_col_i64(q, 2) < keep_from_at) {
		if (!db_col_bytes(q, 1, ret_last->hash, sizeof(ret_last->hash))) {
			r = ERR_STORE;
			break;
		}
		ret_last->seq = db_col_i64(q, 0);
		++*ret_n;
	}
	db_done(q);
	return r;
}

/* This lets the triggers pass what is deleted next. */
static int
mark_move(struct store *st, const struct store_audit_head *last)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "UPDATE audit_retention SET last_seq = $1, last_hash = $2", &q)) != 0)
		return r;
	db_bind_i64(q, 1, last->seq);
	db_bind_blob(q, 2, str_of_n(last->hash, sizeof(last->hash)));
	return db_exec_one(q);
}

/* Not the last one whose events all go: it vouches for the hash in the mark. */
#define FORGET_DIGESTS \
	"DELETE FROM audit_digest WHERE last_seq <" \
	" (SELECT max(last_seq) FROM audit_digest WHERE last_seq <= $1)"

static int
retain(struct store *st, int64_t keep_from_at, size_t limit, int64_t *ret_n)
{
	static const char *const sql[] = {
		"DELETE FROM audit_resource WHERE seq <= $1",
		"DELETE FROM audit_event WHERE seq <= $1",
		FORGET_DIGESTS,
	};
	struct store_audit_head last = { .seq = 0 };
	struct db_stmt *q;
	int r;

	if ((r = piece_find(st, keep_from_at, limit, &last, ret_n)) != 0 || *ret_n == 0)
		return r;
	if ((r = mark_move(st, &last)) != 0)
		return r;
	for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]); i++) {
		if ((r = db_prepare(store_db(st), sql[i], &q)) != 0)
			return r;
		db_bind_i64(q, 1, last.seq);
		if ((r = db_exec(q, NULL)) != 0)
			return r;
	}
	return 0;
}

int
store_audit_retain(struct store *st, int64_t keep_from_at, size_t limit, int64_t *ret_n)
{
	bool own;
	int r;

	if ((r = db_enter(store_db(st), &own)) != 0)
		return r;
	return db_leave(store_db(st), own, retain(st, keep_from_at, limit, ret_n));
}
