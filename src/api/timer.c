/*
 * timer: see timer.h. Each task has transactions of its own.
 */
#include "api/timer.h"

#include "api/batch.h"
#include "api/ec2/instance.h"
#include "api/lifecycle.h"
#include "api/signer.h"
#include "api/trail.h"
#include "api/uplink.h"
#include "base/alloc.h"
#include "base/log.h"
#include "store/store_active_key.h"
#include "store/store_client_token.h"
#include "store/store_instance.h"

#define CLIENT_TOKEN_LIFETIME_S 86400

static int
keys_expire(struct api *api, void *ctx)
{
	const struct store_active_key_now now = {
		.boot_id = str_of(api->boot_id),
		.boot_ms = clock_boot_ms(api->o.clock),
		.wall_ms = clock_wall_ms(api->o.clock),
		.lifetime_ms = api->o.settings->key_lifetime_s * 1000,
	};

	(void)ctx;
	return store_active_key_expire(api->o.store, &now, NULL);
}

static int
rows_purge(struct api *api, void *ctx)
{
	int64_t now = clock_wall_s(api->o.clock);
	int r;

	(void)ctx;
	r = store_instance_purge(api->o.store, now - INSTANCE_TERMINATED_SHOWN_S, NULL);
	if (r != 0)
		return r;
	return store_client_token_purge(api->o.store, now - CLIENT_TOKEN_LIFETIME_S, NULL);
}

static int
instances_sweep(struct api *api, void *ctx)
{
	(void)ctx;
	return lifecycle_sweep(api);
}

static int
renew(struct api *api, void *ctx)
{
	return signer_renew(api, ctx);
}

static int
tell(struct api *api, void *ctx)
{
	(void)ctx;
	return uplink_signer_changed(api);
}

static int
reload(struct api *api)
{
	struct errinfo ei = { "" };
	int r;

	if ((r = signer_reload(api, &ei)) != 0) {
		log_error("signer", log_e(r), log_c("why", ei.text));
		return r;
	}
	api->reload_due = false;
	api->tell_due = true;
	return 0;
}

/*
 * The agents are told only what is durable: a transaction of its own. Each step
 * stays due until it succeeded: pushes are signed by a signer that the agents
 * must have. Nothing is renewed by a signer that is retired already.
 */
static int
signer_task(struct api *api)
{
	bool changed = false;
	int r, told = 0;

	if (api->reload_due && (r = reload(api)) != 0)
		return r;
	r = batch_task(api, renew, &changed);
	if (r == 0 && changed) {
		api->reload_due = true;
		if ((r = reload(api)) != 0)
			return r;
	}
	if (api->tell_due && (told = batch_task(api, tell, NULL)) == 0)
		api->tell_due = false;
	return r != 0 ? r : told;
}

static int
keys_task(struct api *api)
{
	return batch_task(api, keys_expire, NULL);
}

static int
purge_task(struct api *api)
{
	return batch_task(api, rows_purge, NULL);
}

static int
sweep_task(struct api *api)
{
	return batch_task(api, instances_sweep, NULL);
}

static const struct {
	const char *name;
	int64_t every_ms;
	int (*run)(struct api *api);
} tasks[] = {
	/* First, so that there is a response before anyone asks for one. */
	{ "signer", 5000, signer_task },
	{ "keys", 5000, keys_task },
	{ "instances", 30000, sweep_task },
	{ "purge", 60000, purge_task },
	{ "digest", 1000, trail_digest },
	{ "export", 250, trail_export },
	/* So often that more goes than can come for long. */
	{ "retention", 1000, trail_retain },
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
timer_run(struct timer *t, struct api *api)
{
	int64_t now = clock_boot_ms(t->clock);
	size_t i;
	int r;

	for (i = 0; i < N_TASKS; i++) {
		if (t->due_ms[i] > now)
			continue;
		t->due_ms[i] = now + tasks[i].every_ms;
		if ((r = tasks[i].run(api)) != 0)
			log_error("timer", log_c("task", tasks[i].name), log_e(r));
	}
}
