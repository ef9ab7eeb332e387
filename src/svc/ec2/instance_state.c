/*
 * instance_state: ec2:StartInstances, StopInstances and TerminateInstances. All instances named
 * must exist. Each changes its state or stays as it is, and the answer has its state before and
 * after (docs/wire.md 4.3).
 */
#include "base/date.h"
#include "region/lifecycle.h"
#include "svc/ec2/actions.h"
#include "svc/ec2/instance.h"
#include "svc/ec2/launch.h"

struct instance_ids_input {
	struct field_strs ids;
	struct field_bool force;
};

enum state_change {
	STATE_CHANGE_DO,      /* it enters the transitional state */
	STATE_CHANGE_NOTHING, /* it is in the state, or on the way there: no error */
	STATE_CHANGE_REFUSE,  /* AWSERR_INCORRECT_INSTANCE_STATE */
};

struct change {
	const char *verb; /* in the error message: "started" */
	enum state_change (*decide)(enum store_instance_state s);
	/* Changes v, stores it, and queues the job for compute. */
	enum awserr (*change)(struct call *c, struct store_instance *v);
};

/* Instances that do not exist are authorized like the others, after the same lookups: a denial must
 * not tell which ones exist. */
static enum awserr
fill(struct call *c, struct str id)
{
	struct store_instance v;
	enum awserr e;
	int r;

	if ((e = call_tags(c, id)) != AWSERR_NONE)
		return e;
	r = store_instance_get(c->region->store, c->arena, id, &v);
	if (r != 0 && r != ERR_NOTFOUND)
		return call_internal(c, "instance", r);
	if (r == 0 && str_eq(v.account_id, c->principal.account_id))
		instance_context(c, &v);
	return AWSERR_NONE;
}

static enum awserr
scope(struct call *c)
{
	const struct instance_ids_input *in = c->input;
	size_t i;

	for (i = 0; i < in->ids.n; i++)
		call_target_later(c, IDS_INSTANCE, in->ids.v[i], fill);
	return AWSERR_NONE;
}

static enum awserr
one(struct call *c, const struct change *ops, struct store_instance *v)
{
	enum store_instance_state before = v->state;
	enum awserr e;

	if (ops->decide(before) == STATE_CHANGE_DO && (e = ops->change(c, v)) != AWSERR_NONE)
		return e;
	out_item(&c->out);
	out_str(&c->out, "instanceId", v->instance_id);
	instance_state_write(&c->out, "currentState", v->state);
	instance_state_write(&c->out, "previousState", before);
	out_end(&c->out);
	return AWSERR_NONE;
}

/* What the three acts have in common. Either all instances change or none does. */
static enum awserr
change_run(struct call *c, const struct change *ops)
{
	const struct instance_ids_input *in = c->input;
	struct store_instance *v;
	enum awserr e;
	size_t i, n;

	if ((e = instance_get_all(c, &in->ids, &v, &n)) != AWSERR_NONE)
		return e;
	for (i = 0; i < n; i++) {
		if (ops->decide(v[i].state) == STATE_CHANGE_REFUSE)
			return call_fail(c, AWSERR_INCORRECT_INSTANCE_STATE,
			    "The instance '%.*s' is not in a state from which it can be %s.",
			    STR_FMT(v[i].instance_id), ops->verb);
	}
	out_list(&c->out, "instancesSet");
	for (i = 0; i < n && e == AWSERR_NONE; i++)
		e = one(c, ops, &v[i]);
	if (e == AWSERR_NONE)
		out_end(&c->out);
	return e;
}

/* ---- StartInstances ---- */

static enum state_change
start_decide(enum store_instance_state s)
{
	switch (s) {
	case STORE_INSTANCE_STOPPED:
		return STATE_CHANGE_DO;
	case STORE_INSTANCE_PENDING:
	case STORE_INSTANCE_RUNNING:
		return STATE_CHANGE_NOTHING;
	case STORE_INSTANCE_STOPPING:
	case STORE_INSTANCE_SHUTTING_DOWN:
	case STORE_INSTANCE_TERMINATED:
		return STATE_CHANGE_REFUSE;
	}
	return STATE_CHANGE_REFUSE;
}

static enum awserr
start_change(struct call *c, struct store_instance *v)
{
	enum awserr e;
	int r;

	if (v->public_ip_auto && (e = launch_public_take(c, v)) != AWSERR_NONE)
		return e;
	v->state = STORE_INSTANCE_PENDING;
	v->state_reason_code = v->state_reason = v->transition_reason = STR("");
	v->launched_at = c->now_s;
	if ((r = store_instance_update(c->region->store, v)) != 0 ||
	    (r = lifecycle_start(c->region, c->arena, v)) != 0)
		return call_internal(c, "start", r);
	return AWSERR_NONE;
}

