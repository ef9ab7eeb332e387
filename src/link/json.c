/*
 * json: writes and reads messages as JSON, by the tables of shape.c; see json.h.
 */
#include "link/json.h"

#include <string.h>

#include "base/b64.h"
#include "codec/json.h"
#include "codec/jsonw.h"
#include "link/shape.h"

#define MAX_DEPTH 8
#define MAX_AGENT_DEPTH 4

/* ---- writing ---- */

static void
write_bytes(struct jsonw *w, struct str bytes)
{
	struct buf b;

	buf_init(&b, bytes.n / 3 * 4 + 4);
	b64_write(&b, bytes.p, bytes.n);
	jsonw_str(w, buf_view(&b));
	buf_release(&b);
}

static void
write_list(struct jsonw *w, const struct link_list *list)
{
	size_t i;

	jsonw_array(w);
	for (i = 0; i < list->n; i++)
		jsonw_str(w, list->v[i]);
	jsonw_end(w);
}

static void
write_map(struct jsonw *w, const struct link_map *map)
{
	size_t i;

	jsonw_object(w);
	for (i = 0; i < map->n; i++) {
		jsonw_name_str(w, map->v[i].name);
		jsonw_str(w, map->v[i].value);
	}
	jsonw_end(w);
}

static void
write_member(struct jsonw *w, const struct shape_member *m, const void *body, int64_t now_ms)
{
	const void *p = shape_get(body, m);

	jsonw_name(w, m->name);
	switch (m->kind) {
	case SHAPE_LINE:
	case SHAPE_LINES:
		jsonw_str(w, *(const struct str *)p);
		break;
	case SHAPE_BYTES:
		write_bytes(w, *(const struct str *)p);
		break;
	case SHAPE_LIST:
		write_list(w, p);
		break;
	case SHAPE_MAP:
		write_map(w, p);
		break;
	case SHAPE_SWITCH:
		jsonw_c(w, *(const bool *)p ? m->on : m->off);
		break;
	case SHAPE_SMALL:
		jsonw_i64(w, *(const uint8_t *)p);
		break;
	case SHAPE_NUMBER:
		jsonw_i64(w, *(const int64_t *)p);
		break;
	case SHAPE_UNTIL:
		jsonw_i64(w, *(const int64_t *)p - now_ms);
		break;
	case SHAPE_KINDS:
		break;
	}
}

static bool
is_absent(const struct shape_member *m, const void *body)
{
	const void *p = shape_get(body, m);

	if (!m->optional)
		return false;
	switch (m->kind) {
	case SHAPE_LINE:
	case SHAPE_LINES:
	case SHAPE_BYTES:
		return ((const struct str *)p)->n == 0;
	case SHAPE_LIST:
		return ((const struct link_list *)p)->n == 0;
	case SHAPE_MAP:
		return ((const struct link_map *)p)->n == 0;
	case SHAPE_NUMBER:
		return *(const int64_t *)p == 0;
	case SHAPE_SMALL:
	case SHAPE_SWITCH:
	case SHAPE_UNTIL:
	case SHAPE_KINDS:
		break;
	}
	return false;
}

int
link_json_write(const struct link_message *m, int64_t now_ms, struct buf *out)
{
	const struct shape *s = shape_of(m->type);
	struct jsonw w;
	size_t i;

	jsonw_init(&w, out);
	jsonw_object(&w);
	jsonw_m_c(&w, "type", s->name);
	for (i = 0; i < s->n; i++) {
		if (!is_absent(&s->members[i], &m->guest))
			write_member(&w, &s->members[i], &m->guest, now_ms);
	}
	jsonw_end(&w);
	return jsonw_finish(&w);
}

/* ---- reading ---- */

/* The side that speaks, and the limits for its messages. */
struct peer {
	enum shape_speaker speaker;
	size_t max_bytes;
	unsigned max_depth;
};

static int
read_text(struct arena *a, const struct json *v, struct str *ret)
{
	struct str s;
	int r;

	if ((r = json_str(v, &s)) == 0)
		*ret = arena_str(a, s);
	return r;
}

static int
read_bytes(struct arena *a, const struct json *v, size_t max, struct str *ret)
{
	struct buf b;
	struct str s;
	int r;

	if ((r = json_str(v, &s)) != 0)
		return r;
	buf_init(&b, max);
	if ((r = b64_parse(s, &b)) == 0)
		*ret = arena_str(a, buf_view(&b));
	buf_release(&b);
	return r;
}

static int
read_list(struct arena *a, const struct json *list, size_t max, struct link_list *ret)
{
	size_t i, n = json_len(list);
	struct str *v;
	int r;

	if (json_kind(list) != JSON_KIND_ARRAY)
		return ERR_SYNTAX;
	if (n > max)
		return ERR_TOOBIG;
	v = arena_array(a, n, sizeof(*v));
	for (i = 0; i < n; i++) {
		if ((r = read_text(a, json_at(list, i), &v[i])) != 0)
			return r;
	}
	*ret = (struct link_list){ v, n };
	return 0;
}

