/*
 * rebind: a trust policy with other names for the principals of AWS in it: their
 * unique ids for their ARNs, when it is written, and the other way round, when it is
 * shown. Source: IAM user guide, "AWS JSON policy elements: Principal".
 */
#ifndef IAM_REBIND_H
#define IAM_REBIND_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/*
 * text: one principal, as it stands in the member AWS of Principal or NotPrincipal.
 * *ret is text already; what it is set to lives until the next call. What is not 0
 * ends the walk.
 */
typedef int rebind_fn(void *ctx, struct str text, struct str *ret);

/*
 * Calls fn for each in their order, and appends the document with what it gives, and
 * all else as it was, without white space. *ret_changed: something is another; if
 * not, the document as it was is the better one. document: one that
 * iam_policy_parse takes, or else anything.
 * ERR_SYNTAX, ERR_DUP, ERR_TOOBIG: no JSON, or too big a document; or as fn.
 */
int rebind(struct str document, rebind_fn *fn, void *ctx, struct buf *out,
    bool *ret_changed) MUST_CHECK;

#endif
