/*
 * keep: texts into a block; see keep.h.
 */
#include "imds/keep.h"

struct str
keep_str(char **at, struct str s)
{
	struct str kept = { *at, s.n };

	if (s.n > 0)
		memcpy(*at, s.p, s.n);
	*at += s.n;
	return kept;
}
