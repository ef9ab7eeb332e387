/*
 * authz: may the principal do this? Puts together what iam decides on.
 */
#ifndef API_AUTHZ_H
#define API_AUTHZ_H

#include "api/call.h"

/*
 * The action on every one of its targets, each with its own tags. AWSERR_NONE,
 * or AWSERR_ACCESS_DENIED with the sentence that names the first one refused.
 */
enum awserr authz_check(struct call *c);

#endif
