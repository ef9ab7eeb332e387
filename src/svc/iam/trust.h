/*
 * trust: binds the trust policies of roles to the unique ids of the users and roles that they name.
 * So nobody is trusted who only has the name of somebody who was deleted. Source: IAM user guide,
 * "AWS JSON policy elements: Principal".
 */
#ifndef SVC_IAM_TRUST_H
#define SVC_IAM_TRUST_H

#include "api/call.h"

/*
 * For act: makes what is to be stored of a document that document_check_trust has accepted. ARNs of
 * users and roles of the account are replaced by their ids. Everything else stays: accounts and
 * roots, sessions, other kinds of principals, those of other accounts, and ids. If nothing is
 * replaced, *ret is document itself; else it is in the call's arena. Returns AWSERR_NONE,
 * AWSERR_MALFORMED_POLICY (a user or role with exactly this ARN does not exist), or an internal
 * error.
 */
enum awserr trust_bind(struct call *c, struct str document, struct str *ret);

/* Writes the member AssumeRolePolicyDocument. Ids of users and roles that exist are written as the
 * ARNs that they have now, other ids as they are. AWSERR_NONE or an internal error. */
enum awserr trust_write(struct call *c, struct str document);

#endif
