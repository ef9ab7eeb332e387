/*
 * names: sorts names. The C library's qsort asks the kernel how much memory there is, which a
 * confined process may not do.
 */
#ifndef IAM_NAMES_H
#define IAM_NAMES_H

#include "base/str.h"

/* Equal names keep their order. Takes n log n comparisons at most, whatever the names are. */
void names_sort(struct str *v, size_t n, int (*cmp)(struct str a, struct str b));
/* As str_cmp, but without regard to case (ASCII). */
int names_cmp_nocase(struct str a, struct str b);

#endif
