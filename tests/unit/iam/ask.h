/* ask: makes policies, requests and contexts from short texts, for the tests of iam. */
#ifndef ASK_H
#define ASK_H

#include "iam/policy.h"

#define ASK_ACCOUNT "123456789012"
#define ASK_USER "arn:aws:iam::" ASK_ACCOUNT ":user/alice"
#define ASK_ROLE "arn:aws:iam::" ASK_ACCOUNT ":role/p/R"
#define ASK_SESSION "arn:aws:sts::" ASK_ACCOUNT ":assumed-role/R/s"
#define ASK_ROOT "arn:aws:iam::" ASK_ACCOUNT ":root"
#define ASK_INSTANCE "arn:aws:ec2:eu-lab-1:" ASK_ACCOUNT ":instance/i-0123456789abcdef0"
#define ASK_PUSH "ec2-instance-connect:SendSSHPublicKey"

#define ASK_POLICIES 4

struct ask {
	/* ASK_USER, ASK_SESSION or ASK_ROOT; NULL: ASK_USER. */
	const char *arn;
	const char *action, *resource; /* NULL: ASK_PUSH, ASK_INSTANCE */
	const char *resource2;         /* or NULL */
	/* "KEY=VALUE|VALUE;KEY=VALUE;KEY": the last has no values. Or NULL. */
	const char *context;
	struct {
		enum iam_policy_type type;
		const char *json; /* NULL: no more */
	} policies[ASK_POLICIES];
};

/* The request is valid as long as the answer is not released. */
struct ask_answer {
	struct iam_decision d;
	struct iam_request req;
	struct iam_principal principal;
	struct str resources[2];
	struct iam_attached_policy attached[ASK_POLICIES];
	struct iam_policy *policies[ASK_POLICIES];
	size_t n;
	struct arena *arena;
};

/* Fails the test when a policy does not parse. Policies are called "p0" ... */
void ask(const struct ask *q, struct ask_answer *ret);
void ask_release(struct ask_answer *a);

#endif
