/*
 * hashing: see hashing.h.
 */
#include "api/hashing.h"

#include "api/parked.h"

static int
take(struct buf *out, const struct buf *in)
{
	buf_str(out, buf_view(in));
	return buf_err(out);
}

int
hashing_new_password(struct call *c, struct str user_id, struct str password,
    struct buf *ret_sealed)
{
	const struct keyd_hash q = { .kind = KEYD_NEW_PASSWORD, .text = password };
	const struct keyd_hash_answer *a;
	int r;

	if ((r = parked_ask(c, user_id, &q, &a)) != 0)
		return r;
	return take(ret_sealed, &a->first);
}

int
hashing_check_password(struct call *c, struct str user_id, struct str sealed, struct str password,
    bool *ret_right)
{
	const struct keyd_hash q = { .kind = KEYD_CHECK_PASSWORD,
		.sealed = sealed,
		.text = password };
	const struct keyd_hash_answer *a;
	int r;

	if ((r = parked_ask(c, user_id, &q, &a)) != 0)
		return r;
	*ret_right = a->right;
	return 0;
}

int
hashing_new_totp(struct call *c, struct str serial_number, struct buf *ret_base32,
    struct buf *ret_sealed)
{
	const struct keyd_hash q = { .kind = KEYD_NEW_TOTP };
	const struct keyd_hash_answer *a;
	int r;

	if ((r = parked_ask(c, serial_number, &q, &a)) != 0 ||
	    (r = take(ret_base32, &a->first)) != 0)
		return r;
	return take(ret_sealed, &a->second);
}

int
hashing_check_totp(struct call *c, struct str serial_number, const struct keyd_hash *q,
    uint64_t *ret_step)
{
	const struct keyd_hash_answer *a;
	int r;

	if ((r = parked_ask(c, serial_number, q, &a)) != 0)
		return r;
	*ret_step = a->step;
	return 0;
}
