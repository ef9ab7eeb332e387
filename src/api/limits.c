/*
 * limits: see limits.h.
 */
#include "api/limits.h"

/* How many principals have to work together to use up what their account may do. */
#define SHARES 5

/* For how many steps of its decisions a simulation takes a token. */
#define SIMULATION_STEPS LIMITS_WORK_PER_TOKEN

/* How many of these tokens an account gets in place of each costly request that it may make. */
#define SIMULATION_TOKENS 20

/* For strangers, who are limited also where principals are not; as the settings' defaults. */
#define STRANGER_RATE 100
#define STRANGER_BURST 200

/* Strangers have a table of their own: with many addresses they would push principals' buckets,
 * and so what these have used up, out of one that they share. */
static struct throttle *
table_of(const struct call *c)
{
	return c->stranger ? c->api->strangers : c->api->throttle;
}

static enum awserr
take(struct call *c, struct str who, enum action_class class, const struct throttle_limit *limit)
{
	if (limit->rate == 0 ||
	    throttle_take(table_of(c), who, class, limit, clock_boot_ms(c->region->clock)))
		return AWSERR_NONE;
	return AWSERR_THROTTLED;
}

/* The bucket of every request, and how it fills. */
static enum action_class
bucket_of(const struct call *c, struct throttle_limit *ret)
{
	const struct eicd_settings *s = c->region->settings;

	if (c->action != NULL && c->action->class == ACTION_PUSH) {
		*ret = (struct throttle_limit){ s->push_rate, s->push_burst, 1 };
		return ACTION_PUSH;
	}
	*ret = (struct throttle_limit){ s->api_rate, s->api_burst, 1 };
	if (c->stranger && ret->rate == 0)
		*ret = (struct throttle_limit){ STRANGER_RATE, STRANGER_BURST, 1 };
	return ACTION_OTHER;
}

enum awserr
limits_request(struct call *c)
{
	struct throttle_limit limit;
	enum action_class class = bucket_of(c, &limit);
	enum awserr e;

	/* It took its tokens when it was run for the first time. */
	if (c->parked != NULL)
		return AWSERR_NONE;
	e = take(c, c->owner, class, &limit);
	c->too_fast = e != AWSERR_NONE;
	return e;
}

void
limits_charge(struct call *c)
{
	struct throttle_limit limit;
	enum action_class class = bucket_of(c, &limit);

	limit.cost = (int64_t)(c->work / LIMITS_WORK_PER_TOKEN);
	if (c->authentic && !c->too_fast && limit.cost > 0 && limit.rate > 0)
		throttle_charge(table_of(c), c->owner, class, &limit,
		    clock_boot_ms(c->region->clock));
}

enum awserr
limits_allowed(struct call *c)
{
	const struct eicd_settings *s = c->region->settings;
	struct throttle_limit limit = { s->lookup_rate, s->lookup_burst, 1 };

	if (c->action->class == ACTION_LOOKUP)
		return take(c, c->owner, ACTION_LOOKUP, &limit);
	if (c->action->class != ACTION_COSTLY || c->parked != NULL)
		return AWSERR_NONE;
	limit = (struct throttle_limit){ s->costly_rate, 2 * s->costly_burst, SHARES };
	if (limit.burst < SHARES)
		limit.burst = SHARES;
	return take(c, c->owner, ACTION_COSTLY, &limit);
}

enum awserr
limits_cost(struct call *c)
{
	const struct eicd_settings *s = c->region->settings;
	const struct throttle_limit limit = { s->costly_rate, s->costly_burst, 1 };

	if (c->action->class != ACTION_COSTLY)
		return AWSERR_NONE;
	return take(c, c->principal.account_id, ACTION_COSTLY, &limit);
}

/* The account's bucket takes one token where that of its principal, its share, takes SHARES. */
static struct throttle_limit
simulation_limit(const struct call *c, int64_t shares)
{
	const struct eicd_settings *s = c->region->settings;

	return (struct throttle_limit){ s->costly_rate * SIMULATION_TOKENS,
		s->costly_burst * SIMULATION_TOKENS * (shares == 1 ? 1 : 2), shares };
}

enum awserr
limits_simulation(struct call *c)
{
	const struct throttle_limit own = simulation_limit(c, SHARES), all = simulation_limit(c, 1);
	enum awserr e;

	if ((e = take(c, c->owner, ACTION_SIMULATION, &own)) != AWSERR_NONE)
		return e;
	return take(c, c->principal.account_id, ACTION_SIMULATION, &all);
}

void
limits_simulated(struct call *c, uint64_t steps)
{
	struct throttle_limit own = simulation_limit(c, SHARES), all = simulation_limit(c, 1);
	int64_t now = clock_boot_ms(c->region->clock), tokens = (int64_t)(steps / SIMULATION_STEPS);

	if (all.rate == 0)
		return;
	own.cost *= tokens;
	all.cost *= tokens;
	throttle_charge(c->api->throttle, c->owner, ACTION_SIMULATION, &own, now);
	throttle_charge(c->api->throttle, c->principal.account_id, ACTION_SIMULATION, &all, now);
}
