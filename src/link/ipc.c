/*
 * ipc: writes and reads messages in their IPC form, by the tables of shape.c; see ipc.h.
 */
#include "link/ipc.h"

#include "link/shape.h"

/* ---- writing ---- */

static void
write_list(struct ipc_out *out, const struct link_list *list)
{
	size_t i;

	ipc_put_u16(out, (uint16_t)list->n);
	for (i = 0; i < list->n; i++)
		ipc_put_str(out, list->v[i]);
}

static void
write_map(struct ipc_out *out, const struct link_map *map)
{
	size_t i;

	ipc_put_u16(out, (uint16_t)map->n);
	for (i = 0; i < map->n; i++) {
		ipc_put_str(out, map->v[i].name);
		ipc_put_str(out, map->v[i].value);
	}
}

static void
write_member(struct ipc_out *out, const struct shape_member *m, const void *body)
{
	const void *p = shape_get(body, m);

	switch (m->kind) {
	case SHAPE_LINE:
	case SHAPE_LINES:
	case SHAPE_BYTES:
		ipc_put_str(out, *(const struct str *)p);
		break;
	case SHAPE_LIST:
		write_list(out, p);
		break;
	case SHAPE_MAP:
		write_map(out, p);
		break;
	case SHAPE_SWITCH:
		ipc_put_u8(out, *(const bool *)p);
		break;
	case SHAPE_SMALL:
		ipc_put_u8(out, *(const uint8_t *)p);
		break;
	case SHAPE_UNTIL:
	case SHAPE_NUMBER:
		ipc_put_u64(out, (uint64_t) * (const int64_t *)p);
		break;
	case SHAPE_KINDS:
		break;
	}
}

void
link_ipc_write(struct ipc_out *out, const struct link_message *m)
{
	const struct shape *s = shape_of(m->type);
	size_t kind, i;

	ipc_begin(out, s->number);
	for (kind = 0; kind < SHAPE_KINDS; kind++) {
		for (i = 0; i < s->n; i++) {
			if (s->members[i].kind == kind && !s->members[i].json_only)
				write_member(out, &s->members[i], &m->guest);
		}
	}
}

/* ---- reading ---- */

static int
read_count(struct ipc_in *in, const struct shape_member *m, uint16_t *ret)
{
	int r;

	if ((r = ipc_get_u16(in, ret)) != 0)
		return r;
	return *ret > m->max ? ERR_PEER : 0;
}

static int
read_list(struct ipc_in *in, struct arena *a, const struct shape_member *m, struct link_list *ret)
{
	struct str *v;
	uint16_t n;
	size_t i;
	int r;

	if ((r = read_count(in, m, &n)) != 0)
		return r;
	v = arena_array(a, n, sizeof(*v));
	for (i = 0; i < n; i++) {
		if ((r = ipc_get_str(in, LINK_MAX_BYTES, &v[i])) != 0)
			return r;
	}
	*ret = (struct link_list){ v, n };
	return 0;
}

static int
read_map(struct ipc_in *in, struct arena *a, const struct shape_member *m, struct link_map *ret)
{
	struct link_pair *v;
	uint16_t n;
	size_t i;
	int r;

	if ((r = read_count(in, m, &n)) != 0)
		return r;
	v = arena_array(a, n, sizeof(*v));
	for (i = 0; i < n; i++) {
		if ((r = ipc_get_str(in, LINK_MAX_BYTES, &v[i].name)) != 0 ||
		    (r = ipc_get_str(in, LINK_MAX_BYTES, &v[i].value)) != 0)
			return r;
	}
	*ret = (struct link_map){ v, n };
	return 0;
}

static int
read_switch(struct ipc_in *in, bool *ret)
{
	uint8_t v;
	int r;

	if ((r = ipc_get_u8(in, &v)) != 0)
		return r;
	*ret = v == 1;
	return v > 1 ? ERR_PEER : 0;
}

static int
read_i64(struct ipc_in *in, int64_t *ret)
{
	uint64_t v;
	int r;

	if ((r = ipc_get_u64(in, &v)) != 0)
		return r;
	if (v > INT64_MAX)
		return ERR_PEER;
	*ret = (int64_t)v;
	return 0;
}

static int
read_member(struct ipc_in *in, struct arena *a, const struct shape_member *m, void *body)
{
	void *p = shape_put(body, m);

	switch (m->kind) {
	case SHAPE_LINE:
	case SHAPE_LINES:
	case SHAPE_BYTES:
		return ipc_get_str(in, LINK_MAX_BYTES, p);
	case SHAPE_LIST:
		return read_list(in, a, m, p);
	case SHAPE_MAP:
		return read_map(in, a, m, p);
	case SHAPE_SWITCH:
		return read_switch(in, p);
	case SHAPE_SMALL:
		return ipc_get_u8(in, p);
	case SHAPE_UNTIL:
	case SHAPE_NUMBER:
		return read_i64(in, p);
	case SHAPE_KINDS:
		break;
	}
	return ERR_PEER;
}

int
link_ipc_read(struct ipc_in *in, struct arena *a, struct link_message *ret)
{
	struct link_message m = { .type = shape_by_number(in->type) };
	const struct shape *s = shape_of(m.type);
	size_t kind, i;
	int r;

	if (s == NULL)
		return ERR_PEER;
	for (kind = 0; kind < SHAPE_KINDS; kind++) {
		for (i = 0; i < s->n; i++) {
			if (s->members[i].kind == kind && !s->members[i].json_only &&
			    (r = read_member(in, a, &s->members[i], &m.guest)) != 0)
				return r;
		}
	}
	if ((r = ipc_get_end(in)) != 0)
		return r;
	*ret = m;
	return 0;
}
