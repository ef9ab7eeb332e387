/*
 * lifecycle: see lifecycle.h.
 */
#include "region/lifecycle.h"

#include "region/ingress.h"
#include "region/agents.h"
#include "base/alloc.h"
#include "base/array.h"
#include "base/log.h"
#include "store/store_account.h"
#include "store/store_active_key.h"
#include "store/store_address.h"
#include "store/store_subnet.h"

#define PAGE 64
#define MAX_OPTIONS 9
#define WORK_BYTES (64u << 20)

enum verb {
	VERB_VPC_CREATE,
	VERB_SUBNET_CREATE,
	VERB_RUN,
	VERB_START,
	VERB_STOP,
	VERB_TERMINATE,
	VERB_STATUS,
	VERB_INGRESS,
};

static const char *const verb_names[] = {
	[VERB_VPC_CREATE] = "vpc-create",
	[VERB_SUBNET_CREATE] = "subnet-create",
	[VERB_RUN] = "instance-run",
	[VERB_START] = "instance-start",
	[VERB_STOP] = "instance-stop",
	[VERB_TERMINATE] = "instance-terminate",
	[VERB_STATUS] = "instance-status",
	[VERB_INGRESS] = "instance-ingress",
};
#define N_VERBS (sizeof(verb_names) / sizeof(verb_names[0]))

struct job {
	uint64_t number;
	enum verb verb;
	char id[33]; /* of the instance, or of the VPC */
};

/* Whether the networks of the store exist on this machine. */
enum net_state {
	NET_UNKNOWN, /* compute is not there */
	NET_MAKING,  /* jobs are in flight, or are to be given anew by the sweep */
	NET_READY,
};

struct lifecycle {
	struct region *region;
	struct compute_port port;
	struct job *jobs;
	size_t n, cap;
	uint64_t last;
	enum net_state net;
	bool net_missed;    /* compute did not take a job for a network */
	bool check_running; /* compute was away: what was running may be gone */
};

/* ---- jobs in flight ---- */

static bool
is_network(enum verb v)
{
	return v == VERB_VPC_CREATE || v == VERB_SUBNET_CREATE;
}

static int
port_start(void *ctx, uint64_t number, struct str verb, const struct compute_option *options,
    size_t n)
{
	struct lifecycle *l = ctx;
	const struct compute_port *next = l->region->compute;
	struct job job = { .number = number };
	size_t v = 0;
	int r;

	while (v < N_VERBS && !str_eq_c(verb, verb_names[v]))
		v++;
	if (v == N_VERBS || n == 0)
		return ERR_RANGE;
	job.verb = (enum verb)v;
	/* The first option is always the id. */
	if ((r = str_copy(job.id, sizeof(job.id), options[0].value)) != 0)
		return r;
	if ((r = next->start(next->ctx, number, verb, options, n)) != 0) {
		l->net_missed |= is_network(job.verb);
		return r;
	}
	l->jobs = array_room(l->jobs, l->n, &l->cap, sizeof(l->jobs[0]));
	l->jobs[l->n++] = job;
	return 0;
}

struct lifecycle *
lifecycle_new(struct region *region)
{
	struct lifecycle *l = xalloc(sizeof(*l));

	l->region = region;
	l->port = (struct compute_port){ .ctx = l, .start = port_start };
	return l;
}

void
lifecycle_free(struct lifecycle *l)
{
	if (l == NULL)
		return;
	xfree(l->jobs);
	xfree(l);
}

const struct compute_port *
lifecycle_port(const struct lifecycle *l)
{
	return &l->port;
}

static bool
in_flight(const struct lifecycle *l, struct str id)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		if (str_eq_c(id, l->jobs[i].id))
			return true;
	}
	return false;
}

static bool
network_in_flight(const struct lifecycle *l)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		if (is_network(l->jobs[i].verb))
			return true;
	}
	return false;
}

static void
job_put(struct region *region, enum verb verb, const struct compute_option *options, size_t n)
{
	outbox_job(region->outbox, ++region->lifecycle->last, str_of(verb_names[verb]), options, n);
}

static void
instance_job(struct region *region, enum verb verb, struct str instance_id)
{
	const struct compute_option o = { STR("instance"), instance_id };

	job_put(region, verb, &o, 1);
}

