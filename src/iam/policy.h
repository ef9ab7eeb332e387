/*
 * policy: a policy document (wire.md 7.3), parsed once and kept compiled.
 *
 * Accepted is what the grammar of AWS accepts, strictly: a duplicate or unknown
 * member, an unknown operator, a value that is not of its operator's type, an
 * action without a service, a resource that is neither "*" nor of an ARN's form
 * are all errors that name their place ("Statement[2].Condition.IpAddress...").
 * Every name that AWS accepts and that does nothing here can be stored: it just
 * never matches.
 */
#ifndef IAM_POLICY_H
#define IAM_POLICY_H

#include "iam/iam.h"

/* The longest text that is looked at. Quotas of the kinds of policies (6,144
 * characters managed, 2,048 a user's inline ...) are api's. */
#define IAM_POLICY_MAX_BYTES 131072

/*
 * json: the document; copied as far as it is needed. type decides about
 * Principal: a trust policy (IAM_RESOURCE_POLICY) must have it and must not have
 * Resource, all others the other way round. The caller frees *ret.
 * ERR_SYNTAX: malformed, and ei says what and where, without values that are
 * longer than 64 bytes. ERR_TOOBIG.
 */
int iam_policy_parse(struct str json, enum iam_policy_type type, struct iam_policy **ret,
    struct errinfo *ei) MUST_CHECK;
void iam_policy_free(struct iam_policy *p);	/* NULL is fine */

size_t iam_policy_n_statements(const struct iam_policy *p);

/*
 * The condition keys that the policy asks for, each once, as written, sorted;
 * variables count too (GetContextKeysForCustomPolicy). Views into p.
 */
size_t iam_policy_context_keys(const struct iam_policy *p, const struct str **ret);

/* Appends the statement as JSON text: for who may learn why. i: below n_statements. */
void iam_policy_statement_write(const struct iam_policy *p, size_t i, struct buf *b);

#endif
