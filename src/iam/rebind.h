/*
 * rebind: gives the AWS principals in a trust policy other names. Their ARNs become unique ids when
 * the policy is stored, and the other way round when it is shown. Source: IAM user guide, "AWS JSON
 * policy elements: Principal".
 */
#ifndef IAM_REBIND_H
#define IAM_REBIND_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/*
 * Returns the new name of one principal. text stands in the member AWS of Principal. *ret is text
 * already; what fn sets it to must live until the next call. Anything
 * but 0 ends the walk.
 */
typedef int rebind_fn(void *ctx, struct str text, struct str *ret);

/*
 * Calls fn for each principal in its order, and appends the document with the names that fn
 * returns. Everything else is kept, except white space. *ret_changed says whether a name is another
 * one now; if not, the document as it was is the better one. document need not be one that
 * iam_policy_parse accepts. ERR_SYNTAX, ERR_DUP (not JSON, or a member twice), ERR_TOOBIG (too
 * large or too deep, or out is full), or the error of fn.
 */
int rebind(struct str document, rebind_fn *fn, void *ctx, struct buf *out,
    bool *ret_changed) MUST_CHECK;

#endif
