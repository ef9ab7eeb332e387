/*
 * arn: Amazon Resource Names, "arn:partition:service:region:account:resource".
 * The resource is the rest and may hold colons and slashes.
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
	struct str resource; /* never empty: "instance/i-0123..." */
};

/* Views into s. ERR_SYNTAX; ERR_TOOBIG beyond ARN_MAX_BYTES. */
int arn_parse(struct str s, struct arn *ret) MUST_CHECK;
void arn_write(struct buf *b, const struct arn *arn);

/* True when s is 12 digits. */
bool arn_account_valid(struct str s);

#endif
