/*
 * stop_instances: the act of ec2:StopInstances. Force makes no difference: the
 * lab's stop is a hard one already.
 */
#include "svc/ec2/state_change.h"
#include "region/lifecycle.h"

static enum state_change
decide(enum store_instance_state s)
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
change(struct call *c, struct store_instance *v)
{
	int r;

	v->state = STORE_INSTANCE_STOPPING;
	v->state_reason_code = STR("Client.UserInitiatedShutdown");
	v->state_reason = STR("Client.UserInitiatedShutdown: User initiated shutdown");
	if ((r = store_instance_update(c->region->store, v)) != 0)
		return call_internal(c, "stop", r);
	lifecycle_stop(c->region, v);
	return AWSERR_NONE;
}

enum awserr
stop_instances_act(struct call *c)
{
	static const struct state_change_ops ops = { "stopped", decide, change };

	return state_change_run(c, &ops);
}
