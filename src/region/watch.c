/*
 * watch: see watch.h.
 */
#include "region/watch.h"

#include "base/alloc.h"
#include "base/log.h"
#include "pki/cert.h"
#include "store/store_pki.h"

#define WORK_BYTES (1u << 20)
#define GIB (INT64_C(1) << 30)
#define MEGABYTE 1000000
#define DAY_S INT64_C(86400)
#define DAY_MS (DAY_S * 1000)
#define HOUR_MS INT64_C(3600000)

const char *const watch_certificate_names[WATCH_CERTIFICATES] = { "root", "intermediate",
	"agent-ca", "api", "signer" };
const char *const watch_disk_names[MACHINE_DISKS] = { "database", "export" };

/* How near something is to its end. */
enum level {
	GOOD,
	POOR,
	BAD,
};

/* What the log has said of something. */
struct said {
	enum level level;
	int64_t at_ms; /* on the boot clock */
};

struct watch {
	struct watch_facts facts;
	struct said certificates[WATCH_CERTIFICATES], disks[MACHINE_DISKS];
};

struct watch *
watch_new(void)
{
	return xalloc(sizeof(struct watch));
}

void
watch_free(struct watch *w)
{
	xfree(w);
}

const struct watch_facts *
watch_facts(const struct region *region)
{
	return &region->watch->facts;
}

/* True when it is time to say it, and then notes that it was said. */
static bool
due(const struct region *region, struct said *s, enum level level, int64_t every_ms)
{
	int64_t now = clock_boot_ms(region->clock);
	bool say = level > s->level || (level != GOOD && now - s->at_ms >= every_ms);

	s->level = level;
	if (say)
		s->at_ms = now;
	return say;
}

/* ---- certificates ---- */

/* When the newest of a kind ends; of signers, which are of two kinds of keys, the earlier one. */
static int
kind_ends(struct region *region, struct arena *a, enum store_pki_kind kind, int64_t *ret)
{
	int64_t newest[STORE_PKI_P256 + 1] = { 0 }, *end;
	struct store_pki *v;
	size_t n, i;
	int r;

	if ((r = store_pki_list_active(region->store, a, kind, &v, &n)) != 0)
		return r;
	for (i = 0; i < n; i++) {
		end = &newest[v[i].key_kind];
		if (v[i].not_after_at > *end)
			*end = v[i].not_after_at;
	}
	*ret = 0;
	for (i = 0; i < sizeof(newest) / sizeof(newest[0]); i++) {
		if (newest[i] != 0 && (*ret == 0 || newest[i] < *ret))
			*ret = newest[i];
	}
	return 0;
}

static int64_t
api_ends(const struct region *region)
{
	const struct machine_port *p = region->machine;
	int64_t end;

	return p != NULL && cert_pem_not_after(p->certificate(p->ctx), &end) == 0 ? end : 0;
}

static int
certificates_gather(struct region *region)
{
	static const enum store_pki_kind kinds[WATCH_CERTIFICATES] = {
		[WATCH_ROOT] = STORE_PKI_ROOT,
		[WATCH_INTERMEDIATE] = STORE_PKI_INTERMEDIATE,
		[WATCH_AGENT_CA] = STORE_PKI_AGENT_CA,
		[WATCH_SIGNER] = STORE_PKI_SIGNER,
	};
	int64_t *ends_at = region->watch->facts.ends_at;
	struct arena *a = arena_new(WORK_BYTES);
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < WATCH_CERTIFICATES; i++) {
		if (i != WATCH_API)
			r = kind_ends(region, a, kinds[i], &ends_at[i]);
	}
	ends_at[WATCH_API] = api_ends(region);
	arena_free(a);
	return r;
}

static enum level
certificate_level(int64_t left_s)
{
	if (left_s >= 30 * DAY_S)
		return GOOD;
	return left_s >= 7 * DAY_S ? POOR : BAD;
}

static void
certificate_tell(const char *name, enum level level, int64_t days)
{
	if (level == BAD)
		log_error("certificate-ends", log_c("certificate", name), log_i("days", days));
	else
		log_warn("certificate-ends", log_c("certificate", name), log_i("days", days));
}

static void
certificates_tell(struct region *region)
{
	struct watch *w = region->watch;
	int64_t left_s;
	enum level level;
	size_t i;

	for (i = 0; i < WATCH_SIGNER; i++) {
		if (w->facts.ends_at[i] == 0)
			continue;
		left_s = w->facts.ends_at[i] - clock_wall_s(region->clock);
		level = certificate_level(left_s);
		if (due(region, &w->certificates[i], level, DAY_MS))
			certificate_tell(watch_certificate_names[i], level, left_s / DAY_S);
	}
}

/* ---- disks ---- */

static enum level
disk_level(const struct machine_space *v)
{
	if (v->free_bytes < v->size_bytes / 30 && v->free_bytes < 2 * GIB)
		return BAD;
	if (v->free_bytes < v->size_bytes / 10 && v->free_bytes < 10 * GIB)
		return POOR;
	return GOOD;
}

static void
disk_tell(const char *name, enum level level, const struct machine_space *v)
{
	struct log_kv of = log_c("of", name), free = log_i("free_mb", v->free_bytes / MEGABYTE),
		      size = log_i("size_mb", v->size_bytes / MEGABYTE);

	if (level == BAD)
		log_error("disk", of, free, size);
	else
		log_warn("disk", of, free, size);
}

static void
disks(struct region *region)
{
	const struct machine_port *p = region->machine;
	struct watch *w = region->watch;
	struct machine_space *v;
	enum level level;
	size_t i;

	for (i = 0; p != NULL && i < MACHINE_DISKS; i++) {
		v = &w->facts.space[i];
		if (p->space(p->ctx, (enum machine_disk)i, v) != 0)
			*v = (struct machine_space){ 0 };
		level = disk_level(v);
		if (due(region, &w->disks[i], level, HOUR_MS))
			disk_tell(watch_disk_names[i], level, v);
	}
}

int
watch_run(struct region *region)
{
	int r = certificates_gather(region);

	if (r == 0)
		certificates_tell(region);
	disks(region);
	return r;
}