/* instance-run and instance-start take the same options. */
static int
up_job(struct region *region, struct arena *a, enum verb verb, const struct store_instance *v)
{
	struct store_subnet subnet;
	struct buf ingress;
	int r;

	buf_init(&ingress, INGRESS_MAX_BYTES);
	if ((r = store_subnet_get(region->store, a, v->subnet_id, &subnet)) == 0 &&
	    (r = ingress_write(region, a, v, &ingress)) == 0) {
		const struct compute_option o[MAX_OPTIONS] = {
			{ STR("instance"), v->instance_id },
			{ STR("vpc"), v->vpc_id },
			{ STR("subnet"), v->subnet_id },
			{ STR("cidr"), subnet.cidr },
			{ STR("private-ip"), v->private_ip },
			{ STR("public-ip"), v->public_ip.n > 0 ? v->public_ip : STR("none") },
			{ STR("mac"), v->mac },
			{ STR("hostname"), v->hostname },
			{ STR("ingress"), buf_view(&ingress) },
		};

		job_put(region, verb, o, MAX_OPTIONS);
	}
	buf_release(&ingress);
	return r;
}

static int
bring_up(struct region *region, struct arena *a, enum verb verb, const struct store_instance *v)
{
	int r;

	if ((r = agents_guest(region, a, v)) != 0)
		return r;
	/* Without its network it waits for the sweep. */
	return region->lifecycle->net == NET_READY ? up_job(region, a, verb, v) : 0;
}

int
lifecycle_run(struct region *region, struct arena *a, const struct store_instance *v)
{
	return bring_up(region, a, VERB_RUN, v);
}

int
lifecycle_start(struct region *region, struct arena *a, const struct store_instance *v)
{
	return bring_up(region, a, VERB_START, v);
}

void
lifecycle_stop(struct region *region, const struct store_instance *v)
{
	instance_job(region, VERB_STOP, v->instance_id);
}

void
lifecycle_terminate(struct region *region, const struct store_instance *v)
{
	instance_job(region, VERB_TERMINATE, v->instance_id);
}

/* ---- what a job came to ---- */

/* Others that let members of v's groups in, now that v came or went. */
static int
neighbours_refresh(struct region *region, struct arena *a, const struct store_instance *v)
{
	struct store_instance *page;
	struct buf ingress;
	int64_t after = 0;
	size_t i, n;
	bool depends;
	int r;

	buf_init(&ingress, INGRESS_MAX_BYTES);
	do {
		r = store_instance_list_vpc(region->store, a, v->vpc_id, after, PAGE, &page, &n);
		for (i = 0; r == 0 && i < n; i++) {
			after = page[i].seq;
			if (page[i].state != STORE_INSTANCE_RUNNING ||
			    str_eq(page[i].instance_id, v->instance_id))
				continue;
			r = ingress_depends(region, a, &page[i], v, &depends);
			if (r != 0 || !depends)
				continue;
			buf_clear(&ingress);
			if ((r = ingress_write(region, a, &page[i], &ingress)) == 0) {
				const struct compute_option o[] = {
					{ STR("instance"), page[i].instance_id },
					{ STR("ingress"), buf_view(&ingress) },
				};

				job_put(region, VERB_INGRESS, o, 2);
			}
		}
	} while (r == 0 && n == PAGE);
	buf_release(&ingress);
	return r;
}

/* Gives back what an instance holds no more, and says so in v. */
static int
release(struct region *region, struct store_instance *v)
{
	struct str none = STR("");
	bool gone = v->state == STORE_INSTANCE_TERMINATED;
	int r;

	/* A stopped instance keeps its private address. */
	r = store_address_release(region->store, gone ? none : STORE_ADDRESS_PUBLIC,
	    v->instance_id);
	if (r != 0)
		return r;
	v->public_ip = none;
	if (gone) {
		v->terminated_at = clock_wall_s(region->clock);
		v->vpc_id = v->subnet_id = v->private_ip = none;
		v->n_group_ids = 0;
	}
	return store_active_key_delete_instance(region->store, v->instance_id);
}

/* v has come to state, which is not a transitional one. */
static int
settle(struct region *region, struct arena *a, const struct store_instance *v,
    enum store_instance_state state)
{
	struct store_instance now = *v;
	int r;

	now.state = state;
	if (state == STORE_INSTANCE_RUNNING)
		now.state_reason_code = now.state_reason = STR("");
	if (state != STORE_INSTANCE_RUNNING && (r = release(region, &now)) != 0)
		return r;
	if ((r = store_instance_update(region->store, &now)) != 0)
		return r;
	log_info("instance", log_s("id", v->instance_id), log_i("state", state));
	if (state == STORE_INSTANCE_RUNNING)
		r = agents_guest(region, a, &now);
	else
		agents_guest_gone(region, v);
	return r != 0 ? r : neighbours_refresh(region, a, v);
}

