/*
 * violation: what is wrong with the parameters of a request to IAM or STS. These services look at
 * all parameters and then tell all that is wrong in one message, "2 validation errors detected:
 * Value 'x' at 'roleArn' failed to satisfy constraint: Member must ...; Value ...". Sources: the
 * answers of STS in getmoto/moto issue 9218, newscorpaus/consigliere issue 18 and mmmorris1975/
 * aws-runas issue 80, of IAM in SWO-GS/auto-tag issue 90, all on github.com.
 */
#ifndef API_VIOLATION_H
#define API_VIOLATION_H

#include "api/call.h"

/* Notes that the value of f at path does not satisfy a constraint. fmt: what it must, "have length
 * less than or equal to 64". value is not in the message if it may be a secret: if its row is not
 * recorded, if it is longer than 256 bytes, or if it is of a tag, as on AWS (juspay/
 * hyperswitch-suite pull request 323). value.p may be NULL: then there is none. */
void violation_add(struct call *c, const struct field *f, struct str path, struct str value,
    const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* Notes that a required parameter is missing. */
void violation_missing(struct call *c, struct str path);
/* The refusal of a request with violations, AWSERR_VALIDATION. AWSERR_NONE: it has none. */
enum awserr violation_end(struct call *c);

#endif