static int
read_map(struct arena *a, const struct json *obj, size_t max, struct link_map *ret)
{
	struct json_iter it = { .obj = obj };
	const struct json *value;
	struct link_pair *v;
	struct str name;
	size_t n = 0;
	int r;

	if (json_kind(obj) != JSON_KIND_OBJECT)
		return ERR_SYNTAX;
	if (json_len(obj) > max)
		return ERR_TOOBIG;
	v = arena_array(a, json_len(obj), sizeof(*v));
	while (json_next(&it, &name, &value)) {
		v[n].name = arena_str(a, name);
		if ((r = read_text(a, value, &v[n++].value)) != 0)
			return r;
	}
	*ret = (struct link_map){ v, n };
	return 0;
}

static int
read_number(const struct shape_member *m, const struct json *v, int64_t *ret)
{
	int r;

	if ((r = json_i64(v, ret)) != 0)
		return r;
	return *ret < m->min || *ret > m->max ? ERR_RANGE : 0;
}

static int
read_switch(const struct shape_member *m, const struct json *v, bool *ret)
{
	struct str s;
	int r;

	if ((r = json_str(v, &s)) != 0)
		return r;
	*ret = str_eq_c(s, m->on);
	return *ret || str_eq_c(s, m->off) ? 0 : ERR_RANGE;
}

static int
read_member(struct arena *a, const struct shape_member *m, const struct json *v, int64_t now_ms,
    void *body)
{
	void *p = shape_put(body, m);
	int64_t number;
	int r = 0;

	switch (m->kind) {
	case SHAPE_LINE:
	case SHAPE_LINES:
		return read_text(a, v, p);
	case SHAPE_BYTES:
		return read_bytes(a, v, m->text.max, p);
	case SHAPE_LIST:
		return read_list(a, v, (size_t)m->max, p);
	case SHAPE_MAP:
		return read_map(a, v, (size_t)m->max, p);
	case SHAPE_SWITCH:
		return read_switch(m, v, p);
	case SHAPE_SMALL:
		if ((r = read_number(m, v, &number)) == 0)
			*(uint8_t *)p = (uint8_t)number;
		break;
	case SHAPE_NUMBER:
		return read_number(m, v, p);
	case SHAPE_UNTIL:
		if ((r = read_number(m, v, &number)) == 0)
			*(int64_t *)p = now_ms + number;
		break;
	case SHAPE_KINDS:
		break;
	}
	return r;
}

static int
read_message(struct arena *a, const struct json *doc, const struct peer *peer, int64_t now_ms,
    struct link_message *ret, struct errinfo *ei)
{
	const char *where = "type", *message = "message";
	const struct json *v;
	const struct shape *s;
	struct str type;
	size_t i;
	int r;

	if ((r = json_str(json_get(doc, "type"), &type)) != 0)
		goto out;
	if ((s = shape_of(ret->type = shape_by_name(type, peer->speaker))) == NULL)
		return 0;
	message = s->name;
	for (i = 0; i < s->n && r == 0; i++) {
		where = s->members[i].name;
		v = json_get(doc, where);
		if (v == NULL && s->members[i].optional)
			continue;
		r = read_member(a, &s->members[i], v, now_ms, &ret->guest);
		if (r == 0)
			r = shape_check(&s->members[i], &ret->guest);
	}
out:
	if (r == ERR_NOTFOUND)
		r = ERR_SYNTAX;
	if (r != 0)
		err_set(ei, "%s: %s: %s", message, where, err_text(r));
	return r;
}

static int
parse(struct arena *a, struct str text, const struct peer *peer, int64_t now_ms,
    struct link_message *ret, struct errinfo *ei)
{
	struct json *doc;
	int r;

	/* What is optional and missing is zero, whatever the type. */
	memset(ret, 0, sizeof(*ret));
	if ((r = json_parse(text, peer->max_bytes, peer->max_depth, &doc, ei)) != 0)
		return r;
	r = read_message(a, doc, peer, now_ms, ret, ei);
	json_free(doc);
	return r;
}

int
link_json_parse(struct arena *a, struct str text, int64_t now_ms, struct link_message *ret,
    struct errinfo *ei)
{
	static const struct peer eicd = { SHAPE_EICD, LINK_MAX_BYTES, MAX_DEPTH };

	return parse(a, text, &eicd, now_ms, ret, ei);
}

int
link_json_parse_agent(struct arena *a, struct str text, struct link_message *ret,
    struct errinfo *ei)
{
	static const struct peer agent = { SHAPE_AGENT, LINK_MAX_AGENT_BYTES, MAX_AGENT_DEPTH };

	return parse(a, text, &agent, 0, ret, ei);
}
