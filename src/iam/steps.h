/*
 * steps: the work that a decision may still do. A step is about one byte that is looked at or
 * copied, or one element of a list that is visited. Work is counted and not timed, so that the same
 * request is decided in the same way on every machine.
 */
#ifndef IAM_STEPS_H
#define IAM_STEPS_H

#include <stdbool.h>
#include <stdint.h>

struct steps {
	uint64_t left; /* 0: used up, and whatever was found out since is worth nothing */
};

/* Takes n steps, before or right after the work. False: there are not so many left. Then none is
 * left, and the caller gives up with any result, since the decision will be a denial. */
static inline bool
steps_take(struct steps *s, uint64_t n)
{
	if (s->left <= n) {
		s->left = 0;
		return false;
	}
	s->left -= n;
	return true;
}

#endif
