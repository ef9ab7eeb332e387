/*
 * auth: finds the principal who signed a request.
 */
#ifndef API_AUTH_H
#define API_AUTH_H

#include "api/call.h"

/*
 * Reads the signature and asks keyd about it, so that keyd works on all requests of a batch while
 * the first of them are decided. Writes nothing to the store. auth_finish must follow once, when it
 * is this request's turn in the batch.
 */
void auth_begin(struct call *c);

/*
 * Takes keyd's answer. If an earlier request of the batch changed something, the key is looked up
 * again, and keyd is asked again if the key's secret is another one now.
 *
 * On success returns AWSERR_NONE, sets authentic, and fills principal, session, access_key_id and
 * scope_service of c. It also notes in the store when the key, or the role, was used last.
 * Otherwise returns the error to answer with. An unknown or inactive key costs the same time as a
 * wrong signature, because a signature is checked for it too, and so does a session token that does
 * not open.
 *
 * Temporary credentials are good until their token expires, as long as what they depend on is
 * there: the access key that asked for them must be active, and the user or role must still have
 * the same id (a new one of the same name is another one).
 *
 * Presigned requests are refused with AWSERR_MISSING_AUTH, whoever signed them: AWS has that form
 * only for the tunnel of wire.md 2.2.
 */
enum awserr auth_finish(struct call *c);

#endif
