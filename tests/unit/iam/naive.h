/*
 * naive: a second evaluator, to check the decisions of the engine. It was written from IAM's user
 * guide alone and is as simple as possible: for each question it walks the parsed JSON of each
 * policy, substitutes variables by copying, and matches wildcards by trying. It is for valid
 * policies and requests only.
 */
#ifndef TESTS_IAM_NAIVE_H
#define TESTS_IAM_NAIVE_H

#include "codec/json.h"
#include "iam/iam.h"

struct naive_policy {
	enum iam_policy_type type;
	const struct json *doc;
};

struct naive_verdict {
	enum iam_effect effect;
	enum iam_reason reason;
};

struct naive_verdict naive_decide(const struct iam_request *req,
    const struct naive_policy *policies, size_t n_policies);

/* Whether statement i, counted from 0, speaks of the request on this resource. */
bool naive_applies(const struct naive_policy *p, size_t i, const struct iam_request *req,
    struct str resource);
enum iam_effect naive_effect(const struct naive_policy *p, size_t i);
size_t naive_n_statements(const struct naive_policy *p);

#endif
