/*
 * later: see later.h.
 */
#include "region/later.h"

int
later_take(struct region *region, const struct keyd_hash *wanted, struct keyd_question **q,
    bool wait, struct keyd_hash_answer *ret)
{
	const struct keyd_port *keyd = region->keyd;
	int r;

	if (*q == NULL)
		*q = keyd->hash_begin(keyd->ctx, wanted);
	if (!wait && !keyd->hash_ready(keyd->ctx, *q))
		return ERR_AGAIN;
	r = keyd->hash_finish(keyd->ctx, *q, wanted, ret);
	*q = NULL;
	return r;
}

void
later_drop(struct region *region, enum keyd_hash_kind kind, struct keyd_question **q)
{
	const struct keyd_hash wanted = { .kind = kind };
	struct keyd_hash_answer a;

	if (*q == NULL)
		return;
	(void)!later_take(region, &wanted, q, true, &a);
	buf_wipe(&a.first);
	buf_wipe(&a.second);
}
