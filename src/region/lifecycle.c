/*
 * lifecycle: see lifecycle.h.
 */
#include "region/lifecycle.h"

#include "region/agents.h"
#include "region/ingress.h"
#include "region/neighbours.h"
#include "region/task.h"
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
/* While so many new texts of rules are with compute, it gets no more: it takes 1,024 jobs, and
 * those that bring instances up and down must find room among them. */
#define NEIGHBOUR_JOBS 32

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
	char id[33]; /* the id of the instance or of the VPC */
};

/* Whether the networks of the store exist on this machine. */
enum net_state {
	NET_UNKNOWN, /* compute is not connected */
	NET_MAKING,  /* their jobs are in flight, or the next sweep gives them again */
	NET_READY,
};

struct lifecycle {
	struct region *region;
	struct neighbours *neighbours;
	struct compute_port port;
	struct job *jobs;
	size_t n, cap;
	uint64_t last;
	enum net_state net;
	bool net_missed;    /* compute did not accept a job for a network */
	bool check_running; /* compute was away, so running instances may be gone */
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
		if (job.verb == VERB_INGRESS)
			neighbours_owe(l->neighbours, options[0].value,
			    clock_boot_ms(l->region->clock));
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
	l->neighbours = neighbours_new();
	l->port = (struct compute_port){ .ctx = l, .start = port_start };
	return l;
}

void
lifecycle_free(struct lifecycle *l)
{
	if (l == NULL)
		return;
	neighbours_free(l->neighbours);
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
	struct ingress *g = ingress_new(region);
	struct store_subnet subnet;
	struct buf ingress;
	int r;

	buf_init(&ingress, INGRESS_MAX_BYTES);
	if ((r = store_subnet_get(region->store, a, v->subnet_id, &subnet)) == 0 &&
	    (r = ingress_write(g, v, &ingress)) == 0) {
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
	ingress_free(g);
	return r;
}

static int
bring_up(struct region *region, struct arena *a, enum verb verb, const struct store_instance *v)
{
	int r;

	if ((r = agents_guest(region, a, v)) != 0)
		return r;
	/* If the networks are not ready, the sweep brings it up later. */
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

/* ---- the rules of neighbours ---- */

static void
neighbour_job(struct region *region, struct str instance_id, struct str ingress)
{
	const struct compute_option o[] = {
		{ STR("instance"), instance_id },
		{ STR("ingress"), ingress },
	};

	job_put(region, VERB_INGRESS, o, 2);
}

static size_t
neighbour_jobs(const struct lifecycle *l)
{
	size_t i, n = 0;

	for (i = 0; i < l->n; i++)
		n += l->jobs[i].verb == VERB_INGRESS;
	return n;
}

static int
refresh(struct region *region, void *ctx)
{
	(void)ctx;
	return neighbours_refresh(region, region->lifecycle->neighbours, neighbour_job);
}

int
lifecycle_refresh(struct region *region)
{
	const struct lifecycle *l = region->lifecycle;
	int r;

	if (l->net != NET_READY || neighbour_jobs(l) >= NEIGHBOUR_JOBS ||
	    !neighbours_due(l->neighbours, clock_boot_ms(region->clock)))
		return 0;
	if ((r = task_run(region, refresh, NULL)) != 0)
		return r;
	neighbours_given(l->neighbours);
	return 0;
}

/* ---- what a job came to ---- */

/* Gives back the addresses that a stopped or terminated instance has no more, deletes its keys,
 * and changes v accordingly. */
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

/* The instance v has reached state, which is not a transitional one: stores it and tells agents
 * and neighbours. */
static int
settle(struct region *region, struct arena *a, const struct store_instance *v,
    enum store_instance_state state)
{
	struct store_instance now = *v;
	int r;

	now.state = state;
	if (state == STORE_INSTANCE_RUNNING)
		now.state_reason_code = now.state_reason = now.transition_reason = STR("");
	if (state != STORE_INSTANCE_RUNNING && (r = release(region, &now)) != 0)
		return r;
	if ((r = store_instance_update(region->store, &now)) != 0)
		return r;
	log_info("instance", log_s("id", v->instance_id), log_i("state", state));
	if (state == STORE_INSTANCE_RUNNING)
		r = agents_guest(region, a, &now);
	else
		agents_guest_gone(region, v);
	if (r == 0)
		neighbours_note(region->lifecycle->neighbours, v);
	return r;
}

static void
reason_set(struct arena *a, struct store_instance *v, const struct lifecycle_result *res)
{
	v->transition_reason = STR("");
	v->state_reason_code = STR("Server.InternalError");
	v->state_reason = arena_fmt(a, "Server.InternalError: %.*s",
	    STR_FMT(str_head(res->reason.n > 0 ? res->reason : STR("the driver failed"), 512)));
}

/* Compares what instance-status found with the state that the instance should have, which is in
 * v, and brings it up if necessary. */
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
		/* It is down although nobody stopped it: the host must have been restarted. */
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

/* Has the instance never been RUNNING? If it has been and is PENDING again, it has a reason for
 * that or a later launch time. */
static bool
is_first_launch(const struct store_instance *v)
{
	return v->state_reason_code.n == 0 && v->launched_at == v->created_at;
}

/*
 * The instance did not come up, but parts of it may still run and use its addresses. So it becomes
 * stopping, and is stopped only when the driver reports success; until then the sweep tries
 * again. An instance that has never run is terminated instead.
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
		if (!ok)
			neighbours_owe(region->lifecycle->neighbours, v->instance_id,
			    clock_boot_ms(region->clock));
		return 0;
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

		/* What rules were under way is lost, with compute or with core. */
		neighbours_note_vpc(region->lifecycle->neighbours, vpcs[i].vpc_id);
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

/* Gives compute a job for each instance in this state that has no job in flight. */
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

	/* Instances that should be running come first. */
	if (l->check_running && (r = state_sweep(region, STORE_INSTANCE_RUNNING, VERB_STATUS)) != 0)
		return r;
	if ((r = state_sweep(region, STORE_INSTANCE_PENDING, VERB_STATUS)) != 0 ||
	    (r = state_sweep(region, STORE_INSTANCE_STOPPING, VERB_STOP)) != 0 ||
	    (r = state_sweep(region, STORE_INSTANCE_SHUTTING_DOWN, VERB_TERMINATE)) != 0)
		return r;
	l->check_running = false;
	return 0;
}

/* Gives compute jobs to create all networks of the store. Those that exist already are no
 * problem, because these verbs are idempotent. */
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

	/* The error is only logged: bringing up an instance in this network fails, too, and the
	 * instance then shows the reason. */
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

/* When this fails, or compute does not accept the jobs, the sweep continues with the networks. */
int
lifecycle_compute_up(struct region *region)
{
	lifecycle_compute_down(region);
	region->lifecycle->net = NET_MAKING;
	region->lifecycle->check_running = true;
	return networks_sweep(region);
}
