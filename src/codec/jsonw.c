/*
 * jsonw: writes JSON; see jsonw.h. Pure.
 */
#include "codec/jsonw.h"

#include <assert.h>

#include "codec/utf8.h"

void
jsonw_init(struct jsonw *w, struct buf *out)
{
	*w = (struct jsonw){ .out = out };
}

void
jsonw_init_lines(struct jsonw *w, struct buf *out)
{
	*w = (struct jsonw){ .out = out, .lines = true };
}

int
jsonw_finish(const struct jsonw *w)
{
	assert(w->depth == 0 && w->comma);
	return buf_err(w->out);
}

static bool
in_object(const struct jsonw *w)
{
	return w->depth > 0 && (w->in_object >> (w->depth - 1) & 1) != 0;
}

/* Writes the comma before a value, if it needs one, and checks that a value may come here. */
static void
begin_value(struct jsonw *w)
{
	if (in_object(w)) {
		assert(w->named);
	} else {
		assert(w->depth > 0 || !w->comma);
		if (w->comma)
			buf_ch(w->out, ',');
	}
	w->named = false;
	w->comma = true;
}

static void
open_level(struct jsonw *w, bool is_object)
{
	begin_value(w);
	assert(w->depth < JSONW_MAX_DEPTH);
	buf_ch(w->out, is_object ? '{' : '[');
	w->in_object &= ~(UINT32_C(1) << w->depth);
	w->in_object |= (uint32_t)is_object << w->depth;
	w->depth++;
	w->comma = false;
}

void
jsonw_object(struct jsonw *w)
{
	open_level(w, true);
}

void
jsonw_array(struct jsonw *w)
{
	open_level(w, false);
}

static void
begin_line(struct jsonw *w, unsigned depth)
{
	if (!w->lines)
		return;
	buf_ch(w->out, '\n');
	for (; depth > 0; depth--)
		buf_c(w->out, "  ");
}

void
jsonw_end(struct jsonw *w)
{
	assert(w->depth > 0 && !w->named);
	if (in_object(w) && w->comma)
		begin_line(w, w->depth - 1);
	buf_ch(w->out, in_object(w) ? '}' : ']');
	w->depth--;
	w->comma = true;
}

static void
write_control(struct buf *out, char c)
{
	static const char short_of[] = "\bb\tt\nn\ff\rr";
	const char *p;

	for (p = short_of; *p != '\0'; p += 2) {
		if (*p != c)
			continue;
		buf_ch(out, '\\');
		buf_ch(out, p[1]);
		return;
	}
	buf_fmt(out, "\\u%04x", (unsigned)c);
}

static void
write_text(struct buf *out, struct str s)
{
	uint32_t cp;
	size_t n;

	buf_ch(out, '"');
	for (; s.n > 0; s = str_from(s, n == 0 ? 1 : n)) {
		n = utf8_char(s, &cp);
		if (n == 0) {
			buf_c(out, UTF8_REPLACEMENT);
		} else if (cp < 0x20) {
			write_control(out, s.p[0]);
		} else {
			if (cp == '"' || cp == '\\')
				buf_ch(out, '\\');
			buf_add(out, s.p, n);
		}
	}
	buf_ch(out, '"');
}

void
jsonw_name_str(struct jsonw *w, struct str name)
{
	assert(in_object(w) && !w->named);
	if (w->comma)
		buf_ch(w->out, ',');
	begin_line(w, w->depth);
	write_text(w->out, name);
	buf_c(w->out, w->lines ? " : " : ":");
	w->named = true;
}

void
jsonw_name(struct jsonw *w, const char *name)
{
	jsonw_name_str(w, str_of(name));
}

void
jsonw_str(struct jsonw *w, struct str v)
{
	begin_value(w);
	write_text(w->out, v);
}

void
jsonw_c(struct jsonw *w, const char *v)
{
	if (v == NULL)
		jsonw_null(w);
	else
		jsonw_str(w, str_of(v));
}

void
jsonw_i64(struct jsonw *w, int64_t v)
{
	begin_value(w);
	buf_i64(w->out, v);
}

void
jsonw_bool(struct jsonw *w, bool v)
{
	begin_value(w);
	buf_c(w->out, v ? "true" : "false");
}

void
jsonw_null(struct jsonw *w)
{
	begin_value(w);
	buf_c(w->out, "null");
}

void
jsonw_value(struct jsonw *w, struct str json)
{
	begin_value(w);
	buf_str(w->out, json);
}

void
jsonw_m_str(struct jsonw *w, const char *name, struct str v)
{
	jsonw_name(w, name);
	jsonw_str(w, v);
}

void
jsonw_m_c(struct jsonw *w, const char *name, const char *v)
{
	jsonw_name(w, name);
	jsonw_c(w, v);
}

void
jsonw_m_i64(struct jsonw *w, const char *name, int64_t v)
{
	jsonw_name(w, name);
	jsonw_i64(w, v);
}

void
jsonw_m_u64(struct jsonw *w, const char *name, uint64_t v)
{
	jsonw_name(w, name);
	begin_value(w);
	buf_u64(w->out, v);
}

void
jsonw_m_bool(struct jsonw *w, const char *name, bool v)
{
	jsonw_name(w, name);
	jsonw_bool(w, v);
}

void
jsonw_m_object(struct jsonw *w, const char *name)
{
	jsonw_name(w, name);
	jsonw_object(w);
}

void
jsonw_m_array(struct jsonw *w, const char *name)
{
	jsonw_name(w, name);
	jsonw_array(w);
}
