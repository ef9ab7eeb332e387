/*
 * auth: who asks? From a signed request to a principal.
 */
#ifndef API_AUTH_H
#define API_AUTH_H

#include "api/call.h"

/*
 * Fills principal, access_key_id and scope_service of c, and sets authentic.
 * AWSERR_NONE, or the answer. A key that is unknown, inactive or somebody
 * else's costs what a wrong signature costs: a signature is checked for it too.
 * A presigned request is refused (AWSERR_MISSING_AUTH), whoever signed it: only
 * the tunnel of wire.md 2.2 is asked for in that way.
 */
enum awserr auth_check(struct call *c);

#endif
