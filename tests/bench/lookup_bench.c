/*
 * lookup_bench [DIRECTORY [EVENTS]]: how long LookupEvents waits for the store
 * when the trail holds 1,000,000 events, by attribute; what retention takes a
 * piece; and what the hash chain costs an event.
 *
 * The trail is made in DIRECTORY (/var/tmp), about 2.5 KB an event, and removed.
 */
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/rand.h"
#include "store/db.h"
#include "store/db_file.h"
#include "store/store.h"
#include "store/store_account.h"
#include "store/store_audit.h"

#define EVENTS 1000000
#define BYTES_PER_EVENT 4096 /* to be free on the disk: the log and room to spare */
#define FILL_MAX_S 600
#define FILL_GROUP 20000
#define RECORD_BYTES 1300
#define DAYS 90
#define NOW_S 1700000000
#define FROM_S (NOW_S - DAYS * 86400)
#define LOOKUPS 300 /* for each figure */
#define PAGE 50     /* as LookupEvents has it at most */
#define BUDGET_MS 50

#define ACCOUNT STR("111122223333")

static int64_t
clock_us(clockid_t id)
{
	struct timespec ts;

	(void)clock_gettime(id, &ts);
	return ts.tv_sec * 1000000ll + ts.tv_nsec / 1000;
}

