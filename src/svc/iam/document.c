/*
 * document: see document.h.
 */
#include "svc/iam/document.h"

#include "codec/uri.h"
#include "iam/policy.h"

static enum awserr
check(struct call *c, struct str document, enum iam_policy_type type)
{
	struct errinfo ei = { "" };
	struct iam_policy *p;
	int r;

	if ((r = iam_policy_parse(document, type, &p, &ei)) != 0)
		return call_fail(c, AWSERR_MALFORMED_POLICY, "%s",
		    ei.text[0] != '\0' ? ei.text : err_text(r));
	iam_policy_free(p);
	return AWSERR_NONE;
}

enum awserr
document_check(struct call *c, struct str document)
{
	return check(c, document, IAM_IDENTITY_POLICY);
}

enum awserr
document_check_trust(struct call *c, struct str document)
{
	return check(c, document, IAM_RESOURCE_POLICY);
}

void
document_write(struct call *c, const char *name, struct str document)
{
	struct buf b;

	buf_init(&b, 3 * IAM_POLICY_MAX_BYTES);
	uri_encode(&b, document);
	out_str(&c->out, name, buf_view(&b));
	buf_release(&b);
}
