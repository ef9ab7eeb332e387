/*
 * sealed: see sealed.h.
 */
#include "region/sealed.h"

#include "store/store_access_key.h"

#define WORK_BYTES (1u << 16)

/* The question is whether a signature is right that nobody made. The answer does not matter, but
 * keyd has to open the secret for it. */
static int
open_try(struct region *region, struct str sealed_secret)
{
	static const uint8_t signature[32];
	const struct keyd_verify v = { .sealed_secret = sealed_secret,
		.date = STR("19700101"),
		.region = region->name,
		.service = STR("ec2"),
		.string_to_sign = STR("is this secret ours"),
		.signature = signature };
	const struct keyd_port *p = region->keyd;
	bool valid;

	return p->verify_finish(p->ctx, p->verify_begin(p->ctx, &v), &valid);
}

int
sealed_check(struct region *region, struct errinfo *ei)
{
	struct arena *a = arena_new(WORK_BYTES);
	struct store_access_key key;
	int r;

	if ((r = store_access_key_any(region->store, a, &key)) == 0)
		r = open_try(region, key.sealed_secret);
	else if (r == ERR_NOTFOUND)
		r = 0;
	if (r == ERR_CRYPTO)
		err_set(ei,
		    "the key-encryption key is not that of this database; put back the one that "
		    "was made with it: %s",
		    region->settings->kek_file);
	else if (r != 0)
		err_set(ei, "no secret of the database could be tried");
	arena_free(a);
	return r;
}
