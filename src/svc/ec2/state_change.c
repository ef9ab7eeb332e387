/*
 * state_change: see state_change.h.
 */
#include "svc/ec2/state_change.h"

#include "svc/ec2/instance.h"

/* Ids that are not there are targets too: a denial does not tell them apart. */
enum awserr
state_change_scope(struct call *c)
{
	const struct instance_ids_input *in = c->input;
	struct store_instance v;
	enum awserr e;
	size_t i;
	int r;

	for (i = 0; i < in->ids.n; i++) {
		if ((e = call_target_tagged(c, IDS_INSTANCE, in->ids.v[i])) != AWSERR_NONE)
			return e;
		r = store_instance_get(c->region->store, c->arena, in->ids.v[i], &v);
		if (r != 0 && r != ERR_NOTFOUND)
			return call_internal(c, "instance", r);
		if (r == 0 && str_eq(v.account_id, c->principal.account_id))
			instance_context(c, &v);
	}
	return AWSERR_NONE;
}

static enum awserr
one(struct call *c, const struct state_change_ops *ops, struct store_instance *v)
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

enum awserr
state_change_run(struct call *c, const struct state_change_ops *ops)
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
