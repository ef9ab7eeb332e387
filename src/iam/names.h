/*
 * names: sorting names. The library's qsort asks the kernel how much memory there
 * is, which a confined process may not.
 */
#ifndef IAM_NAMES_H
#define IAM_NAMES_H

#include "base/str.h"

/* Equal ones stay in their order; n log n whatever they are. */
void names_sort(struct str *v, size_t n, int (*cmp)(struct str a, struct str b));
/* As str_cmp, without regard to case (ASCII). */
int names_cmp_nocase(struct str a, struct str b);

#endif
