/*
 * auth: who asks? From a signed request to a principal.
 */
#ifndef API_AUTH_H
#define API_AUTH_H

#include "api/call.h"

/*
 * Begins to find out: reads the signature and asks keyd about it, so that keyd works
 * on all requests of a batch while the first of them are decided. Nothing is written.
 * auth_finish follows, once, in the batch's turn.
 */
void auth_begin(struct call *c);

/*
 * Takes keyd's answer. What an earlier request of the batch changed about the key
 * counts: it is looked up again, and keyd asked again where that matters.
 *
 * Fills principal, session, access_key_id and scope_service of c, and sets
 * authentic. AWSERR_NONE, or the answer. A key that is unknown, inactive or somebody
 * else's costs what a wrong signature costs: a signature is checked for it too; so
 * does a session token that does not open.
 *
 * Temporary credentials are good while their token is not expired and what they
 * rest on is there: the access key they go back to, active, and the role, or the
 * user that the key is of, by their ids (a new one of the same name is another).
 * A presigned request is refused (AWSERR_MISSING_AUTH), whoever signed it: only
 * the tunnel of wire.md 2.2 is asked for in that way.
 */
enum awserr auth_finish(struct call *c);

#endif
