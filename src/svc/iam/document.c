/*
 * document: see document.h.
 */
#include "svc/iam/document.h"

#include "codec/uri.h"
#include "iam/admit.h"
#include "iam/policy.h"

enum awserr
document_check(struct call *c, struct str document, enum admit_as as)
{
	enum awserr e = AWSERR_NONE;
	struct errinfo ei = { "" };
	struct iam_policy *p = NULL;
	struct buf why;
	int r;

	buf_init(&why, 4096);
	r = iam_policy_parse(document,
	    as == ADMIT_TRUST ? IAM_RESOURCE_POLICY : IAM_IDENTITY_POLICY, &p, &ei);
	if (r != 0)
		e = call_fail(c, AWSERR_MALFORMED_POLICY, "%s",
		    ei.text[0] != '\0' ? ei.text : err_text(r));
	else if (admit_check(p, as, &why) != 0)
		e = call_fail(c, AWSERR_MALFORMED_POLICY, "%.*s", STR_FMT(buf_view(&why)));
	iam_policy_free(p);
	buf_release(&why);
	return e;
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
