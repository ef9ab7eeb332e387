/*
 * keys: live key entries of one guest; see keys.h. There are few at a time, so
 * a plain array in the order of arrival serves.
 */
#include "imds/keys.h"

#include "base/alloc.h"
#include "codec/blob.h"
#include "codec/osuser.h"
#include "codec/blob.h"
#include "imds/keep.h"

struct key {
	int64_t deadline_ms;
	struct str os_user, request_id, signer_id, entry;
	bool marked;
	char text[];
};

void
keys_release(struct keys *k)
{
	size_t i;

	for (i = 0; i < k->n; i++)
		xfree(k->v[i]);
	xfree(k->v);
	*k = (struct keys){ 0 };
}

/* One bad entry spoils a stock reader's whole lookup: what would break the
 * document apart is not taken (wire.md 5.3). */
static bool
entry_valid(struct str e)
{
	size_t i;

	if (e.n < 2 || e.p[e.n - 1] != '\n' || e.p[0] == '\n')
		return false;
	for (i = 0; i < e.n; i++) {
		if (e.p[i] == '\0' || e.p[i] == '\r')
			return false;
		if (e.p[i] == '\n' && i + 1 < e.n && e.p[i + 1] == '\n')
			return false;
	}
	return true;
}

int
keys_desc_check(const struct key_desc *d)
{
	if (d->entry.n > KEYS_MAX_ENTRY_BYTES || d->request_id.n > KEYS_MAX_ID_LEN ||
	    d->signer_id.n > KEYS_MAX_ID_LEN)
		return ERR_TOOBIG;
	if (!osuser_valid(d->os_user) || d->request_id.n == 0 || d->signer_id.n == 0 ||
	    !entry_valid(d->entry))
		return ERR_SYNTAX;
	return 0;
}

static struct key *
key_new(const struct key_desc *d)
{
	struct key *key =
	    xalloc(sizeof(*key) + d->os_user.n + d->request_id.n + d->signer_id.n + d->entry.n);
	char *at = key->text;

	key->deadline_ms = d->deadline_ms;
	key->os_user = keep_str(&at, d->os_user);
	key->request_id = keep_str(&at, d->request_id);
	key->signer_id = keep_str(&at, d->signer_id);
	key->entry = keep_str(&at, d->entry);
	return key;
}

/* Frees entry i; those behind move up, so that their order stays. */
static void
drop(struct keys *k, size_t i)
{
	xfree(k->v[i]);
	k->n--;
	memmove(k->v + i, k->v + i + 1, (k->n - i) * sizeof(*k->v));
}

static size_t
find(const struct keys *k, struct str request_id, struct str signer_id)
{
	size_t i;

	for (i = 0; i < k->n; i++) {
		if (str_eq(k->v[i]->request_id, request_id) &&
		    str_eq(k->v[i]->signer_id, signer_id))
			break;
	}
	return i;
}

int
keys_put(struct keys *k, const struct key_desc *d, int64_t now_ms)
{
	size_t i;
	int r;

	if ((r = keys_desc_check(d)) != 0)
		return r;
	i = find(k, d->request_id, d->signer_id);
	if (d->deadline_ms <= now_ms) {
		if (i < k->n)
			drop(k, i);
		return 0;
	}
	if (i < k->n) {
		xfree(k->v[i]);
		k->v[i] = key_new(d);
		return 0;
	}
	if (k->n == KEYS_MAX)
		keys_expire(k, now_ms);
	if (k->n == KEYS_MAX)
		return ERR_FULL;
	if (k->n == k->cap) {
		k->cap = k->cap == 0 ? 4 : k->cap * 2;
		k->v = xregrow(k->v, k->cap, sizeof(struct key *));
	}
	k->v[k->n++] = key_new(d);
	return 0;
}

void
keys_remove(struct keys *k, struct str request_id)
{
	size_t i;

	for (i = k->n; i-- > 0;) {
		if (str_eq(k->v[i]->request_id, request_id))
			drop(k, i);
	}
}

void
keys_expire(struct keys *k, int64_t now_ms)
{
	size_t i;

	for (i = k->n; i-- > 0;) {
		if (k->v[i]->deadline_ms <= now_ms)
			drop(k, i);
	}
}

static bool
is_live(const struct key *key, struct str signer_id, int64_t now_ms)
{
	return key->deadline_ms > now_ms && str_eq(key->signer_id, signer_id);
}

bool
keys_live(const struct keys *k, struct str user, struct str signer_id, int64_t now_ms)
{
	size_t i;

	for (i = 0; i < k->n; i++) {
		if (is_live(k->v[i], signer_id, now_ms) && str_eq(k->v[i]->os_user, user))
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

	for (i = 0; i < k->n; i++) {
		if (!is_live(k->v[i], signer_id, now_ms) || !str_eq(k->v[i]->os_user, user))
			continue;
		blob_append(out, k->v[i]->entry);
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
			    str_eq(k->v[j]->os_user, k->v[i]->os_user))
				break;
		}
		if (j < i)
			continue;
		buf_str(out, k->v[i]->os_user);
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
		j = find(k, k->v[i]->request_id, newer);
		if (j == k->n || k->v[j]->deadline_ms <= now_ms)
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
