/*
 * timer: see timer.h. Each task has transactions of its own.
 */
#include "region/timer.h"

#include "region/task.h"
#include "region/lifecycle.h"
#include "region/signer.h"
#include "region/export.h"
#include "region/agent_cert.h"
#include "region/agents.h"
#include "region/watch.h"
#include "base/alloc.h"
#include "base/log.h"
#include "store/store_active_key.h"
#include "store/store_client_token.h"
#include "store/store_instance.h"
#include "store/store_used_signature.h"

#define CLIENT_TOKEN_LIFETIME_S 86400

static int
keys_expire(struct region *region, void *ctx)
{
	const struct store_active_key_now now = {
		.boot_id = str_of(region->boot_id),
		.boot_ms = clock_boot_ms(region->clock),
		.wall_ms = clock_wall_ms(region->clock),
		.lifetime_ms = region->settings->key_lifetime_s * 1000,
	};

	(void)ctx;
	return store_active_key_expire(region->store, &now, NULL);
}

static int
rows_purge(struct region *region, void *ctx)
{
	int64_t now = clock_wall_s(region->clock);
	int r;

	(void)ctx;
	r = store_instance_purge(region->store, now - LIFECYCLE_TERMINATED_SHOWN_S, NULL);
	if (r != 0)
		return r;
	r = store_client_token_purge(region->store, now - CLIENT_TOKEN_LIFETIME_S, NULL);
	return r != 0 ? r : store_used_signature_purge(region->store, now, NULL);
}

static int
instances_sweep(struct region *region, void *ctx)
{
	(void)ctx;
	return lifecycle_sweep(region);
}

struct renewal {
	enum signer_kind kind;
	bool changed;
};

static int
renew(struct region *region, void *ctx)
{
	struct renewal *v = ctx;

	return signer_renew(region, v->kind, &v->changed);
}

/* Renews both kinds, each for itself: what fails of one is tried again, and the other goes on.
 * The first error is returned. */
static int
renew_all(struct region *region, bool *ret_changed)
{
	struct renewal v;
	int kind, r, first = 0;

	*ret_changed = false;
	for (kind = 0; kind < SIGNER_KINDS; kind++) {
		v = (struct renewal){ .kind = (enum signer_kind)kind };
		if ((r = task_run(region, renew, &v)) == 0)
			*ret_changed = *ret_changed || v.changed;
		else if (first == 0)
			first = r;
	}
	return first;
}

static int
tell(struct region *region, void *ctx)
{
	(void)ctx;
	return agents_signer_changed(region);
}

static int
reload(struct region *region)
{
	struct errinfo ei = { "" };
	int r;

	if ((r = signer_reload(region, &ei)) != 0) {
		log_error("signer", log_e(r), log_c("why", ei.text));
		return r;
	}
	region->reload_due = false;
	region->tell_due = true;
	return 0;
}

/*
 * Agents are told of a new signer in a transaction of its own, after the one that stored the
 * signer was committed. Each step stays due until it has succeeded, because agents must know the
 * signer that signs pushes. While a reload is due, nothing is renewed: the signer in memory may
 * be retired already.
 */
static int
signer_task(struct region *region)
{
	bool changed = false;
	int r, told = 0;

	if (region->reload_due && (r = reload(region)) != 0)
		return r;
	r = renew_all(region, &changed);
	if (changed) {
		region->reload_due = true;
		if ((told = reload(region)) != 0)
			return told;
	}
	if (region->tell_due && (told = task_run(region, tell, NULL)) == 0)
		region->tell_due = false;
	return r != 0 ? r : told;
}

static int
keys_task(struct region *region)
{
	return task_run(region, keys_expire, NULL);
}

static int
purge_task(struct region *region)
{
	return task_run(region, rows_purge, NULL);
}

static int
sweep_task(struct region *region)
{
	return task_run(region, instances_sweep, NULL);
}

static int
check(struct region *region, void *ctx)
{
	(void)ctx;
	return agents_check(region);
}

/* What root has changed (eicd agents) counts within a second. It stays due until it was done. */
static int
agents_task(struct region *region)
{
	bool changed;
	int r;

	if ((r = store_changed(region->store, &changed)) != 0)
		return r;
	region->agents_due = region->agents_due || changed;
	if (!region->agents_due)
		return 0;
	if ((r = task_run(region, check, NULL)) == 0)
		region->agents_due = false;
	return r;
}

static int
certificates(struct region *region, void *ctx)
{
	(void)ctx;
	return agent_cert_turn(region);
}

static int
certificates_task(struct region *region)
{
	return agent_cert_busy(region) ? task_run(region, certificates, NULL) : 0;
}

static int
certificates_ask(struct region *region, void *ctx)
{
	(void)ctx;
	return agent_cert_ask_all(region);
}

static int
certificates_due_task(struct region *region)
{
	return task_run(region, certificates_ask, NULL);
}

static const struct {
	const char *name;
	int64_t every_ms;
	int (*run)(struct region *region);
} tasks[] = {
	/* This one is first, so that there are OCSP responses before an agent needs them. */
	{ "signer", 5000, signer_task },
	{ "keys", 5000, keys_task },
	{ "instances", 30000, sweep_task },
	{ "neighbours", 250, lifecycle_refresh },
	{ "purge", 60000, purge_task },
	{ "agents", 1000, agents_task },
	{ "agent-certificates", 250, certificates_task },
	{ "agent-certificates-due", 60000, certificates_due_task },
	{ "digest", 1000, export_digest },
	{ "export", 250, export_run },
	/* This runs so often that more records are deleted than can be added for long. */
	{ "retention", 1000, export_retain },
	{ "watch", 15000, watch_run },
};
#define N_TASKS (sizeof(tasks) / sizeof(tasks[0]))

struct timer {
	const struct clock *clock;
	int64_t due_ms[N_TASKS]; /* boot clock */
};

struct timer *
timer_new(const struct clock *clock)
{
	struct timer *t = xalloc(sizeof(*t));
	size_t i;

	t->clock = clock;
	for (i = 0; i < N_TASKS; i++)
		t->due_ms[i] = clock_boot_ms(clock);
	return t;
}

void
timer_free(struct timer *t)
{
	xfree(t);
}

int
timer_left_ms(const struct timer *t)
{
	int64_t now = clock_boot_ms(t->clock), left = tasks[0].every_ms;
	size_t i;

	for (i = 0; i < N_TASKS; i++) {
		if (t->due_ms[i] - now < left)
			left = t->due_ms[i] - now;
	}
	return left < 0 ? 0 : (int)left;
}

void
timer_run(struct timer *t, struct region *region)
{
	int64_t now = clock_boot_ms(t->clock);
	size_t i;
	int r;

	for (i = 0; i < N_TASKS; i++) {
		if (t->due_ms[i] > now)
			continue;
		t->due_ms[i] = now + tasks[i].every_ms;
		if ((r = tasks[i].run(region)) != 0)
			log_error("timer", log_c("task", tasks[i].name), log_e(r));
	}
}
