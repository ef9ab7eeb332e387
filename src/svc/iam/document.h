/*
 * document: policy documents in requests and answers.
 */
#ifndef SVC_IAM_DOCUMENT_H
#define SVC_IAM_DOCUMENT_H

#include "api/call.h"
#include "iam/admit.h"

#define DOCUMENT_FIELD(name_, input, member) \
	{ \
		.name = (name_), .type = FIELD_STR, .at = offsetof(input, member), \
		.required = true, .form = FORM_POLICY_DOCUMENT, .min = 1, .max = 131072 \
	}

/* Checks a policy that is to be stored. AWSERR_NONE, or AWSERR_MALFORMED_POLICY with a message that
 * says what is wrong and where. */
enum awserr document_check(struct call *c, struct str document, enum admit_as as);

/* Writes a member of an answer: the document in URL encoding (RFC 3986; wire.md 7.7). */
void document_write(struct call *c, const char *name, struct str document);

#endif
