/*
 * feed: puts relayed messages into the tables; see feed.h.
 */
#include "agent/feed.h"

#include "base/alloc.h"
#include "base/log.h"
#include "ipc/msg.h"
#include "link/ipc.h"

#define ARENA_BYTES (1u << 20)

struct feed {
	struct feed_opts o;
	struct arena *arena;
	uint64_t used;
};

static int64_t
now(const struct feed *f)
{
	return f->o.now_ms(f->o.ctx);
}

static int
key_put(struct feed *f, const struct link_key *d)
{
	struct guest *guest = guests_find(f->o.guests, d->instance_id);

	if (guest == NULL)
		return ERR_NOTFOUND;
	return keys_put(&guest->keys, d, now(f));
}

static void
key_remove(struct feed *f, const struct link_key_gone *d)
{
	struct guest *guest = guests_find(f->o.guests, d->instance_id);

	if (guest != NULL)
		keys_remove(&guest->keys, d->request_id);
}

static void
apply(struct feed *f, const struct link_message *m)
{
	int r = 0;

	switch (m->type) {
	case LINK_SIGNER:
		r = signers_put(f->o.signers, &m->signer, now(f));
		break;
	case LINK_GUEST:
		r = guests_put(f->o.guests, &m->guest);
		break;
	case LINK_GUEST_GONE:
		guests_remove(f->o.guests, m->guest_gone.instance_id);
		break;
	case LINK_KEY:
		r = key_put(f, &m->key);
		break;
	case LINK_KEY_GONE:
		key_remove(f, &m->key_gone);
		break;
	case LINK_SYNCED:
		guests_sweep(f->o.guests);
		f->o.synced(f->o.ctx);
		break;
	case LINK_RESET:
		guests_mark(f->o.guests);
		break;
	case LINK_HELLO:
	case LINK_CLOCK:
	case LINK_RENEW:
	case LINK_RENEWAL:
	case LINK_CERTIFICATE:
	case LINK_RENEWAL_REFUSED:
	case LINK_UNKNOWN:
		break;
	}
	if (r != 0)
		log_warn("left_out", log_i("type", m->type), log_e(r));
}

static int
on_message(void *ctx, struct ipc_in *in)
{
	struct feed *f = ctx;
	struct link_message m;
	int r;

	arena_reset(f->arena);
	if ((r = link_ipc_read(in, f->arena, &m)) == 0)
		apply(f, &m);
	return r;
}

static const struct ipc_rule rules[] = {
	{ .type = MSG_UI_RESET, .fn = on_message },
	{ .type = MSG_UI_SIGNER, .fn = on_message },
	{ .type = MSG_UI_GUEST, .fn = on_message },
	{ .type = MSG_UI_GUEST_GONE, .fn = on_message },
	{ .type = MSG_UI_KEY, .fn = on_message },
	{ .type = MSG_UI_KEY_GONE, .fn = on_message },
	{ .type = MSG_UI_SYNCED, .fn = on_message },
};

struct feed *
feed_new(const struct feed_opts *o)
{
	struct feed *f = xalloc(sizeof(*f));

	f->o = *o;
	f->arena = arena_new(ARENA_BYTES);
	return f;
}

void
feed_free(struct feed *f)
{
	if (f == NULL)
		return;
	arena_free(f->arena);
	xfree(f);
}

int
feed_take(struct feed *f, struct ipc_in *in)
{
	return ipc_dispatch(rules, sizeof(rules) / sizeof(rules[0]), &f->used, in, f);
}
