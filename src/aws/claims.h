/*
 * claims: the first bytes of what temporary credentials say, which both core and keyd read: core,
 * to decide on a request (api/session.h has the rest), and keyd, so that it seals no session that
 * lasts longer than AWS's do.
 */
#ifndef AWS_CLAIMS_H
#define AWS_CLAIMS_H

#include <stdint.h>

#include "base/buf.h"
#include "base/rd.h"

/* The longest session that there is: GetSessionToken of a user, 36 hours (STS API reference). */
#define CLAIMS_MAX_LIFETIME_S 129600

struct claims_head {
	uint8_t type; /* enum iam_principal_type */
	bool mfa, chained;
	int64_t issued_at, expires_at;
	int64_t mfa_at; /* 0: without MFA */
};

/* Appends version, type, flags and times. */
void claims_head_write(struct buf *b, const struct claims_head *v);
/* The opposite; r then stands behind it. ERR_SYNTAX: not what claims_head_write makes. */
int claims_head_read(struct rd *r, struct claims_head *ret) MUST_CHECK;

#endif
