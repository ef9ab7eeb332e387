/*
 * policy: a policy document (wire.md 7.3), which is parsed once and kept compiled.
 *
 * Accepted is what the grammar of AWS accepts, strictly. A duplicate or unknown member, an unknown
 * operator, a value that is not of its operator's type, an action without a service, or a resource
 * that is neither "*" nor has the form of an ARN is an error that names its place
 * ("Statement[2].Condition.IpAddress..."). A name that AWS accepts and that means nothing here can
 * be stored; it just never matches: an action "iam:no such thing", a condition key without a colon.
 * What IAM refuses besides, when a document is written, is in iam/admit.h.
 *
 * What the user guide leaves open, or says only in passing:
 * - Case does not count in actions, names of condition keys (with the tag key in them), names of
 *   operators, "true" and "false". It counts in members, Effect, resources, principals and values.
 *   Of two tags whose keys differ only in case, the one spelled as in the policy is meant.
 * - "?" is one character, even if it takes several bytes of UTF-8.
 * - Lists are not empty, except for the values of a condition, of which then none matches.
 *   Condition, and an operator in it, may be {}; an operator that is {} may have any name.
 * - What is missing at the end of a resource's ARN, behind the service, is "*".
 * - A Sid consists of letters and digits, and is unique unless it is "".
 * - Numbers have up to 18 digits before the point and 9 behind it, and may have an exponent. They
 *   are compared exactly. Dates are in the forms of iam/moment.h.
 * - An IPv4 address mapped into IPv6 is that IPv4 address. Bits behind the prefix do not count.
 * - The values of BinaryEquals are base64, in the policy and in the request.
 * - Variables may be anywhere in the last part of a resource and in the values of String* and
 *   Arn*. ${*}, ${?} and ${$} are these characters. A variable without a default whose key is
 *   absent or has several values makes its resource or value match nothing: StringEquals is false,
 *   StringNotEquals true ("policy variables with no value"). A wildcard or a variable in the value
 *   of a variable has no meaning. Expanded, a value may have 4,096 bytes.
 * - A negated operator is the opposite of the other one: it is true when the key is absent or its
 *   value is not of the type. Without a set operator, a key with several values makes no
 *   operator true, negated or not (docs/decisions/0041).
 * - ForAllValues is true if every value of the key passes (for a negated operator: is none of
 *   those listed), and if there are none. ForAnyValue is true if at least one passes; for an
 *   absent key it is false, with a negated operator and with IfExists too.
 * - For Null, an entry without values is absent. So a policy can keep ForAllValues from being true
 *   for it.
 * - "ec2-instance-connect:osUser", which a guide of AWS names but AWS does not know, is read as
 *   ec2:osuser (docs/decisions/0010).
 */
#ifndef IAM_POLICY_H
#define IAM_POLICY_H

#include "iam/iam.h"

/* The longest document that is accepted. The quotas of the kinds of policies, which are much
 * smaller, are in svc/iam/quota.h. */
#define IAM_POLICY_MAX_BYTES 1048576

/*
 * Parses a document; what is kept of it is copied. type decides about Principal: a trust policy
 * (IAM_RESOURCE_POLICY) must have it and must not have Resource, and all others the other way
 * round. None may have NotPrincipal. The caller frees *ret. ERR_SYNTAX: ei says in printable ASCII
 * what is wrong and where
 * ("Statement[2].Effect: neither Allow nor Deny"). ERR_TOOBIG: longer than IAM_POLICY_MAX_BYTES.
 */
int iam_policy_parse(struct str json, enum iam_policy_type type, struct iam_policy **ret,
    struct errinfo *ei) MUST_CHECK;
void iam_policy_free(struct iam_policy *p); /* NULL is fine */

/*
 * The condition keys that the policy asks for, in conditions and in variables
 * (GetContextKeysForCustomPolicy). Each is listed once, as it was first written, sorted without
 * regard to case. The texts are views into p.
 */
size_t iam_policy_context_keys(const struct iam_policy *p, const struct str **ret);

#endif
