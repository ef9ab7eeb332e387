/*
 * keys: the live keys of one guest; see keys.h. There are few at a time, so a plain array in
 * the order of their arrival is enough.
 */
#include "imds/keys.h"

#include "base/alloc.h"
#include "base/array.h"
#include "codec/blob.h"

struct key {
	struct link_key desc;
	char *block; /* the memory that desc points into */
	bool marked;
};

static void
key_free(struct key *key)
{
	xfree(key->block);
	xfree(key);
}

void
keys_release(struct keys *k)
{
	size_t i;

	for (i = 0; i < k->n; i++)
		key_free(k->v[i]);
	xfree(k->v);
	*k = (struct keys){ 0 };
}

static struct key *
key_new(const struct link_key *d)
{
	struct key *key = xalloc(sizeof(*key));

	key->desc = *d;
	key->block = link_own(LINK_KEY, &key->desc);
	return key;
}

/* Frees entry i and moves those behind it up, which keeps their order. */
static void
drop(struct keys *k, size_t i)
{
	key_free(k->v[i]);
	k->n--;
	memmove(k->v + i, k->v + i + 1, (k->n - i) * sizeof(*k->v));
}

static size_t
find(const struct keys *k, struct str request_id, struct str signer_id)
{
	size_t i;

	for (i = 0; i < k->n; i++) {
		if (str_eq(k->v[i]->desc.request_id, request_id) &&
		    str_eq(k->v[i]->desc.signer_id, signer_id))
			break;
	}
	return i;
}

int
keys_put(struct keys *k, const struct link_key *d, int64_t now_ms)
{
	size_t i;
	int r;

	if ((r = link_check(LINK_KEY, d, NULL)) != 0)
		return r;
	i = find(k, d->request_id, d->signer_id);
	if (d->deadline_ms <= now_ms) {
		if (i < k->n)
			drop(k, i);
		return 0;
	}
	if (i < k->n) {
		key_free(k->v[i]);
		k->v[i] = key_new(d);
		return 0;
	}
	if (k->n == KEYS_MAX)
		keys_expire(k, now_ms);
	if (k->n == KEYS_MAX)
		return ERR_FULL;
	k->v = array_room(k->v, k->n, &k->cap, sizeof(struct key *));
	k->v[k->n++] = key_new(d);
	return 0;
}

void
keys_remove(struct keys *k, struct str request_id)
{
	size_t i;

	for (i = k->n; i-- > 0;) {
		if (str_eq(k->v[i]->desc.request_id, request_id))
			drop(k, i);
	}
}

void
keys_expire(struct keys *k, int64_t now_ms)
{
	size_t i;

	for (i = k->n; i-- > 0;) {
		if (k->v[i]->desc.deadline_ms <= now_ms)
			drop(k, i);
	}
}

static bool
is_live(const struct key *key, struct str signer_id, int64_t now_ms)
{
	return key->desc.deadline_ms > now_ms && str_eq(key->desc.signer_id, signer_id);
}

bool
keys_live(const struct keys *k, struct str user, struct str signer_id, int64_t now_ms)
{
	size_t i;

	for (i = 0; i < k->n; i++) {
		if (is_live(k->v[i], signer_id, now_ms) && str_eq(k->v[i]->desc.os_user, user))
			return true;
	}
	return false;
}

int
keys_write(const struct keys *k, struct str user, struct str signer_id, int64_t now_ms,
    struct buf *out)
{
	bool any = false;
	size_t i;

	for (i = k->n; i-- > 0;) {
		if (!is_live(k->v[i], signer_id, now_ms) || !str_eq(k->v[i]->desc.os_user, user))
			continue;
		blob_append(out, k->v[i]->desc.entry);
		any = true;
	}
	return any ? 0 : ERR_NOTFOUND;
}

void
keys_users_write(const struct keys *k, struct str signer_id, int64_t now_ms, struct buf *out)
{
	size_t i, j;

	for (i = 0; i < k->n; i++) {
		if (!is_live(k->v[i], signer_id, now_ms))
			continue;
		for (j = 0; j < i; j++) {
			if (is_live(k->v[j], signer_id, now_ms) &&
			    str_eq(k->v[j]->desc.os_user, k->v[i]->desc.os_user))
				break;
		}
		if (j < i)
			continue;
		buf_str(out, k->v[i]->desc.os_user);
		buf_ch(out, '\n');
	}
}

bool
keys_covered(const struct keys *k, struct str older, struct str newer, int64_t now_ms)
{
	size_t i, j;

	for (i = 0; i < k->n; i++) {
		if (!is_live(k->v[i], older, now_ms))
			continue;
		j = find(k, k->v[i]->desc.request_id, newer);
		if (j == k->n || k->v[j]->desc.deadline_ms <= now_ms)
			return false;
	}
	return true;
}

void
keys_mark(struct keys *k)
{
	size_t i;

	for (i = 0; i < k->n; i++)
		k->v[i]->marked = true;
}

void
keys_sweep(struct keys *k)
{
	size_t i;

	for (i = k->n; i-- > 0;) {
		if (k->v[i]->marked)
			drop(k, i);
	}
}
