/*
 * principal: the Principal of a role's trust policy.
 */
#ifndef IAM_PRINCIPAL_H
#define IAM_PRINCIPAL_H

#include "iam/compile.h"
#include "iam/iam.h"

enum principal_kind {
	PRINCIPAL_EVERYBODY,
	PRINCIPAL_ACCOUNT,   /* all of an account; value is its number */
	PRINCIPAL_ARN,       /* of a user, a role or a session */
	PRINCIPAL_ID,        /* AIDA... or AROA..., put there by rebind */
	PRINCIPAL_FEDERATED, /* the ARN of a provider of identities */
	PRINCIPAL_OTHER,     /* a service, which never calls us */
};

struct principal {
	enum principal_kind kind;
	struct str value;
};

struct principal_list {
	const struct principal *v;
	size_t n;
};

/* How closely a list names the principal who asks. A greater value is closer. */
enum principal_match {
	PRINCIPAL_NOT,
	PRINCIPAL_BY_ACCOUNT, /* by its account, or a web identity with everybody */
	PRINCIPAL_BY_ROLE,    /* by the role of its session, or a session with everybody */
	PRINCIPAL_ITSELF,     /* by its own name, or a user with everybody */
};

/* v is the value of the element, and c's place is there. ERR_SYNTAX. */
int principal_compile(struct compile *c, const struct json *v,
    struct principal_list *ret) MUST_CHECK;
enum principal_match principal_match(const struct principal_list *l,
    const struct iam_principal *who);

#endif
