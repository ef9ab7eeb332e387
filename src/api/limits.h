/*
 * limits: how many requests a principal, or an account, may make in a while. Each function returns
 * AWSERR_NONE or AWSERR_THROTTLED.
 *
 * A principal here is the user, or the root, whose long-term key a request goes back to
 * (call.owner): both keys of a user, and all sessions that were got with them, of whatever roles
 * and names, are one; so are all sessions that were got with tokens of one provider. What one can
 * make for oneself makes nobody more. A request without a signature is its address's
 * (api/stranger.h), in a table apart, and is limited also if api_rate is 0.
 */
#ifndef API_LIMITS_H
#define API_LIMITS_H

#include "api/call.h"

/* Every request, when it is run for the first time, before it is known whether it is allowed, also
 * one whose action is not there. It
 * draws from its principal's own bucket alone: nobody can use up here what others may do. */
enum awserr limits_request(struct call *c);

/*
 * Once the request is allowed: LookupEvents, from a bucket that its principal has for them, and a
 * request of the class ACTION_COSTLY, its principal's share, a fifth of what the account may do.
 * Requests of other classes pass.
 */
enum awserr limits_allowed(struct call *c);

/*
 * A request of the class ACTION_COSTLY draws from its account's bucket as well, where the cost
 * arises: before a question for eicd-keyd-hash (api/parked.h). So a principal whose requests fail,
 * or cost nothing, takes nothing from the others of its account. Requests of other classes pass.
 */
enum awserr limits_cost(struct call *c);

/*
 * After a request: draws for what it turned out to cost, c->work, one token for each
 * LIMITS_WORK_PER_TOKEN but the first, from the bucket that limits_request drew from. What is not
 * there has to come back before the principal's next request passes. So what a principal may use of
 * core in a second does not depend on what it asks for.
 */
void limits_charge(struct call *c);

/* About half a millisecond, in steps of a decision (iam/steps.h). */
#define LIMITS_WORK_PER_TOKEN ((uint64_t)1 << 17)

/*
 * A simulation draws a token of its principal's share and of its account before, and after it, with
 * limits_simulated, one for each so many steps that its decisions took. So many small ones may
 * follow each other, and few large ones.
 */
enum awserr limits_simulation(struct call *c);
void limits_simulated(struct call *c, uint64_t steps);

#endif
