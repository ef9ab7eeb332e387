/*
 * export: see export.h.
 */
#include "region/export.h"

#include "region/task.h"
#include "region/notary.h"
#include "base/alloc.h"
#include "base/log.h"
#include "base/num.h"
#include "base/rd.h"
#include "store/store_audit.h"
#include "store/store_meta.h"
#include "trail/digest.h"
#include "trail/line.h"

#define PIECE_EVENTS 50
#define PIECE_BYTES (64u << 20)
/* Deleting this many takes 10 to 20 ms, and requests wait meanwhile. */
#define RETAIN_EVENTS 100
/* How long one turn of the timer may keep requests waiting. */
#define TURN_MS 50
/* How long the export may go on when core ends. eicd kills a process that takes 15 seconds. */
#define STOP_MS 5000
/* How often the log says that the export is waiting. */
#define SAY_MS 60000
#define DAY_S INT64_C(86400)
#define POSITION STR("audit_export")

struct exporter {
	bool known; /* at is the position that the export or the store told */
	struct export_position at;
	struct export_position saved; /* as stored, when the port forgets (region/ports.h) */
	const char *why;              /* what is wrong with it, or NULL: the port knows */
	int failed;                   /* the error that the export waits on; 0: it does not wait */
	int64_t said_ms;              /* when the log said so last */
	int64_t lost_ms;              /* when keyd's last digest did not fit the store; 0: it did */
	bool clock_wrong;             /* no digest can be made, because the clock is wrong */
	int64_t clock_said_ms;        /* when the log said so last */
};

struct exporter *
export_new(void)
{
	return xalloc(sizeof(struct exporter));
}

void
export_free(struct exporter *t)
{
	xfree(t);
}

/* ---- digests ---- */

static int
digest_now(struct region *region, void *ctx)
{
	bool made;

	return notary_digest(region, *(const bool *)ctx, &made);
}

/* Logs that the clock is wrong: when that begins, and once a minute while it lasts. */
static void
clock_outcome(struct region *region, bool wrong)
{
	int64_t now = clock_boot_ms(region->clock);
	struct exporter *t = region->exporter;

	if (wrong && (!t->clock_wrong || now - t->clock_said_ms >= SAY_MS)) {
		log_error("digest-waits", log_i("now_s", clock_wall_s(region->clock)),
		    log_c("why",
			"the clock is wrong: it is outside the time for which the certificates "
			"above the digests' signer are valid"));
		t->clock_said_ms = now;
	} else if (!wrong && t->clock_wrong)
		log_info("digest-goes-on", log_i("now_s", clock_wall_s(region->clock)));
	t->clock_wrong = wrong;
}

int
export_digest(struct region *region)
{
	int64_t now_ms = clock_boot_ms(region->clock);
	struct exporter *t = region->exporter;
	bool now = false;
	int r;

	if (t->lost_ms != 0 && now_ms - t->lost_ms < SAY_MS)
		return 0;
	r = task_run(region, digest_now, &now);
	t->lost_ms = r == ERR_BADSTATE ? now_ms : 0;
	clock_outcome(region, r == ERR_RANGE);
	/* The key that is to sign it is being made: the next turn comes soon. */
	return r == ERR_AGAIN || r == ERR_RANGE || r == ERR_BADSTATE ? 0 : r;
}

/* ---- the export's position ---- */

/* Reads the position from the store: "SEQ:DIGEST:LAST". It is stored there for an export that
 * cannot tell how far it has come. */
static int
position_load(struct region *region, struct export_position *ret)
{
	struct arena *a = arena_new(1u << 16);
	struct str text, seq, digest;
	struct rd rd;
	int r;

	if ((r = store_meta_get(region->store, a, POSITION, &text)) == 0) {
		rd = rd_of(text);
		if ((r = rd_until(&rd, ':', 20, &seq)) == 0 &&
		    (r = rd_until(&rd, ':', 20, &digest)) == 0 &&
		    (r = num_i64_parse(seq, 0, INT64_MAX, &ret->seq)) == 0 &&
		    (r = num_i64_parse(digest, 0, INT64_MAX, &ret->digest_seq)) == 0)
			r = num_i64_parse(rd.rest, 0, INT64_MAX, &ret->digest_last_seq);
	}
	arena_free(a);
	return r == ERR_NOTFOUND ? 0 : r;
}

static int
position_save(struct region *region, void *ctx)
{
	const struct export_position *at = ctx;
	char text[72];
	int n;

	n = snprintf(text, sizeof(text), "%lld:%lld:%lld", (long long)at->seq,
	    (long long)at->digest_seq, (long long)at->digest_last_seq);
	return store_meta_set(region->store, POSITION, str_of_n(text, (size_t)n));
}

/* ERR_BADSTATE when the export is ahead of the store. Then it belongs to another installation, or
 * the store was restored from an older copy, and going on would mix two trails. */
static int
position_check(struct region *region, const struct export_position *at)
{
	struct store_audit_head head;
	int r;

	if ((r = store_audit_head(region->store, STORE_NODE_ONLY, &head)) != 0)
		return r;
	if (at->seq <= head.seq)
		return 0;
	region->exporter->why =
	    "it has records that the database has not: the database is an older copy or has lost "
	    "its -wal file, or the export is of another installation; put its files aside";
	return ERR_BADSTATE;
}

