/*
 * context_keys: lists the condition keys that policies ask for. A simulation of the policies must
 * be given values for them.
 */
#include "svc/iam/actions.h"

#include "svc/iam/simulation.h"

static void
keys_write(struct call *c, const struct simulation *s)
{
	struct field_strs keys = simulation_keys(c, s);
	size_t i;

	out_list(&c->out, "ContextKeyNames");
	for (i = 0; i < keys.n; i++)
		out_item_str(&c->out, keys.v[i]);
	out_end(&c->out);
}

struct keys_input {
	struct str source_arn;
	struct field_strs policies;
	/* set by scope */
	struct store_entity source;
};

static const struct field custom_fields[] = {
	SIMULATION_POLICIES_FIELD("PolicyInputList", struct keys_input, policies, true),
};
static const struct field principal_fields[] = {
	SIMULATION_SOURCE_FIELD(struct keys_input, source_arn),
	SIMULATION_POLICIES_FIELD("PolicyInputList", struct keys_input, policies, false),
};

static enum awserr
principal_scope(struct call *c)
{
	struct keys_input *in = c->input;

	return simulation_source(c, in->source_arn, &in->source);
}

static enum awserr
keys_act(struct call *c)
{
	const struct keys_input *in = c->input;
	enum awserr e = AWSERR_NONE;
	struct simulation s;

	simulation_init(&s);
	if (in->source.entity_id.n > 0)
		e = simulation_add_entity(c, &s, &in->source, true);
	if (e == AWSERR_NONE)
		e = simulation_add_inputs(c, &s, IAM_IDENTITY_POLICY, "PolicyInputList",
		    &in->policies);
	if (e == AWSERR_NONE)
		keys_write(c, &s);
	simulation_release(&s);
	return e;
}

static const struct action actions[] = {
	{ IAM_READ("GetContextKeysForCustomPolicy", custom_fields, struct keys_input),
	    .act = keys_act },
	{ IAM_READ("GetContextKeysForPrincipalPolicy", principal_fields, struct keys_input),
	    .scope = principal_scope, .act = keys_act },
};
const struct action_rows context_keys_rows = { actions, FIELD_N(actions) };
