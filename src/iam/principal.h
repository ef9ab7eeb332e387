/*
 * principal: Principal and NotPrincipal of a role's trust policy.
 */
#ifndef IAM_PRINCIPAL_H
#define IAM_PRINCIPAL_H

#include "iam/compile.h"
#include "iam/iam.h"

enum principal_kind {
	PRINCIPAL_EVERYBODY,
	PRINCIPAL_ACCOUNT, /* all of an account: its number */
	PRINCIPAL_ARN,     /* a user, a role, a session */
	PRINCIPAL_ID,      /* AIDA... or AROA...: as rebind puts it there */
	PRINCIPAL_OTHER,   /* a service, a federation: none that calls us */
};

struct principal {
	enum principal_kind kind;
	struct str value;
};

struct principal_list {
	const struct principal *v;
	size_t n;
};

/* How much is said about who asks; the more, the greater. */
enum principal_match {
	PRINCIPAL_NOT,
	PRINCIPAL_BY_ACCOUNT, /* its account, or everybody */
	PRINCIPAL_BY_ROLE,    /* the role of its session */
	PRINCIPAL_ITSELF,
};

/* v: the value of the element, and c's place is there. ERR_SYNTAX. */
int principal_compile(struct compile *c, const struct json *v,
    struct principal_list *ret) MUST_CHECK;
enum principal_match principal_match(const struct principal_list *l,
    const struct iam_principal *who);

#endif