static void
reason_set(struct arena *a, struct store_instance *v, const struct lifecycle_result *res)
{
	v->state_reason_code = STR("Server.InternalError");
	v->state_reason = arena_fmt(a, "Server.InternalError: %.*s",
	    STR_FMT(str_head(res->reason.n > 0 ? res->reason : STR("the driver failed"), 512)));
}

/* instance-status said how it is; what should be is in v. */
static int
status_done(struct region *region, struct arena *a, struct store_instance *v,
    const struct lifecycle_result *res)
{
	struct str out = str_trim(res->output);
	bool running = str_eq_c(out, "state=running"), stopped = str_eq_c(out, "state=stopped");
	int r;

	if (res->status != 0 || (!running && !stopped && !str_eq_c(out, "state=none"))) {
		log_warn("instance-status", log_s("id", v->instance_id),
		    log_i("status", res->status), log_s("why", res->reason));
		return 0;
	}
	if (v->state == STORE_INSTANCE_PENDING && running)
		return settle(region, a, v, STORE_INSTANCE_RUNNING);
	if (v->state == STORE_INSTANCE_RUNNING && !running) {
		/* It is gone without our doing: this machine was restarted. */
		v->state = STORE_INSTANCE_PENDING;
		v->state_reason_code = STR("Server.HostRestart");
		v->state_reason = STR("Server.HostRestart: The host was restarted");
		if ((r = store_instance_update(region->store, v)) != 0)
			return r;
	}
	if (v->state == STORE_INSTANCE_PENDING)
		return bring_up(region, a, stopped ? VERB_START : VERB_RUN, v);
	return 0;
}

/* Has it never been RUNNING? What has been, has a reason for being PENDING
 * again, or was started since. */
static bool
is_first_launch(const struct store_instance *v)
{
	return v->state_reason_code.n == 0 && v->launched_at == v->created_at;
}

/*
 * It did not come up. What it left behind may still run, and needs its
 * addresses until it is gone: the driver's success settles the state, and the
 * sweep tries again. Only what has never run is given up for good.
 */
static int
up_failed(struct region *region, struct arena *a, enum verb verb, struct store_instance *v,
    const struct lifecycle_result *res)
{
	bool give_up = verb == VERB_RUN && is_first_launch(v);
	int r;

	reason_set(a, v, res);
	v->state = give_up ? STORE_INSTANCE_SHUTTING_DOWN : STORE_INSTANCE_STOPPING;
	if ((r = store_instance_update(region->store, v)) != 0)
		return r;
	instance_job(region, give_up ? VERB_TERMINATE : VERB_STOP, v->instance_id);
	return 0;
}

static int
instance_done(struct region *region, struct arena *a, enum verb verb, struct store_instance *v,
    const struct lifecycle_result *res)
{
	bool ok = res->status == 0;

	if (!ok)
		log_warn("driver", log_c("verb", verb_names[verb]), log_s("id", v->instance_id),
		    log_i("status", res->status), log_s("why", res->reason));
	switch (verb) {
	case VERB_RUN:
	case VERB_START:
		if (v->state != STORE_INSTANCE_PENDING)
			return 0;
		return ok ? settle(region, a, v, STORE_INSTANCE_RUNNING)
			  : up_failed(region, a, verb, v, res);
	case VERB_STOP:
		if (!ok || v->state != STORE_INSTANCE_STOPPING)
			return 0;
		return settle(region, a, v, STORE_INSTANCE_STOPPED);
	case VERB_TERMINATE:
		if (!ok || v->state != STORE_INSTANCE_SHUTTING_DOWN)
			return 0;
		return settle(region, a, v, STORE_INSTANCE_TERMINATED);
	case VERB_STATUS:
		return status_done(region, a, v, res);
	case VERB_INGRESS:
	case VERB_VPC_CREATE:
	case VERB_SUBNET_CREATE:
		return 0;
	}
	return 0;
}

static int networks_done(struct region *region, const struct lifecycle_result *res);

int
lifecycle_done(struct region *region, const struct lifecycle_result *res)
{
	struct lifecycle *l = region->lifecycle;
	struct store_instance v;
	struct arena *a;
	struct job job;
	size_t i;
	int r;

	for (i = 0; i < l->n && l->jobs[i].number != res->job; i++)
		;
	if (i == l->n)
		return 0;
	job = l->jobs[i];
	l->jobs[i] = l->jobs[--l->n];
	if (is_network(job.verb))
		return networks_done(region, res);
	a = arena_new(WORK_BYTES);
	r = store_instance_get(region->store, a, str_of(job.id), &v);
	if (r == 0)
		r = instance_done(region, a, job.verb, &v, res);
	else if (r == ERR_NOTFOUND)
		r = 0;
	arena_free(a);
	return r;
}

