/*
 * keys_kek: a new key-encryption key. All that is sealed in the database is opened with the old one
 * and sealed with the new one, in one transaction, and then the database is written anew, so that
 * nothing that the old key opens is left in free pages.
 *
 * From before the transaction until after it the file holds both keys, the new one first: eicd
 * starts at any moment of it, and what was interrupted goes on when it is run again. Session tokens
 * and encoded messages are sealed, too, but with those who got them: they end with the old key.
 */
#include "base/secret.h"
#include "daemon/keys.h"
#include "daemon/upkeep.h"
#include "proc/file.h"
#include "store/store_sealed.h"

#define PAGE_BYTES (16u << 20)

/* Reads the text of the key's file. */
static int
text_read(struct keys *k, struct buf *ret, struct errinfo *ei)
{
	struct seal *seal;
	int r;

	if ((r = file_read_secret(k->in.s.kek_file, 0400, ret, ei)) != 0)
		return r;
	if ((r = seal_parse(buf_view(ret), &seal)) != 0)
		err_set(ei, "%s: not a key-encryption key", k->in.s.kek_file);
	else
		seal_free(seal);
	return r;
}

static int
text_write(struct keys *k, struct str text, struct errinfo *ei)
{
	const struct init_file v = { k->in.s.kek_file, 0400, { 0, 0 } };
	int r;

	if ((r = init_files_replace(k->in.files, &v, text, ei)) != 0)
		return r;
	return init_files_commit(k->in.files, ei);
}

int
keys_kek_begin(struct keys *k, struct errinfo *ei)
{
	struct buf old, both;
	int r;

	buf_init(&old, KEYS_MAX_FILE_BYTES);
	buf_init(&both, KEYS_MAX_FILE_BYTES);
	/* With two in the file an earlier try goes on. */
	if ((r = text_read(k, &old, ei)) == 0 && old.n == SEAL_KEK_TEXT_BYTES) {
		seal_kek_write(k->in.rng, &both);
		buf_str(&both, buf_view(&old));
		r = text_write(k, buf_view(&both), ei);
	}
	buf_wipe(&both);
	buf_wipe(&old);
	return r;
}

/* What a row is sealed for. False: by nobody who can open it. */
static bool
purpose_of(enum store_sealed_place place, const struct store_sealed *v, enum seal_purpose *ret)
{
	static const enum seal_purpose purposes[] = {
		[STORE_SEALED_ACCESS_KEY] = SEAL_ACCESS_KEY,
		[STORE_SEALED_PASSWORD] = SEAL_PASSWORD,
		[STORE_SEALED_SEED] = SEAL_TOTP,
		[STORE_SEALED_DECOY] = SEAL_ACCESS_KEY,
	};

	if (place == STORE_SEALED_PKI)
		return init_keys_purpose((enum store_pki_kind)v->kind, ret);
	*ret = purposes[place];
	return true;
}

static int
reseal(struct init *in, enum store_sealed_place place, const struct store_sealed *v,
    struct errinfo *ei)
{
	struct secret *plain = NULL;
	enum seal_purpose purpose;
	struct buf sealed;
	int r = ERR_CRYPTO;

	if (v->sealed.n == 0 || seal_is_present(in->seal, v->sealed))
		return 0;
	buf_init(&sealed, SEAL_MAX_PLAIN_BYTES + SEAL_OVERHEAD_BYTES);
	if (!purpose_of(place, v, &purpose) ||
	    (r = seal_unwrap(in->seal, purpose, v->sealed, &plain)) != 0)
		err_set(ei, "%s does not open what is in the database", in->s.kek_file);
	else if ((r = seal_wrap(in->seal, purpose, str_of_n(secret_bytes(plain), secret_len(plain)),
		      in->rng, &sealed)) == 0)
		r = store_sealed_set(in->store, place, v->id, buf_view(&sealed));
	secret_free(plain);
	buf_release(&sealed);
	return r;
}

/* Seals all of a place anew, page by page. */
static int
place_reseal(struct init *in, enum store_sealed_place place, struct arena *page, struct errinfo *ei)
{
	struct str after = STR("");
	struct store_sealed *v;
	size_t i, n;
	char id[256];
	int r;

	do {
		arena_reset(page);
		if ((r = store_sealed_list(in->store, page, place, after, &v, &n)) != 0)
			return r;
		for (i = 0; i < n; i++)
			if ((r = reseal(in, place, &v[i], ei)) != 0)
				return r;
		if (n > 0) {
			if ((r = str_copy(id, sizeof(id), v[n - 1].id)) != 0)
				return r;
			after = str_of(id);
		}
	} while (n > 0);
	return 0;
}

int
keys_kek(struct keys *k, struct errinfo *ei)
{
	struct arena *page;
	int place, r;

	if ((r = keys_root_upgraded(k, ei)) != 0)
		return r;
	page = arena_new(PAGE_BYTES);
	for (place = 0; r == 0 && place < STORE_SEALED_PLACES; place++)
		r = place_reseal(&k->in, (enum store_sealed_place)place, page, ei);
	arena_free(page);
	return r;
}

int
keys_kek_end(struct keys *k, struct errinfo *ei)
{
	struct buf text;
	int r;

	buf_init(&text, KEYS_MAX_FILE_BYTES);
	if ((r = store_vacuum(k->in.store)) != 0 || (r = upkeep_become_root(ei)) != 0 ||
	    (r = text_read(k, &text, ei)) != 0 ||
	    (r = text_write(k, str_head(buf_view(&text), SEAL_KEK_TEXT_BYTES), ei)) != 0)
		goto out;
	r = upkeep_become_core(&k->in.core, ei);
out:
	buf_wipe(&text);
	return r;
}
