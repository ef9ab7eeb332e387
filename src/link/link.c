/*
 * link: checking and copying a message that is in its struct; see link.h.
 */
#include "link/link.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/alloc.h"
#include "link/shape.h"

int
link_check(enum link_type type, const void *body, struct errinfo *ei)
{
	const struct shape *s = shape_of(type);
	size_t i;
	int r;

	for (i = 0; i < s->n; i++) {
		if ((r = shape_check(&s->members[i], body)) != 0) {
			err_set(ei, "%s: %s: %s", s->name, s->members[i].name, err_text(r));
			return r;
		}
	}
	return 0;
}

bool
link_dispensable(enum link_type type)
{
	return type == LINK_GUEST || type == LINK_KEY;
}

int
link_address_parse(struct str s, struct in6_addr *ret)
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

/* ---- copies ---- */

/* A block of memory that holds the arrays, which must be aligned, at its start, and the texts
 * behind all of them. With p NULL, nothing is copied and only the sizes are added up. */
struct block {
	char *p;
	size_t arrays, texts; /* where the next array and the next text go */
};

static struct str
own_text(struct block *b, struct str s)
{
	struct str copy = { b->p == NULL ? s.p : b->p + b->texts, s.n };

	if (b->p != NULL && s.n > 0)
		memcpy(b->p + b->texts, s.p, s.n);
	b->texts += s.n;
	return copy;
}

static void *
own_array(struct block *b, size_t bytes)
{
	void *p = b->p == NULL ? NULL : b->p + b->arrays;

	b->arrays += bytes;
	return p;
}

static void
own_list(struct block *b, struct link_list *list)
{
	struct str *v = own_array(b, list->n * sizeof(*v)), s;
	size_t i;

	for (i = 0; i < list->n; i++) {
		s = own_text(b, list->v[i]);
		if (v != NULL)
			v[i] = s;
	}
	if (v != NULL)
		list->v = v;
}

static void
own_map(struct block *b, struct link_map *map)
{
	struct link_pair *v = own_array(b, map->n * sizeof(*v)), pair;
	size_t i;

	for (i = 0; i < map->n; i++) {
		pair.name = own_text(b, map->v[i].name);
		pair.value = own_text(b, map->v[i].value);
		if (v != NULL)
			v[i] = pair;
	}
	if (v != NULL)
		map->v = v;
}

static void
own_members(struct block *b, const struct shape *s, void *body)
{
	struct str *text;
	size_t i;

	for (i = 0; i < s->n; i++) {
		switch (s->members[i].kind) {
		case SHAPE_LINE:
		case SHAPE_LINES:
		case SHAPE_BYTES:
			text = shape_put(body, &s->members[i]);
			*text = own_text(b, *text);
			break;
		case SHAPE_LIST:
			own_list(b, shape_put(body, &s->members[i]));
			break;
		case SHAPE_MAP:
			own_map(b, shape_put(body, &s->members[i]));
			break;
		case SHAPE_UNTIL:
		case SHAPE_SWITCH:
		case SHAPE_SMALL:
		case SHAPE_NUMBER:
		case SHAPE_KINDS:
			break;
		}
	}
}

char *
link_own(enum link_type type, void *body)
{
	const struct shape *s = shape_of(type);
	struct block sizes = { NULL, 0, 0 }, b = { NULL, 0, 0 };

	own_members(&sizes, s, body);
	b.p = xalloc(sizes.arrays + sizes.texts + 1);
	b.texts = sizes.arrays;
	own_members(&b, s, body);
	return b.p;
}
