/*
 * arn: Amazon Resource Names, "arn:partition:service:region:account:resource". The resource is
 * all that follows the account, and may have colons and slashes.
 */
#ifndef AWS_ARN_H
#define AWS_ARN_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define ARN_MAX_BYTES 2048

struct arn {
	struct str partition; /* "aws" */
	struct str service;
	struct str region;   /* may be empty (iam) */
	struct str account;  /* 12 digits; may be empty, or "aws" for managed policies */
	struct str resource; /* "instance/i-0123..."; never empty */
};

/* Parses s; *ret has views into it. ERR_SYNTAX; ERR_TOOBIG when it is longer than
 * ARN_MAX_BYTES. */
int arn_parse(struct str s, struct arn *ret) MUST_CHECK;
void arn_write(struct buf *b, const struct arn *arn); /* appends */

/* The name at the end of an ARN, behind the path of its resource; arn itself when there is no
 * slash. */
struct str arn_name(struct str arn);

/* True when s is 12 digits. */
bool arn_account_valid(struct str s);

#endif