static int
position_get(struct region *region)
{
	const struct export_port *p = region->export;
	struct export_position at = { .seq = 0 };
	int r;

	if (region->exporter->known)
		return 0;
	if ((r = p->forgets ? position_load(region, &at) : p->position(p->ctx, &at)) != 0 ||
	    (r = position_check(region, &at)) != 0)
		return r;
	region->exporter->at = region->exporter->saved = at;
	region->exporter->known = true;
	return 0;
}

/* ---- exporting ---- */

static int
record_export(struct region *region, const struct store_audit_event *v, struct buf *b)
{
	const struct export_port *p = region->export;
	struct export_position *at = &region->exporter->at;
	struct line l = { .seq = v->seq };
	int r;

	if (v->hash.n != AUDITCHAIN_BYTES || v->prev_hash.n != AUDITCHAIN_BYTES)
		return ERR_STORE;
	memcpy(l.hash, v->hash.p, AUDITCHAIN_BYTES);
	memcpy(l.previous, v->prev_hash.p, AUDITCHAIN_BYTES);
	if (!p->forgets && at->seq > 0 && v->seq == at->seq + 1 &&
	    memcmp(l.previous, at->hash, AUDITCHAIN_BYTES) != 0) {
		region->exporter->why =
		    "its last record is not the one that the database has: the database is an "
		    "older copy that went on, or the export is of another installation; put its "
		    "files aside";
		return ERR_BADSTATE;
	}
	if (at->seq > 0 && v->seq > at->seq + 1)
		log_warn("export-gap", log_i("after", at->seq), log_i("next", v->seq));
	buf_clear(b);
	if ((r = line_write(b, v->record, &l)) != 0 || (r = p->record(p->ctx, buf_view(b))) != 0)
		return r;
	at->seq = v->seq;
	memcpy(at->hash, l.hash, AUDITCHAIN_BYTES);
	return 0;
}

/* Exports records until there are no more or the time is up. ERR_AGAIN: more may be left. */
static int
records_export(struct region *region, struct arena *a, struct buf *b, int64_t until_ms)
{
	struct store_audit_event *v;
	size_t i, n;
	int r;

	do {
		arena_reset(a);
		r = store_audit_stretch(region->store, a, STORE_NODE_ONLY,
		    region->exporter->at.seq + 1, PIECE_EVENTS, &v, &n);
		for (i = 0; r == 0 && i < n; i++)
			r = record_export(region, &v[i], b);
		if (r == 0 && n == PIECE_EVENTS && clock_boot_ms(region->clock) >= until_ms)
			r = ERR_AGAIN;
	} while (r == 0 && n == PIECE_EVENTS);
	return r;
}

/* Exports the digests that cover only records that are exported already. */
static int
digests_export(struct region *region, struct arena *a, struct buf *b)
{
	const struct export_port *p = region->export;
	struct export_position *at = &region->exporter->at;
	struct store_digest *v;
	size_t i, n;
	int r;

	arena_reset(a);
	r = store_digest_list(region->store, a, STORE_NODE_ONLY, at->digest_seq + 1, PIECE_EVENTS,
	    &v, &n);
	for (i = 0; r == 0 && i < n && v[i].last_seq <= at->seq; i++) {
		buf_clear(b);
		if ((r = notary_line_write(region, &v[i], b)) == 0 &&
		    (r = p->digest(p->ctx, buf_view(b))) == 0) {
			at->digest_seq = v[i].seq;
			at->digest_last_seq = v[i].last_seq;
		}
	}
	return r;
}

/* Logs that the export is waiting: when that begins, when the reason changes, once a minute while
 * it lasts, and when it is over. */
static void
export_outcome(struct region *region, int r)
{
	const struct export_port *p = region->export;
	int64_t now = clock_boot_ms(region->clock);
	struct exporter *t = region->exporter;

	if (r == ERR_AGAIN)
		r = 0;
	if (r != 0 && (r != t->failed || now - t->said_ms >= SAY_MS)) {
		log_error("export-waits", log_e(r),
		    log_c("why",
			t->why != NULL       ? t->why
			    : p->why != NULL ? p->why(p->ctx)
					     : ""),
		    log_i("after", t->at.seq));
		t->said_ms = now;
	} else if (r == 0 && t->failed != 0)
		log_info("export-goes-on", log_i("after", t->at.seq));
	t->failed = r;
}

/* Makes what was exported durable. If somebody removed it, that is no error: ERR_AGAIN, and the
 * next turn asks for the position and exports from there again, as the store has all records. */
static int
export_sync(struct region *region)
{
	const struct export_port *p = region->export;
	int r = p->sync(p->ctx);

	if (r != ERR_NOTFOUND)
		return r;
	region->exporter->known = false;
	return ERR_AGAIN;
}