static int64_t
now_us(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* ---- the trail ---- */

/* What event i says: half of everything is one user's, the rest is spread. */
struct made {
	char id[40], user[32], key[32], arn[64], instance[32];
	struct store_audit_resource resources[2];
	struct store_audit_event v;
};

static const char *const names[] = { "DescribeInstances", "RunInstances", "AssumeRole",
	"CreateUser", "DeleteAccessKey" };
static const char *const sources[] = { "ec2.amazonaws.com", "ec2.amazonaws.com",
	"sts.amazonaws.com", "iam.amazonaws.com", "iam.amazonaws.com" };

static void
event_make(struct made *m, uint64_t i, uint64_t n, struct str record)
{
	uint64_t x = (i + 1) * 0x9e3779b97f4a7c15u;
	uint64_t user = (x >> 20) % 2 == 0 ? 0 : (x >> 24) % 1000;
	/* 1 of 10,000 is of the last kind, a third not a push. */
	size_t kind = (x >> 34) % 10000 == 0 ? 4 : (x >> 34) % 12;

	snprintf(m->id, sizeof(m->id), "%08llx-0000-4000-8000-%012llx",
	    (unsigned long long)(x >> 32), (unsigned long long)i);
	snprintf(m->user, sizeof(m->user), "user-%llu", (unsigned long long)user);
	snprintf(m->key, sizeof(m->key), "AKIA%016llu", (unsigned long long)user);
	snprintf(m->arn, sizeof(m->arn), "arn:aws:iam::111122223333:user/%s", m->user);
	snprintf(m->instance, sizeof(m->instance), "i-%017llx",
	    (unsigned long long)((x >> 44) % 10 == 0 ? 0 : (x >> 48) % 20000));
	m->resources[0] =
	    (struct store_audit_resource){ STR("AWS::EC2::Instance"), str_of(m->instance) };
	m->resources[1] =
	    (struct store_audit_resource){ STR("AWS::IAM::AccessKey"), str_of(m->key) };
	m->v = (struct store_audit_event){ .event_id = str_of(m->id),
		.event_at = FROM_S + (int64_t)(i * (DAYS * 86400ull) / n),
		.account_id = ACCOUNT,
		.event_source = STR("ec2-instance-connect.amazonaws.com"),
		.event_name = STR("SendSSHPublicKey"),
		.access_key_id = str_of(m->key),
		.username = str_of(m->user),
		.principal_arn = str_of(m->arn),
		.source_ip = STR("192.0.2.17"),
		.user_agent = STR("aws-cli/2.17.0 md/awscrt"),
		.request_id = str_of(m->id),
		.record = record,
		.resources = m->resources,
		.n_resources = 1 };
	if (kind < 5) {
		m->v.event_name = str_of(names[kind]);
		m->v.event_source = str_of(sources[kind]);
		m->v.read_only = kind == 0;
		m->v.n_resources = kind == 4 ? 2 : 0;
	}
}

static int
create(const char *path, struct store **ret)
{
	struct store_account account = { ACCOUNT, 1 };
	struct errinfo ei = { "" };
	int r;

	if ((r = store_create(path, ret, &ei)) != 0) {
		fprintf(stderr, "%s\n", ei.text);
		return r;
	}
	return store_account_add(*ret, &account);
}

static int
fill(struct store *st, uint64_t n, struct str record, uint64_t *ret_made)
{
	int64_t begin_us = now_us();
	struct made m;
	uint64_t i = 0;
	int r;

	while (i < n && now_us() - begin_us < FILL_MAX_S * 1000000ll) {
		if ((r = store_begin(st)) != 0)
			return r;
		for (uint64_t end = i + FILL_GROUP; i < end && i < n; i++) {
			event_make(&m, i, n, record);
			if ((r = store_audit_add(st, &m.v)) != 0)
				return r;
		}
		if ((r = store_commit(st)) != 0)
			return r;
	}
	*ret_made = i;
	return store_merge(st);
}

/* ---- looking up ---- */

struct figure {
	const char *title;
	enum store_audit_attribute attribute;
	const char *value; /* NULL: the id of an event by chance */
};

static const struct figure figures[] = {
	{ "no attribute", STORE_AUDIT_ANY, "" },
	{ "EventId", STORE_AUDIT_EVENT_ID, NULL },
	{ "EventId, none", STORE_AUDIT_EVENT_ID, "ffffffff" },
	{ "EventName, of most", STORE_AUDIT_EVENT_NAME, "SendSSHPublicKey" },
	{ "EventName, of few", STORE_AUDIT_EVENT_NAME, "DeleteAccessKey" },
	{ "EventName, of none", STORE_AUDIT_EVENT_NAME, "DeleteUser" },
	{ "ReadOnly, false", STORE_AUDIT_READ_ONLY, "false" },
	{ "ReadOnly, true", STORE_AUDIT_READ_ONLY, "true" },
	{ "Username, of half", STORE_AUDIT_USERNAME, "user-0" },
	{ "Username, of few", STORE_AUDIT_USERNAME, "user-777" },
	{ "ResourceType, of most", STORE_AUDIT_RESOURCE_TYPE, "AWS::EC2::Instance" },
	{ "ResourceType, of few", STORE_AUDIT_RESOURCE_TYPE, "AWS::IAM::AccessKey" },
	{ "ResourceName, of many", STORE_AUDIT_RESOURCE_NAME, "i-00000000000000000" },
	{ "ResourceName, of few", STORE_AUDIT_RESOURCE_NAME, "i-00000000000000777" },
	{ "EventSource, of most", STORE_AUDIT_EVENT_SOURCE, "ec2-instance-connect.amazonaws.com" },
	{ "EventSource, of few", STORE_AUDIT_EVENT_SOURCE, "sts.amazonaws.com" },
	{ "AccessKeyId, of half", STORE_AUDIT_ACCESS_KEY_ID, "AKIA0000000000000000" },
	{ "AccessKeyId, of few", STORE_AUDIT_ACCESS_KEY_ID, "AKIA0000000000000777" },
};

enum where { NEWEST, DEEP, WINDOW, WHERE_MAX };

static struct store_audit_query
query_make(const struct figure *f, enum where where, uint64_t events, struct made *m)
{
	uint64_t i = rand_below(rand_system(), events);
	struct store_audit_query q = { .account_id = ACCOUNT,
		.attribute = f->attribute,
		.value = str_of(f->value),
		.from_at = FROM_S,
		.to_at = NOW_S,
		.limit = PAGE };

	event_make(m, i, events, STR("{}"));
	if (f->value == NULL)
		q.value = m->v.event_id;
	if (where == DEEP) {
		q.before_at = m->v.event_at;
		q.before_place = (int64_t)i + 1;
	} else if (where == WINDOW) {
		q.from_at = m->v.event_at - 43200;
		q.to_at = m->v.event_at + 43200;
	}
	return q;
}

static int
measure(struct store *st, const struct figure *f, enum where where, uint64_t events,
    int64_t *took_us)
{
	struct arena *a = arena_new(64u << 20);
	struct store_audit_event *v;
	struct store_audit_query q;
	struct made m;
	int64_t before_us;
	size_t n;
	int r = 0;

	for (size_t i = 0; i < LOOKUPS && r == 0; i++) {
		q = query_make(f, where, events, &m);
		before_us = now_us();
		r = store_audit_lookup(st, a, &q, &v, &n);
		took_us[i] = now_us() - before_us;
		arena_reset(a);
	}
	qsort(took_us, LOOKUPS, sizeof(took_us[0]), compare);
	arena_free(a);
	return r;
}

/* The worst p99 of all. */
static int
look_up(struct store *st, uint64_t events, int64_t *ret_worst_us)
{
	int64_t took_us[LOOKUPS], p99_us;
	int r;

	printf("%-24s %22s %22s %22s\n", "", "newest page", "deep page", "one day");
	*ret_worst_us = 0;
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		printf("%-24s", figures[i].title);
		for (enum where w = NEWEST; w < WHERE_MAX; w++) {
			if ((r = measure(st, &figures[i], w, events, took_us)) != 0)
				return r;
			p99_us = took_us[LOOKUPS * 99 / 100];
			if (p99_us > *ret_worst_us)
				*ret_worst_us = p99_us;
			printf("   p50 %5.2f p99 %5.2f", (double)took_us[LOOKUPS / 2] / 1000,
			    (double)p99_us / 1000);
		}
		printf(" ms\n");
	}
	return 0;
}

