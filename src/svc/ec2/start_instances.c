/*
 * start_instances: the act of ec2:StartInstances.
 */
#include "svc/ec2/launch.h"
#include "svc/ec2/state_change.h"
#include "region/lifecycle.h"

static enum state_change
decide(enum store_instance_state s)
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
change(struct call *c, struct store_instance *v)
{
	enum awserr e;
	int r;

	if (v->public_ip_auto && (e = launch_public_take(c, v)) != AWSERR_NONE)
		return e;
	v->state = STORE_INSTANCE_PENDING;
	v->state_reason_code = v->state_reason = STR("");
	v->launched_at = c->now_s;
	if ((r = store_instance_update(c->region->store, v)) != 0 ||
	    (r = lifecycle_start(c->region, c->arena, v)) != 0)
		return call_internal(c, "start", r);
	return AWSERR_NONE;
}

enum awserr
start_instances_act(struct call *c)
{
	static const struct state_change_ops ops = { "started", decide, change };

	return state_change_run(c, &ops);
}