static enum awserr
start_act(struct call *c)
{
	static const struct change ops = { "started", start_decide, start_change };

	return change_run(c, &ops);
}

/* ---- StopInstances ---- */

/* Tools read the time out of the text. Source: wire.md 4.3. */
static void
reason_set(struct call *c, struct store_instance *v)
{
	struct buf b;

	v->state_reason_code = STR("Client.UserInitiatedShutdown");
	v->state_reason = STR("Client.UserInitiatedShutdown: User initiated shutdown");
	buf_init(&b, 64);
	buf_c(&b, "User initiated (");
	date_gmt_write(&b, c->now_s);
	buf_c(&b, ")");
	v->transition_reason = arena_str(c->arena, buf_view(&b));
	buf_release(&b);
}

/* Force makes no difference, because every stop in the lab is a hard one. */
static enum state_change
stop_decide(enum store_instance_state s)
{
	switch (s) {
	case STORE_INSTANCE_RUNNING:
		return STATE_CHANGE_DO;
	case STORE_INSTANCE_STOPPING:
	case STORE_INSTANCE_STOPPED:
		return STATE_CHANGE_NOTHING;
	case STORE_INSTANCE_PENDING:
	case STORE_INSTANCE_SHUTTING_DOWN:
	case STORE_INSTANCE_TERMINATED:
		return STATE_CHANGE_REFUSE;
	}
	return STATE_CHANGE_REFUSE;
}

static enum awserr
stop_change(struct call *c, struct store_instance *v)
{
	int r;

	v->state = STORE_INSTANCE_STOPPING;
	reason_set(c, v);
	if ((r = store_instance_update(c->region->store, v)) != 0)
		return call_internal(c, "stop", r);
	lifecycle_stop(c->region, v);
	return AWSERR_NONE;
}

static enum awserr
stop_act(struct call *c)
{
	static const struct change ops = { "stopped", stop_decide, stop_change };

	return change_run(c, &ops);
}

/* ---- TerminateInstances ---- */

static enum state_change
terminate_decide(enum store_instance_state s)
{
	switch (s) {
	case STORE_INSTANCE_SHUTTING_DOWN:
	case STORE_INSTANCE_TERMINATED:
		return STATE_CHANGE_NOTHING;
	case STORE_INSTANCE_PENDING:
	case STORE_INSTANCE_RUNNING:
	case STORE_INSTANCE_STOPPING:
	case STORE_INSTANCE_STOPPED:
		return STATE_CHANGE_DO;
	}
	return STATE_CHANGE_REFUSE;
}

static enum awserr
terminate_change(struct call *c, struct store_instance *v)
{
	int r;

	v->state = STORE_INSTANCE_SHUTTING_DOWN;
	reason_set(c, v);
	if ((r = store_instance_update(c->region->store, v)) != 0)
		return call_internal(c, "terminate", r);
	lifecycle_terminate(c->region, v);
	return AWSERR_NONE;
}

static enum awserr
terminate_act(struct call *c)
{
	static const struct change ops = { "terminated", terminate_decide, terminate_change };

	return change_run(c, &ops);
}

/* ---- rows ---- */

#define INSTANCE_IDS \
	{ \
		.name = "InstanceId", .type = FIELD_STR_LIST, \
		.at = offsetof(struct instance_ids_input, ids), .required = true, \
		.form = FORM_INSTANCE_ID, .audit = "instancesSet/instanceId" \
	}

static const struct field start_instances_fields[] = {
	INSTANCE_IDS,
	{ .name = "AdditionalInfo", .type = FIELD_UNSUPPORTED },
};

static const struct field stop_instances_fields[] = {
	INSTANCE_IDS,
	{ .name = "Force",
	    .type = FIELD_BOOL,
	    .at = offsetof(struct instance_ids_input, force),
	    .record = FIELD_RECORD_ALWAYS },
	{ .name = "Hibernate", .type = FIELD_UNSUPPORTED },
	/* No stop here waits for the operating system. */
	{ .name = "SkipOsShutdown", .type = FIELD_IGNORED },
};

/* Nor does a termination, which is always forced. */
static const struct field terminate_instances_fields[] = {
	INSTANCE_IDS,
	{ .name = "Force", .type = FIELD_IGNORED },
	{ .name = "SkipOsShutdown", .type = FIELD_IGNORED },
};

static const struct action actions[] = {
	{ EC2_WRITE("StartInstances", start_instances_fields, struct instance_ids_input),
	    .scope = scope, .act = start_act },
	{ EC2_WRITE("StopInstances", stop_instances_fields, struct instance_ids_input),
	    .scope = scope, .act = stop_act },
	{ EC2_WRITE("TerminateInstances", terminate_instances_fields, struct instance_ids_input),
	    .scope = scope, .act = terminate_act },
};
const struct action_rows instance_state_rows = { actions, FIELD_N(actions) };
