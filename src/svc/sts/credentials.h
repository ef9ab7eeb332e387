/*
 * credentials: temporary credentials made, and told.
 */
#ifndef SVC_STS_CREDENTIALS_H
#define SVC_STS_CREDENTIALS_H

#include "api/call.h"

/*
 * Makes them for s, whose access key id and times it sets, good for duration_s from
 * now, and writes <Credentials>. The audit record has of it what nobody can use:
 * the access key id and the expiration. AWS records the session token as well: with
 * a secret that leaked elsewhere that would be enough to be let in.
 */
enum awserr credentials_write(struct call *c, struct session *s, int64_t duration_s);

#endif
