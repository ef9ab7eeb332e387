/*
 * refusals: what is refused over and over, faster than anybody reads it: calls of a principal that
 * makes too many, calls without a signature whose token is genuine, actions that are not there,
 * requests whose signer is not known. The first REFUSALS_IN_FULL of a kind are recorded or logged
 * in full, at once. Those that follow within REFUSALS_INTERVAL_MS are counted, and told by one
 * record or line when that time is over (docs/decisions/0042).
 *
 * Of a kind are the calls of one principal that ask for the same action, come from the same address
 * and get the same error; without a known principal, the requests that come from one address, name
 * the same access key and are refused for the same reason. The client chooses some of this, so a
 * principal, or an address, has REFUSALS_KINDS kinds in an interval. What exceeds them is of one
 * more kind, whose count says that it is of several ("others"). So does that of calls with tokens
 * of several subjects of an issuer, which are of one kind: the principal is the issuer's provider.
 *
 * What is counted is in memory. Core tells it when it ends in order; if it dies, the counts since
 * the last interval are lost, and the first of each kind are not.
 */
#ifndef API_REFUSALS_H
#define API_REFUSALS_H

#include "api/call.h"

#define REFUSALS_INTERVAL_MS 60000
#define REFUSALS_KINDS 16
#define REFUSALS_IN_FULL 3
/* How many are told in one call of refusals_step, which runs between batches. */
#define REFUSALS_STEP 16

struct refusals;

struct refusals *refusals_new(const struct rng *rng); /* rng seeds its maps */
void refusals_free(struct refusals *l);               /* NULL is fine */

/* Records the outcome e, an error, of a call of a known principal, or counts it. A call of an
 * action that is not there is logged and not recorded. Errors are those of audit_add. */
int refusals_record(struct call *c, enum awserr e) MUST_CHECK;

/* Logs that a request's signer is not known, or counts it. key is the access key that it names. */
void refusals_unauthentic(struct call *c, struct str key, const char *why);
/* Logs that a request was turned away because too many wait, or counts it. */
void refusals_crowded(struct call *c);

/* Says whether the transaction was committed in which calls were recorded since the last time. If
 * it was not, their records are not there, and the next of their kinds are the first again. */
void refusals_settle(struct refusals *l, bool committed);

/* Tells what was counted, if the interval is over or at_once, in a transaction of its own, at most
 * REFUSALS_STEP at a time. True: there is more to tell, and it can be told now. */
bool refusals_step(struct api *api, bool at_once);

#endif
