/*
 * guests: the table of guests, found by id and by address; see guests.h.
 */
#include "imds/guests.h"

#include "base/alloc.h"

#define BUCKETS 1024u

struct guests {
	struct guest *first;
	size_t n;
	struct guest *by_id[BUCKETS];
	struct guest *by_ip[BUCKETS];
};

/* FNV-1a. Ids and addresses come from eicd, not from an adversary. */
static unsigned
bucket(const void *p, size_t n)
{
	const uint8_t *b = p;
	uint32_t h = 2166136261u;

	while (n-- > 0)
		h = (h ^ *b++) * 16777619u;
	return h % BUCKETS;
}

struct guests *
guests_new(void)
{
	return xalloc(sizeof(struct guests));
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
	struct guest *guest, *next;

	if (g == NULL)
		return;
	for (guest = g->first; guest != NULL; guest = next) {
		next = guest->next;
		guest_free(guest);
	}
	xfree(g);
}

static bool
same_ip(const struct in6_addr *a, const struct in6_addr *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

struct guest *
guests_find(const struct guests *g, struct str instance_id)
{
	struct guest *at = g->by_id[bucket(instance_id.p, instance_id.n)];

	while (at != NULL && !str_eq(at->desc.instance_id, instance_id))
		at = at->next_id;
	return at;
}

struct guest *
guests_find_ip(const struct guests *g, const struct in6_addr *ip)
{
	struct guest *at = g->by_ip[bucket(ip, sizeof(*ip))];

	while (at != NULL && !same_ip(&at->ip, ip))
		at = at->next_ip;
	return at;
}

/* ---- the table ---- */

static void
ip_unlink(struct guests *g, struct guest *guest)
{
	struct guest **at = &g->by_ip[bucket(&guest->ip, sizeof(guest->ip))];

	for (; *at != NULL; at = &(*at)->next_ip) {
		if (*at == guest) {
			*at = guest->next_ip;
			return;
		}
	}
}

static void
ip_link(struct guests *g, struct guest *guest, const struct in6_addr *ip)
{
	struct guest *other = guests_find_ip(g, ip);
	unsigned b = bucket(ip, sizeof(*ip));

	if (other != NULL)
		ip_unlink(g, other);
	guest->ip = *ip;
	guest->next_ip = g->by_ip[b];
	g->by_ip[b] = guest;
}

static struct guest *
guest_new(struct guests *g, struct str instance_id)
{
	unsigned b = bucket(instance_id.p, instance_id.n);
	struct guest *guest = xalloc(sizeof(*guest));

	guest->next_id = g->by_id[b];
	g->by_id[b] = guest;
	guest->next = g->first;
	g->first = guest;
	g->n++;
	return guest;
}

int
guests_put(struct guests *g, const struct link_guest *d)
{
	struct guest *guest;
	struct in6_addr ip;
	int r;

	if ((r = link_check(LINK_GUEST, d, NULL)) != 0 ||
	    (r = link_address_parse(d->private_ip, &ip)) != 0)
		return r;
	if ((guest = guests_find(g, d->instance_id)) == NULL) {
		if (g->n == GUESTS_MAX)
			return ERR_FULL;
		guest = guest_new(g, d->instance_id);
	} else {
		ip_unlink(g, guest);
	}
	xfree(guest->block);
	guest->desc = *d;
	guest->block = link_own(LINK_GUEST, &guest->desc);
	ip_link(g, guest, &ip);
	guest->marked = false;
	return 0;
}

static void
guest_remove(struct guests *g, struct guest *guest)
{
	struct str id = guest->desc.instance_id;
	struct guest **at;

	ip_unlink(g, guest);
	for (at = &g->by_id[bucket(id.p, id.n)]; *at != guest; at = &(*at)->next_id)
		;
	*at = guest->next_id;
	for (at = &g->first; *at != guest; at = &(*at)->next)
		;
	*at = guest->next;
	g->n--;
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

	for (guest = g->first; guest != NULL; guest = guest->next) {
		guest->marked = true;
		keys_mark(&guest->keys);
	}
}

void
guests_sweep(struct guests *g)
{
	struct guest *guest, *next;

	for (guest = g->first; guest != NULL; guest = next) {
		next = guest->next;
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

	for (guest = g->first; guest != NULL; guest = guest->next)
		keys_expire(&guest->keys, now_ms);
}
