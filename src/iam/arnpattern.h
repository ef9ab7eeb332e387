/*
 * arnpattern: patterns of ARNs, which are compared part by part. A wildcard matches no colon before
 * the last part, and any character in it.
 */
#ifndef IAM_ARNPATTERN_H
#define IAM_ARNPATTERN_H

#include "iam/pattern.h"

#define ARNPATTERN_PARTS 5 /* partition, service, region, account, resource */
#define ARNPATTERN_ACCOUNT 3

struct arnpattern {
	bool any;   /* the pattern is "*": it matches anything, an ARN or not */
	bool whole; /* part[0] is the pattern of the whole text */
	struct pattern part[ARNPATTERN_PARTS];
};

/* What is compared with a pattern. part has what follows "arn:"; "*" and other texts have no
 * parts. */
struct arnpattern_subject {
	struct str text;
	bool is_arn;
	struct str part[ARNPATTERN_PARTS];
};

/* Compiles the text of a Resource: "*", or an ARN with variables only in the last one of six parts.
 * What is missing behind the service is "*": "arn:aws:ec2:*" is any resource of ec2. ERR_SYNTAX. */
int arnpattern_resource_compile(struct compile *c, struct str raw,
    struct arnpattern *ret) MUST_CHECK;
/* Compiles the value of a condition: an ARN of six parts, or a variable alone. ERR_SYNTAX. */
int arnpattern_value_compile(struct compile *c, struct str raw, struct arnpattern *ret) MUST_CHECK;

struct arnpattern_subject arnpattern_subject_of(struct str text);
bool arnpattern_match(const struct arnpattern *p, const struct arnpattern_subject *s,
    struct matching *m);

#endif
