/*
 * credentials: makes temporary credentials and writes them into the answer.
 */
#ifndef SVC_STS_CREDENTIALS_H
#define SVC_STS_CREDENTIALS_H

#include "api/call.h"

/*
 * Sets the access key id and the times of s, makes credentials that are good for duration_s from
 * now, and writes <Credentials>. The audit record gets only what is of no use to anybody: the
 * access key id and the expiration. AWS records the session token as well, but together with a
 * secret that leaked elsewhere the token would let somebody in. AWSERR_NONE or an internal error.
 */
enum awserr credentials_write(struct call *c, struct session *s, int64_t duration_s);

#endif