/* ---- taking things up ---- */

static int
networks_make(struct region *region, struct arena *a, struct str account_id)
{
	struct store_vpc *vpcs;
	struct store_subnet *subnets;
	size_t i, s, n, n_subnets;
	int r;

	r = store_vpc_list(region->store, a, account_id, STR(""), STORE_PAGE_MAX, &vpcs, &n);
	for (i = 0; r == 0 && i < n; i++) {
		const struct compute_option o[] = {
			{ STR("vpc"), vpcs[i].vpc_id },
			{ STR("cidr"), vpcs[i].cidr },
		};

		job_put(region, VERB_VPC_CREATE, o, 2);
		r = store_subnet_list_vpc(region->store, a, vpcs[i].vpc_id, &subnets, &n_subnets);
		for (s = 0; r == 0 && s < n_subnets; s++) {
			const struct compute_option so[] = {
				{ STR("vpc"), vpcs[i].vpc_id },
				{ STR("subnet"), subnets[s].subnet_id },
				{ STR("cidr"), subnets[s].cidr },
			};

			job_put(region, VERB_SUBNET_CREATE, so, 3);
		}
	}
	return r;
}

/* Each instance in one state, unless something is in flight for it. */
static int
state_sweep(struct region *region, enum store_instance_state state, enum verb verb)
{
	struct store_instance *page;
	struct arena *a = arena_new(WORK_BYTES);
	int64_t after = 0;
	size_t i, n;
	int r;

	do {
		arena_reset(a);
		r = store_instance_list_state(region->store, a, state, after, PAGE, &page, &n);
		for (i = 0; r == 0 && i < n; i++) {
			after = page[i].seq;
			if (!in_flight(region->lifecycle, page[i].instance_id))
				instance_job(region, verb, page[i].instance_id);
		}
	} while (r == 0 && n == PAGE);
	arena_free(a);
	return r;
}

static int
instances_sweep(struct region *region)
{
	struct lifecycle *l = region->lifecycle;
	int r;

	/* First whatever should be running. */
	if (l->check_running && (r = state_sweep(region, STORE_INSTANCE_RUNNING, VERB_STATUS)) != 0)
		return r;
	if ((r = state_sweep(region, STORE_INSTANCE_PENDING, VERB_STATUS)) != 0 ||
	    (r = state_sweep(region, STORE_INSTANCE_STOPPING, VERB_STOP)) != 0 ||
	    (r = state_sweep(region, STORE_INSTANCE_SHUTTING_DOWN, VERB_TERMINATE)) != 0)
		return r;
	l->check_running = false;
	return 0;
}

/* All networks of the store, made anew: the verbs are idempotent. */
static int
networks_sweep(struct region *region)
{
	struct lifecycle *l = region->lifecycle;
	struct store_account *accounts;
	struct arena *a;
	size_t i, n, mark = outbox_mark(region->outbox);
	int r;

	if (network_in_flight(l))
		return 0;
	a = arena_new(WORK_BYTES);
	l->net_missed = false;
	r = store_account_list(region->store, a, &accounts, &n);
	for (i = 0; r == 0 && i < n; i++)
		r = networks_make(region, a, accounts[i].account_id);
	arena_free(a);
	if (r != 0 || outbox_mark(region->outbox) > mark)
		return r;
	l->net = NET_READY;
	return instances_sweep(region);
}

int
lifecycle_sweep(struct region *region)
{
	switch (region->lifecycle->net) {
	case NET_UNKNOWN:
		return 0;
	case NET_MAKING:
		return networks_sweep(region);
	case NET_READY:
		return instances_sweep(region);
	}
	return 0;
}

static int
networks_done(struct region *region, const struct lifecycle_result *res)
{
	struct lifecycle *l = region->lifecycle;

	/* An instance of a network that could not be made fails with the reason. */
	if (res->status != 0)
		log_error("network", log_i("status", res->status), log_s("why", res->reason));
	if (l->net != NET_MAKING || l->net_missed || network_in_flight(l))
		return 0;
	l->net = NET_READY;
	return instances_sweep(region);
}

void
lifecycle_compute_down(struct region *region)
{
	region->lifecycle->n = 0;
	region->lifecycle->net = NET_UNKNOWN;
}

/* When this fails, or what it gives is not taken, the sweep goes on from here. */
int
lifecycle_compute_up(struct region *region)
{
	lifecycle_compute_down(region);
	region->lifecycle->net = NET_MAKING;
	region->lifecycle->check_running = true;
	return networks_sweep(region);
}
