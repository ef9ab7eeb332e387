/*
 * compile: see compile.h. Pure.
 */
#include "iam/compile.h"

#include "base/alloc.h"
#include "base/array.h"

#define NAME_BYTES 64 /* the longest name that an error message repeats */

void
compile_enter(struct compile *c, struct str name)
{
	c->path[c->depth++] = name;
	c->item_listed = false;
}

void
compile_leave(struct compile *c)
{
	c->depth--;
	c->item_listed = false;
}

/* Names come from the author of the policy. An error message repeats only the beginning of a
 * long one, with a "?" in place of each byte that is not printable ASCII. */
static void
name_write(struct buf *b, struct str name)
{
	struct str head = str_head(name, NAME_BYTES);
	size_t i;

	for (i = 0; i < head.n; i++)
		buf_ch(b, head.p[i] >= 0x20 && head.p[i] < 0x7f ? head.p[i] : '?');
	if (name.n > head.n)
		buf_c(b, "...");
}

static void
place_write(struct buf *b, const struct compile *c)
{
	size_t i;

	if (c->in_statement)
		buf_c(b, "Statement");
	if (c->in_statement && c->statement_listed)
		buf_fmt(b, "[%zu]", c->statement);
	for (i = 0; i < c->depth; i++) {
		if (b->n > 0)
			buf_ch(b, '.');
		name_write(b, c->path[i]);
	}
	if (c->item_listed)
		buf_fmt(b, "[%zu]", c->item);
	if (b->n > 0)
		buf_c(b, ": ");
}

int
compile_fail(struct compile *c, const char *what)
{
	struct buf b;

	if (c->ei == NULL)
		return ERR_SYNTAX;
	buf_init(&b, 1024);
	place_write(&b, c);
	buf_c(&b, what);
	err_set(c->ei, "%.*s", STR_FMT(buf_view(&b)));
	buf_release(&b);
	return ERR_SYNTAX;
}

void
compile_key(struct compile *c, struct str key)
{
	c->keys = array_room(c->keys, c->n_keys, &c->cap_keys, sizeof(*c->keys));
	c->keys[c->n_keys++] = key;
}

bool
compile_key_valid(struct str key)
{
	return key.n > 0 && key.n <= 512 && !str_has_ctl(key);
}

size_t
compile_len(const struct json *v)
{
	return json_kind(v) == JSON_KIND_ARRAY ? json_len(v) : 1;
}

int
compile_count(struct compile *c, const struct json *v, size_t *ret)
{
	*ret = compile_len(v);
	return *ret > 0 ? 0 : compile_fail(c, "an empty list");
}

int
compile_real_write(const struct json *v, struct buf *b)
{
	char text[32];
	double d;
	int r;

	if ((r = json_number(v, &d)) != 0)
		return r;
	if (snprintf(text, sizeof(text), "%.15g", d) < 0 || strtod(text, NULL) != d)
		return ERR_RANGE;
	buf_c(b, text);
	return 0;
}

static int
number_text(struct compile *c, const struct json *v, struct str *ret)
{
	struct buf b;
	int64_t n;
	int r = 0;

	buf_init(&b, 64);
	if (json_i64(v, &n) == 0)
		buf_i64(&b, n);
	else if (compile_real_write(v, &b) != 0)
		r = compile_fail(c, "a number of more than 15 digits");
	*ret = arena_str(c->arena, buf_view(&b));
	buf_release(&b);
	return r;
}

int
compile_text(struct compile *c, const struct json *v, size_t i, bool scalars, struct str *ret)
{
	bool flag;

	c->item_listed = json_kind(v) == JSON_KIND_ARRAY;
	c->item = i;
	if (c->item_listed)
		v = json_at(v, i);
	if (json_str(v, ret) == 0)
		return 0;
	if (scalars && json_bool(v, &flag) == 0) {
		*ret = flag ? STR("true") : STR("false");
		return 0;
	}
	if (scalars && (json_kind(v) == JSON_KIND_INT || json_kind(v) == JSON_KIND_REAL))
		return number_text(c, v, ret);
	return compile_fail(c, scalars ? "not a string, number or boolean" : "not a string");
}
