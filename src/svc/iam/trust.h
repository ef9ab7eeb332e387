/*
 * trust: the trust policies of roles are bound to the unique ids of the users and
 * roles that they name: whoever is deleted and made anew under the same name is not
 * trusted again. Source: IAM user guide, "AWS JSON policy elements: Principal".
 */
#ifndef SVC_IAM_TRUST_H
#define SVC_IAM_TRUST_H

#include "api/call.h"

/*
 * For act, of a document that document_check_trust has taken: what is to be stored.
 * ARNs of users and roles of the account are replaced by ids. All else stays: the
 * account and its root, sessions, principals of other accounts and kinds, ids. When
 * nothing is replaced, it is the document as sent; else it is in the call's arena.
 * AWSERR_MALFORMED_POLICY: one of them is not there, exactly so spelled.
 */
enum awserr trust_bind(struct call *c, struct str document, struct str *ret);

/* Writes the member AssumeRolePolicyDocument: ids of those that there are as the ARNs
 * they have now, of others as they are. */
enum awserr trust_write(struct call *c, struct str document);

#endif
