/*
 * arnpattern: patterns of ARNs, part by part: a wildcard does not cross the
 * colons before the last part, and crosses everything within it.
 */
#ifndef IAM_ARNPATTERN_H
#define IAM_ARNPATTERN_H

#include "iam/pattern.h"

#define ARNPATTERN_PARTS 5 /* partition, service, region, account, resource */
#define ARNPATTERN_ACCOUNT 3

struct arnpattern {
	bool any;   /* "*": whatever it is, an ARN or not */
	bool whole; /* part[0] is all of it */
	struct pattern part[ARNPATTERN_PARTS];
};

/* The parts behind "arn:"; of "*" and other texts none. */
struct arnpattern_subject {
	struct str text;
	bool is_arn;
	struct str part[ARNPATTERN_PARTS];
};

/* Of Resource: "*", or six parts with variables in the last one. ERR_SYNTAX. */
int arnpattern_resource_compile(struct compile *c, struct str raw,
    struct arnpattern *ret) MUST_CHECK;
/* Of a condition: six parts, or one variable. ERR_SYNTAX. */
int arnpattern_value_compile(struct compile *c, struct str raw, struct arnpattern *ret) MUST_CHECK;

struct arnpattern_subject arnpattern_subject_of(struct str text);
bool arnpattern_match(const struct arnpattern *p, const struct arnpattern_subject *s,
    const struct iam_context *ctx);

#endif
