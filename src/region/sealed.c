/*
 * sealed: see sealed.h.
 */
#include "region/sealed.h"

#include "base/log.h"
#include "store/store_access_key.h"
#include "store/store_meta.h"

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

#define TRIALS_MAX 9 /* the decoy and what store_access_key_some gives */

/* The secrets that were tried, by the names of their rows. */
struct trials {
	struct str damaged[TRIALS_MAX];
	size_t n_damaged, n_opened;
};

/* An error says that nothing is known. */
static int
one_try(struct region *region, struct trials *t, struct str row, struct str sealed_secret)
{
	int r = open_try(region, sealed_secret);

	if (r == ERR_CRYPTO && t->n_damaged < TRIALS_MAX) {
		t->damaged[t->n_damaged++] = row;
		return 0;
	}
	t->n_opened += r == 0;
	return r;
}

/* The decoy is there since eicd init; access keys come and go. */
static int
all_try(struct region *region, struct arena *a, struct trials *t)
{
	struct store_access_key *keys;
	struct str decoy;
	size_t i, n;
	int r;

	if ((r = store_meta_get(region->store, a, STORE_META_DECOY_SECRET, &decoy)) == 0)
		r = one_try(region, t, STORE_META_DECOY_SECRET, decoy);
	if ((r != 0 && r != ERR_NOTFOUND) ||
	    (r = store_access_key_some(region->store, a, &keys, &n)) != 0)
		return r;
	for (i = 0; r == 0 && i < n; i++)
		r = one_try(region, t, keys[i].access_key_id, keys[i].sealed_secret);
	return r;
}

int
sealed_check(struct region *region, struct errinfo *ei)
{
	struct arena *a = arena_new(WORK_BYTES);
	struct trials t = { .n_damaged = 0 };
	size_t i;
	int r;

	if ((r = all_try(region, a, &t)) != 0) {
		err_set(ei, "no secret of the database could be tried");
	} else if (t.n_damaged > 0 && t.n_opened == 0) {
		err_set(ei,
		    "the key-encryption key is not that of this database; put back the one that "
		    "was made with it: %s",
		    region->settings->kek_file);
		r = ERR_CRYPTO;
	} else {
		for (i = 0; i < t.n_damaged; i++)
			log_warn("sealed-damaged", log_s("row", t.damaged[i]),
			    log_c("why",
				"this secret does not open, and others do: the row is damaged"));
	}
	arena_free(a);
	return r;
}
