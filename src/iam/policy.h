/*
 * policy: a policy document (wire.md 7.3), parsed once and kept compiled.
 *
 * Accepted is what the grammar of AWS accepts, strictly: a duplicate or unknown
 * member, an unknown operator, a value that is not of its operator's type, an
 * action without a service, a resource that is neither "*" nor of an ARN's form
 * are all errors that name their place ("Statement[2].Condition.IpAddress...").
 * Every name that AWS accepts and that does nothing here can be stored: it just
 * never matches.
 *
 * What the user guide leaves open, or says in passing:
 * - Without regard to case: actions, names of condition keys (with the tag key
 *   in them), names of operators, "true" and "false". With: members, Effect,
 *   resources, principals, values. Of two tags that differ in case only, the one
 *   spelled as in the policy is meant.
 * - "?" is one character, also where it takes several bytes of UTF-8.
 * - Lists are not empty. Condition and an operator in it may be {}.
 * - A Sid is of letters and digits, and unique unless it is "".
 * - Numbers have up to 18 digits before the point and 9 behind, and may have an
 *   exponent; they are compared exactly. Dates: a year of 4 digits, YYYY-MM,
 *   YYYY-MM-DD, YYYY-MM-DDThh:mm[:ss[.fraction]] with Z or +hh:mm, from 1970
 *   on, or seconds since 1970.
 * - An address of IPv4 mapped into IPv6 is the one of IPv4. Bits behind the
 *   prefix do not count.
 * - A value of BinaryEquals, and of its key, is base 64.
 * - Variables are in the last part of a resource, and in the values of String*
 *   and Arn*: anywhere there. ${*} ${?} ${$} are the characters. A variable
 *   whose key is absent or has several values, and that has no default, makes
 *   its resource or value match nothing: StringEquals is false, StringNotEquals
 *   true ("policy variables with no value"). What stands for it is never a
 *   wildcard, nor a variable. Expanded, a value is at most 4,096 bytes.
 * - A negated operator is the opposite of the other: true when the key is
 *   absent, or its value is not of the type. Without a set operator a key with
 *   several values matches when one of them does.
 * - ForAllValues: every value of the key passes (the negated operator: is none of
 *   those listed), none at all too. ForAnyValue: at least one does; an absent key
 *   does not, with a negated operator either. IfExists is asked first.
 * - Null takes an entry without values for none: that is what keeps ForAllValues
 *   from passing on it.
 * - "ec2-instance-connect:osUser", which a guide of AWS names and AWS does not
 *   know, is read as ec2:osuser (docs/decisions/0010).
 */
#ifndef IAM_POLICY_H
#define IAM_POLICY_H

#include "iam/iam.h"

/* The longest text that is looked at: twice what 10,000 statements need. Quotas
 * of the kinds of policies (6,144 characters managed, 2,048 a user's inline ...)
 * are api's. */
#define IAM_POLICY_MAX_BYTES 1048576

/*
 * json: the document; copied as far as it is needed. type decides about
 * Principal: a trust policy (IAM_RESOURCE_POLICY) must have it and must not have
 * Resource, all others the other way round. The caller frees *ret.
 * ERR_SYNTAX: malformed, and ei says where and what ("Statement[2].Effect: neither
 * Allow nor Deny"), in printable ASCII. ERR_TOOBIG: longer than the maximum.
 */
int iam_policy_parse(struct str json, enum iam_policy_type type, struct iam_policy **ret,
    struct errinfo *ei) MUST_CHECK;
void iam_policy_free(struct iam_policy *p); /* NULL is fine */

size_t iam_policy_n_statements(const struct iam_policy *p);

/*
 * The condition keys that the policy asks for, each once, as first written,
 * sorted without regard to case; variables count too
 * (GetContextKeysForCustomPolicy). Views into p.
 */
size_t iam_policy_context_keys(const struct iam_policy *p, const struct str **ret);

/* Appends the statement as JSON text: for who may learn why. i: below n_statements. */
void iam_policy_statement_write(const struct iam_policy *p, size_t i, struct buf *b);

#endif