static int
export_watch(struct region *region)
{
	const struct export_port *p = region->export;
	int r;

	if (!region->exporter->known || p->watch == NULL)
		return 0;
	if ((r = p->watch(p->ctx)) != ERR_NOTFOUND)
		return r;
	region->exporter->known = false;
	return 0;
}

/* Stores the position of an export that cannot tell it, but only while no part of a line is still
 * waiting: that part would be lost if core ended. After such a loss, the lines since the stored
 * position are exported twice, which readers see by their sequence numbers. */
static int
position_remember(struct region *region)
{
	const struct export_port *p = region->export;
	struct exporter *t = region->exporter;
	int r;

	if (!p->forgets || memcmp(&t->saved, &t->at, sizeof(t->at)) == 0)
		return 0;
	if ((r = export_sync(region)) == 0 && (r = task_run(region, position_save, &t->at)) == 0)
		t->saved = t->at;
	return r;
}

static int export(struct region *region, int64_t until_ms)
{
	struct arena *a;
	struct buf b;
	int r, remembered;

	region->exporter->why = NULL;
	if ((r = export_watch(region)) != 0 || (r = position_get(region)) != 0)
		return r;
	a = arena_new(PIECE_BYTES);
	buf_init(&b, LINE_MAX_BYTES);
	if ((r = records_export(region, a, &b, until_ms)) == 0)
		r = digests_export(region, a, &b);
	buf_release(&b);
	arena_free(a);
	remembered = position_remember(region);
	return r != 0 ? r : remembered;
}

int
export_run(struct region *region)
{
	if (region->export == NULL)
		return 0;
	export_outcome(region, export(region, clock_boot_ms(region->clock) + TURN_MS));
	return 0;
}

/* ---- retention ---- */

struct piece {
	int64_t keep_from_at;
	size_t limit;
	int64_t n;
};

static int
piece_delete(struct region *region, void *ctx)
{
	struct piece *p = ctx;

	return store_audit_retain(region->store, STORE_NODE_ONLY, p->keep_from_at, p->limit, &p->n);
}

/* *ret is the last record that may be deleted: a digest covers it and, if there is an export,
 * that digest is exported. */
static int
covered_seq(struct region *region, struct arena *a, int64_t *ret)
{
	struct store_digest last = { .seq = 0 };
	int r;

	if ((r = store_digest_last(region->store, a, STORE_NODE_ONLY, &last)) != 0 &&
	    r != ERR_NOTFOUND)
		return r;
	*ret = last.last_seq;
	if (region->export == NULL)
		return 0;
	/* Without a position nothing may be deleted. The export logs the reason. */
	if (position_get(region) != 0)
		*ret = 0;
	else if (*ret > region->exporter->at.digest_last_seq)
		*ret = region->exporter->at.digest_last_seq;
	return 0;
}

/* *ret_n is how many of the oldest records are covered (covered_seq). It is 0 when not even the
 * first is old enough to be deleted. */
static int
stretch_find(struct region *region, int64_t keep_from_at, int64_t *ret_n)
{
	struct arena *a = arena_new(PIECE_BYTES);
	struct store_audit_event *v;
	int64_t covered = 0;
	size_t n;
	int r;

	*ret_n = 0;
	if ((r = store_audit_stretch(region->store, a, STORE_NODE_ONLY, 1, 1, &v, &n)) != 0 ||
	    n == 0 || v[0].event_at >= keep_from_at ||
	    (r = covered_seq(region, a, &covered)) != 0 || v[0].seq > covered ||
	    (region->export != NULL && (r = export_sync(region)) != 0))
		goto out;
	*ret_n = covered - v[0].seq + 1;
out:
	arena_free(a);
	/* A part of the export still waits for its reader: retention tries again later. */
	return r == ERR_AGAIN ? 0 : r;
}

int
export_retain(struct region *region)
{
	int64_t days = region->settings->audit_retention_days, left, total = 0;
	int64_t until_ms = clock_boot_ms(region->clock) + TURN_MS;
	struct piece p = { .keep_from_at = clock_wall_s(region->clock) - days * DAY_S };
	int r;

	if (days == 0)
		return 0;
	r = stretch_find(region, p.keep_from_at, &left);
	while (r == 0 && left > 0 && clock_boot_ms(region->clock) < until_ms) {
		p.limit = left < RETAIN_EVENTS ? (size_t)left : RETAIN_EVENTS;
		p.n = 0;
		r = task_run(region, piece_delete, &p);
		total += p.n;
		/* When fewer were deleted than the limit, the next one is not old enough. */
		left = p.n == (int64_t)p.limit ? left - p.n : 0;
	}
	if (total > 0)
		log_debug("retention", log_i("deleted", total), log_i("days", days));
	return r;
}

/* ---- the end ---- */

bool
export_waits(const struct region *region)
{
	return region->exporter->failed != 0;
}

void
export_stop(struct region *region)
{
	bool now = true;
	int r;

	if ((r = task_run(region, digest_now, &now)) != 0)
		log_error("digest", log_e(r));
	if (region->export == NULL)
		return;
	if ((r = export(region, clock_boot_ms(region->clock) + STOP_MS)) == 0)
		r = export_sync(region);
	export_outcome(region, r);
}
