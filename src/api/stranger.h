/*
 * stranger: requests without a signature, for the actions that are called so
 * (sts:AssumeRoleWithWebIdentity): what they say of the caller is found out from their input. All
 * other requests without a signature are refused by auth.c.
 */
#ifndef API_STRANGER_H
#define API_STRANGER_H

#include "api/call.h"

/* Has the request no signature, and is it for an action that is called so? The answer costs a look
 * through at most STRANGER_MAX_BODY bytes. */
bool stranger_asks(const struct call *c);
#define STRANGER_MAX_BODY (1u << 16)

/*
 * Takes a token of the bucket that each address has for these requests (as many as a principal has
 * of its own: the settings api_rate and api_burst; 100 and 200 if api_rate is 0), reads the request
 * and lets the action's identify find out who calls. The call's owner is the address, as a genuine
 * token may be anybody's (docs/decisions/0058). AWSERR_NONE: the call is authentic. Otherwise the
 * error to answer with, which is logged or counted (api/refusals.h) and not recorded: it is
 * nobody's.
 */
enum awserr stranger_identify(struct call *c);

#endif
