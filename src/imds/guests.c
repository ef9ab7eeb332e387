/*
 * guests: the table of guests, found by id and by address; see guests.h.
 */
#include "imds/guests.h"

#include "base/alloc.h"
#include "base/map.h"

/* The maps' keys are the id and the address inside the guest itself, so a guest is taken out
 * of a map before that memory changes. A guest whose address was given to another guest is
 * in by_id only. */
struct guests {
	struct map *by_id, *by_ip;
};

struct guests *
guests_new(const struct rng *rng)
{
	struct guests *g = xalloc(sizeof(*g));

	g->by_id = map_new(rng);
	g->by_ip = map_new(rng);
	return g;
}

static void
guest_free(struct guest *g)
{
	keys_release(&g->keys);
	token_release(&g->tokens);
	xfree(g->block);
	xfree(g);
}

void
guests_free(struct guests *g)
{
	struct guest *guest;
	size_t at = 0;

	if (g == NULL)
		return;
	while ((guest = map_next(g->by_id, &at)) != NULL)
		guest_free(guest);
	map_free(g->by_id);
	map_free(g->by_ip);
	xfree(g);
}

struct guest *
guests_find(const struct guests *g, struct str instance_id)
{
	return map_get(g->by_id, instance_id);
}

static struct str
ip_key(const struct in6_addr *ip)
{
	return str_of_n(ip, sizeof(*ip));
}

struct guest *
guests_find_ip(const struct guests *g, const struct in6_addr *ip)
{
	return map_get(g->by_ip, ip_key(ip));
}

static void
ip_unlink(struct guests *g, const struct guest *guest)
{
	if (guests_find_ip(g, &guest->ip) == guest)
		map_remove(g->by_ip, ip_key(&guest->ip));
}

int
guests_put(struct guests *g, const struct link_guest *d)
{
	struct guest *guest;
	struct in6_addr ip;
	char *before;
	int r;

	if ((r = link_check(LINK_GUEST, d, NULL)) != 0 ||
	    (r = link_address_parse(d->private_ip, &ip)) != 0)
		return r;
	if ((guest = guests_find(g, d->instance_id)) == NULL) {
		if (map_count(g->by_id) == GUESTS_MAX)
			return ERR_FULL;
		guest = xalloc(sizeof(*guest));
	} else {
		ip_unlink(g, guest);
	}
	before = guest->block;
	guest->desc = *d;
	guest->block = link_own(LINK_GUEST, &guest->desc);
	guest->ip = ip;
	guest->marked = false;
	map_put(g->by_id, guest->desc.instance_id, guest);
	map_put(g->by_ip, ip_key(&guest->ip), guest);
	/* Only now, as the id in this block was the key in by_id until map_put. */
	xfree(before);
	return 0;
}

static void
guest_remove(struct guests *g, struct guest *guest)
{
	ip_unlink(g, guest);
	map_remove(g->by_id, guest->desc.instance_id);
	guest_free(guest);
}

void
guests_remove(struct guests *g, struct str instance_id)
{
	struct guest *guest = guests_find(g, instance_id);

	if (guest != NULL)
		guest_remove(g, guest);
}

void
guests_mark(struct guests *g)
{
	struct guest *guest;
	size_t at = 0;

	while ((guest = map_next(g->by_id, &at)) != NULL) {
		guest->marked = true;
		keys_mark(&guest->keys);
	}
}

void
guests_sweep(struct guests *g)
{
	struct guest *guest;
	size_t at = 0;

	while ((guest = map_next(g->by_id, &at)) != NULL) {
		if (guest->marked)
			guest_remove(g, guest);
		else
			keys_sweep(&guest->keys);
	}
}

void
guests_expire(struct guests *g, int64_t now_ms)
{
	struct guest *guest;
	size_t at = 0;

	while ((guest = map_next(g->by_id, &at)) != NULL)
		keys_expire(&guest->keys, now_ms);
}