/* ---- retention ---- */

static int
forget(struct store *st)
{
	static const size_t limits[] = { 100, 1000 };
	int64_t took_us[50], before_us, n;
	int r;

	for (size_t k = 0; k < 2; k++) {
		for (size_t i = 0; i < 50; i++) {
			before_us = now_us();
			if ((r = store_audit_retain(st, STORE_NODE_ONLY, NOW_S + 1, limits[k],
				 &n)) != 0)
				return r;
			took_us[i] = now_us() - before_us;
		}
		qsort(took_us, 50, sizeof(took_us[0]), compare);
		printf("retention, %4zu events a piece: p50 %.1f ms, worst %.1f ms\n", limits[k],
		    (double)took_us[25] / 1000, (double)took_us[49] / 1000);
	}
	return 0;
}

/* ---- the chain ---- */

/* As store_audit_add, but for the chain. */
static int
add_unchained(struct store *st, const struct store_audit_event *v, int64_t seq)
{
	static const char zeros[AUDITCHAIN_BYTES];
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "INSERT INTO audit_event (event_id, event_at, "
		 "account_id, event_source, event_name,"
		 " read_only, access_key_id, username, principal_arn, source_ip, user_agent,"
		 " request_id, error_code, record, prev_hash, "
		 "hash, seq) VALUES ($1, $2, $3, $4, $5,"
		 " $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
		 &q)) != 0)
		return r;
	db_bind(q, 1, db_text(v->event_id));
	db_bind(q, 2, db_int(v->event_at));
	db_bind(q, 3, db_text(v->account_id));
	db_bind(q, 4, db_text(v->event_source));
	db_bind(q, 5, db_text(v->event_name));
	db_bind(q, 6, db_int(v->read_only));
	db_bind(q, 7, db_text(v->access_key_id));
	db_bind(q, 8, db_text(v->username));
	db_bind(q, 9, db_text(v->principal_arn));
	db_bind(q, 10, db_text(v->source_ip));
	db_bind(q, 11, db_text(v->user_agent));
	db_bind(q, 12, db_text(v->request_id));
	db_bind(q, 13, db_text(v->error_code));
	db_bind(q, 14, db_text(v->record));
	db_bind(q, 15, db_blob(str_of_n(zeros, sizeof(zeros))));
	db_bind(q, 16, db_blob(str_of_n(zeros, sizeof(zeros))));
	db_bind(q, 17, db_int(seq));
	return db_exec(q, NULL);
}

