/*
 * guests: the table of guests, found by id and by address; see guests.h.
 */
#include "imds/guests.h"

#include <arpa/inet.h>

#include "base/alloc.h"
#include "base/hex.h"
#include "imds/keep.h"

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
	xfree(g->text);
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

/* ---- what eicd says: checked, and copied into one block ---- */

static int
ip_parse(struct str s, struct in6_addr *ret)
{
	char text[INET6_ADDRSTRLEN];
	struct in_addr v4;

	if (str_copy(text, sizeof(text), s) != 0)
		return ERR_SYNTAX;
	if (inet_pton(AF_INET6, text, ret) == 1)
		return 0;
	if (inet_pton(AF_INET, text, &v4) != 1)
		return ERR_SYNTAX;
	*ret = (struct in6_addr){ 0 };
	ret->s6_addr[10] = ret->s6_addr[11] = 0xff;
	memcpy(ret->s6_addr + 12, &v4, sizeof(v4));
	return 0;
}

#define MEMBERS 15

/* The members that are one line of text; the first MUST must not be empty. */
static void
members(struct guest_desc *d, struct str *ret[static MEMBERS])
{
	struct str *all[MEMBERS] = { &d->instance_id, &d->private_ip, &d->hostname,
		&d->availability_zone, &d->region, &d->domain, &d->public_ip, &d->mac, &d->ami_id,
		&d->instance_type, &d->account_id, &d->vpc_id, &d->subnet_id, &d->key_name,
		&d->public_key };

	memcpy(ret, all, sizeof(all));
}
#define MUST 6

static int
text_check(struct str s, bool must, size_t *total)
{
	if (s.n > GUESTS_MAX_TEXT)
		return ERR_TOOBIG;
	if ((must && s.n == 0) || str_has_ctl(s))
		return ERR_SYNTAX;
	*total += s.n;
	return 0;
}

static bool
id_valid(struct str id)
{
	struct str hex = str_from(id, 2);

	return str_starts(id, STR("i-")) && hex.n >= 8 && hex.n <= 32 && hex_is_lower(hex);
}

static int
texts_check(const struct guest_desc *d, size_t *ret_total)
{
	struct guest_desc copy = *d;
	struct str *m[MEMBERS];
	size_t i, total = 0;
	int r;

	members(&copy, m);
	for (i = 0; i < MEMBERS; i++) {
		if ((r = text_check(*m[i], i < MUST, &total)) != 0)
			return r;
	}
	for (i = 0; i < d->n_groups; i++) {
		if ((r = text_check(d->groups[i], true, &total)) != 0)
			return r;
	}
	for (i = 0; i < d->n_tags; i++) {
		if ((r = text_check(d->tags[i].key, true, &total)) != 0 ||
		    (r = text_check(d->tags[i].value, false, &total)) != 0)
			return r;
	}
	*ret_total = total + d->user_data.n;
	return 0;
}

static int
check(const struct guest_desc *d, size_t *ret_total, struct in6_addr *ret_ip)
{
	int r;

	if (d->n_groups > GUESTS_MAX_GROUPS || d->n_tags > GUESTS_MAX_TAGS ||
	    d->user_data.n > GUESTS_MAX_USER_DATA)
		return ERR_TOOBIG;
	if (d->hop_limit < 1 || d->hop_limit > 64)
		return ERR_RANGE;
	if ((r = texts_check(d, ret_total)) != 0)
		return r;
	if (!id_valid(d->instance_id))
		return ERR_SYNTAX;
	return ip_parse(d->private_ip, ret_ip);
}

int
guests_desc_check(const struct guest_desc *d)
{
	struct in6_addr ip;
	size_t total;

	return check(d, &total, &ip);
}

/* One block: the arrays first, then all text. */
static void
desc_copy(struct guest *g, const struct guest_desc *d, size_t total)
{
	size_t groups_bytes = d->n_groups * sizeof(struct str);
	size_t tags_bytes = d->n_tags * sizeof(struct guest_tag);
	char *block = xalloc(groups_bytes + tags_bytes + total + 1);
	struct str *groups = (struct str *)(void *)block;
	struct guest_tag *tags = (struct guest_tag *)(void *)(block + groups_bytes);
	char *at = block + groups_bytes + tags_bytes;
	struct guest_desc copy = *d;
	struct str *m[MEMBERS];
	size_t i;

	members(&copy, m);
	for (i = 0; i < MEMBERS; i++)
		*m[i] = keep_str(&at, *m[i]);
	copy.user_data = keep_str(&at, d->user_data);
	for (i = 0; i < d->n_groups; i++)
		groups[i] = keep_str(&at, d->groups[i]);
	for (i = 0; i < d->n_tags; i++)
		tags[i] = (struct guest_tag){ keep_str(&at, d->tags[i].key),
			keep_str(&at, d->tags[i].value) };
	copy.groups = groups;
	copy.tags = tags;
	xfree(g->text);
	g->text = block;
	g->desc = copy;
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
guests_put(struct guests *g, const struct guest_desc *d)
{
	struct guest *guest;
	struct in6_addr ip;
	size_t total;
	int r;

	if ((r = check(d, &total, &ip)) != 0)
		return r;
	if ((guest = guests_find(g, d->instance_id)) == NULL) {
		if (g->n == GUESTS_MAX)
			return ERR_FULL;
		guest = guest_new(g, d->instance_id);
	} else {
		ip_unlink(g, guest);
	}
	desc_copy(guest, d, total);
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
