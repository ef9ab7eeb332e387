/*
 * newkey: see newkey.h.
 */
#include "region/newkey.h"

static int
finish(struct region *region, const struct keyd_hash *asked, struct keyd_question **q,
    struct keyd_hash_answer *ret)
{
	int r = region->keyd->hash_finish(region->keyd->ctx, *q, asked, ret);

	*q = NULL;
	return r;
}

int
newkey_take(struct region *region, uint8_t kind, struct keyd_question **q, bool wait,
    struct buf *ret_sealed, struct buf *ret_public)
{
	const struct keyd_hash wanted = { .kind = KEYD_NEW_KEY, .key_kind = kind };
	struct keyd_hash_answer a;
	int r;

	if (*q == NULL)
		*q = region->keyd->hash_begin(region->keyd->ctx, &wanted);
	if (!wait && !region->keyd->hash_ready(region->keyd->ctx, *q))
		return ERR_AGAIN;
	if ((r = finish(region, &wanted, q, &a)) == 0) {
		buf_str(ret_sealed, buf_view(&a.first));
		buf_str(ret_public, buf_view(&a.second));
		if ((r = buf_err(ret_sealed)) == 0)
			r = buf_err(ret_public);
	}
	buf_wipe(&a.first);
	buf_wipe(&a.second);
	return r;
}

void
newkey_drop(struct region *region, uint8_t kind, struct keyd_question **q)
{
	const struct keyd_hash wanted = { .kind = KEYD_NEW_KEY, .key_kind = kind };
	struct keyd_hash_answer a;

	if (*q == NULL)
		return;
	(void)!finish(region, &wanted, q, &a);
	buf_wipe(&a.first);
	buf_wipe(&a.second);
}