/* A transaction of events without resources, taken back: the CPU time of one. */
static int
add_many(struct store *st, bool chained, struct str record, double *ret_us)
{
	int64_t begin_us = clock_us(CLOCK_PROCESS_CPUTIME_ID);
	struct made m;
	int r;

	if ((r = store_begin(st)) != 0)
		return r;
	for (uint64_t i = 0; i < FILL_GROUP && r == 0; i++) {
		event_make(&m, i, FILL_GROUP, record);
		m.v.n_resources = 0;
		r = chained ? store_audit_add(st, &m.v) : add_unchained(st, &m.v, (int64_t)i + 1);
	}
	*ret_us = (double)(clock_us(CLOCK_PROCESS_CPUTIME_ID) - begin_us) / FILL_GROUP;
	store_rollback(st);
	return r;
}

static int
chain(const char *path, struct str record)
{
	double us[2], best_us[2] = { 1e9, 1e9 };
	struct store *st = NULL;
	int r = create(path, &st);

	for (int round = 0; round < 5 && r == 0; round++) {
		for (int k = 0; k < 2 && r == 0; k++) {
			r = add_many(st, k == 1, record, &us[k]);
			if (us[k] < best_us[k])
				best_us[k] = us[k];
		}
	}
	store_close(st);
	db_file_remove(path);
	if (r == 0)
		printf("the chain: an event takes %.1f us of CPU without it, %.1f us with it:"
		       " %.2f times\n",
		    best_us[0], best_us[1], best_us[1] / best_us[0]);
	return r;
}

/* ---- all of it ---- */

static int
enough_room(const char *dir, uint64_t events)
{
	struct statvfs s;

	if (statvfs(dir, &s) == -1)
		return ERR_SYS;
	return s.f_bavail * s.f_frsize / BYTES_PER_EVENT >= events ? 0 : ERR_FULL;
}

static int
trail(const char *path, uint64_t events, struct str record)
{
	struct store *st = NULL;
	int64_t begin_us = now_us(), worst_us;
	struct stat s;
	uint64_t made;
	int r;

	if ((r = create(path, &st)) != 0 || (r = fill(st, events, record, &made)) != 0)
		goto out;
	if (stat(path, &s) == 0)
		printf("%llu events in %.0f s, %.1f KiB each on the disk\n",
		    (unsigned long long)made, (double)(now_us() - begin_us) / 1e6,
		    (double)s.st_size / 1024 / (double)made);
	if ((r = look_up(st, made, &worst_us)) != 0 || (r = forget(st)) != 0)
		goto out;
	printf("the worst p99 is %.2f ms; the budget is %d ms\n", (double)worst_us / 1000,
	    BUDGET_MS);
	r = worst_us <= BUDGET_MS * 1000 && made == events ? 0 : ERR_RANGE;
out:
	store_close(st);
	db_file_remove(path);
	return r;
}

int
main(int argc, char **argv)
{
	static char record[RECORD_BYTES];
	struct str text = { record, sizeof(record) };
	uint64_t events = argc > 2 ? strtoull(argv[2], NULL, 10) : EVENTS;
	char dir[200], path[220];
	int r;

	memset(record, 'r', sizeof(record));
	snprintf(dir, sizeof(dir), "%s/lookup_bench.XXXXXX", argc > 1 ? argv[1] : "/var/tmp");
	if (mkdtemp(dir) == NULL) {
		perror(dir);
		return 1;
	}
	snprintf(path, sizeof(path), "%s/store.db", dir);
	if ((r = enough_room(dir, events)) == 0 && (r = chain(path, text)) == 0)
		r = trail(path, events, text);
	(void)rmdir(dir);
	if (r != 0)
		fprintf(stderr, "lookup_bench: %s\n", err_text(r));
	return r == 0 ? 0 : 1;
}
